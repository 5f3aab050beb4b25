"""A cut answer on real sockets and TLS: mitmproxy between the proxy and the simulator."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

import tidegate
from tests.waiting import until
from tidegate.chaos.judge.invariants import EFFECT
from tidegate.openapi.document import Document
from tidegate.proxy.app import Proxy
from tidegate.proxy.config import Config
from tidegate.simulator.app import SimulatorServer
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor
from tidegate.world.world import RealWorld

SECRET = "rk_test_for_the_wire"
ADDON = Path(tidegate.__file__).parent / "chaos" / "mitmproxy_addon.py"


def mitmdump() -> Path:
    """The program in its own environment. On a laptop without it the test is skipped; in CI that is a failure."""
    found = Path(os.environ.get("TIDEGATE_WIRE", ".venv-wire")) / "bin" / "mitmdump"
    if not found.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{found} is not there; `make` builds it")
    return found


@asynccontextmanager
async def wire(to_port: int, home: Path) -> AsyncIterator[tuple[int, Path]]:
    """A mitmproxy in front of `to_port`, with TLS on its own side: its port and its CA."""
    ready = home / "port"
    options = {"confdir": home, "ready_file": ready, "cut_first": 1, "cut_matching": "^POST "}
    settings = [part for name, value in options.items() for part in ("--set", f"{name}={value}")]
    program = await asyncio.create_subprocess_exec(
        *(str(mitmdump()), "-q", "--mode", f"reverse:http://127.0.0.1:{to_port}"),
        *("--listen-host", "127.0.0.1", "--listen-port", "0", "-s", str(ADDON), *settings),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await until(lambda: ready.exists() or program.returncode is not None, turns_max=60_000)
        assert program.returncode is None, "mitmdump did not start"
        yield int(ready.read_text()), home / "mitmproxy-ca-cert.pem"
    finally:
        with suppress(ProcessLookupError):
            program.terminate()
        await program.wait()


@pytest.mark.slow
async def test_an_answer_cut_in_half_is_a_failed_attempt_and_the_resend_pays_once(tmp_path: Path) -> None:
    world, lines = RealWorld(seed=1), list[bytes]()
    loaded = load_vendor(find_vendor("stripe"))
    vendor = SimulatorServer(world, Document.load(loaded.document_path), loaded.vendor, 1, secret=SECRET)
    async with AsyncExitStack() as running:
        await vendor.start()
        running.push_async_callback(vendor.close)
        port, ca = await running.enter_async_context(wire(vendor.port, tmp_path))
        use: dict[str, Any] = {"base_url": f"https://localhost:{port}", "private_addresses": "allow"}
        use |= {"ca": ca, "secret": "env:WIRE_SECRET"}
        config = Config.model_validate(
            {"listen": "127.0.0.1:0", "store": tmp_path / "store.db", "use": {"stripe": use}}
        )
        proxy = Proxy(world, config, {"stripe": loaded}, environ={"WIRE_SECRET": SECRET}, sink=lines.append)
        running.push_async_callback(proxy.close)
        await proxy.start()
        form = {"amount": "1999", "currency": "eur", "payment_method": "pm_card_visa", "confirm": "true"}
        async with (
            ClientSession() as app,
            app.post(
                f"http://127.0.0.1:{proxy.port}/stripe/v1/payment_intents",
                data=form | {"metadata[order_id]": "order-1", "return_url": "https://shop.example/"},
                headers={"Authorization": "Bearer local", "Idempotency-Key": "key-1"},
            ) as answer,
        ):
            told = await answer.json()
            attempts = answer.headers["Tidegate-Attempts"]
    entries = [entry.described() for entry in vendor.journal.entries]
    assert (answer.status, told["status"], attempts) == (200, "succeeded", "2")
    assert len(entries) == 2
    assert len({entry["key"] for entry in entries}) == 1, "the resend carries the same key"
    assert [entry["replayed"] for entry in entries] == [False, True]
    effects = [effect["intent"] for entry in entries for effect in entry["effects"] if effect["kind"] == EFFECT]
    assert effects == ["order-1"]
    assert b"http_response_incomplete" in b"".join(lines) or b"connection_terminated" in b"".join(lines)
