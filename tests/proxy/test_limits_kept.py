"""A vendor's limit is used up and never overrun, although ten times as much is asked for over a jittery wire.

The real proxy, the real simulator, a virtual world: one way to the vendor takes 20 to 200 ms. The apps are as light as
can be, so that a thousand calls a second are over soon. `TIDEGATE_WHOLE_MINUTE=1` plays a minute of them.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import tidegate
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.openapi.document import Document
from tidegate.proxy.app import Proxy
from tidegate.proxy.config import AppToken, Config, ListenAddress, VendorUse
from tidegate.scenario.limit_meter import Arrival, over_quota
from tidegate.simulator.app import SimulatorServer
from tidegate.vendor.vendor_file import LoadedVendor, load_vendor

STRIPE = Path(tidegate.__file__).parent / "adapters" / "stripe"
ADDRESS, SECRET = "198.51.100.7", "rk_test"
DELAY_S, JITTER_S = 0.02, 0.18
WHOLE = "TIDEGATE_WHOLE_MINUTE" in os.environ
SECONDS, USED = (60, 0.98) if WHOLE else (15, 0.95)
"""How long, and what share of the limit is used: in a short time the beginning weighs more."""


class Caller(asyncio.Protocol):
    """One connection of an app: a request at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.told: Callable[[int], None] | None = None
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def ask(self, request: bytes, told: Callable[[int], None]) -> None:
        assert self.transport is not None
        self._head, self.told = b"", told
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._head += data
        head, end, body = self._head.partition(b"\r\n\r\n")
        if not end:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
        if len(body) >= length and self.told is not None:
            told, self.told = self.told, None
            told(int(head[9:12]))


@dataclass
class Seen:
    """What became of a minute."""

    arrivals: list[tuple[float, str]] = field(default_factory=list)
    refused_by_vendor: list[float] = field(default_factory=list)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    refusals_s: list[float] = field(default_factory=list)
    limits: Any = None


def vendor_with(folder: Path, limit: dict[str, Any], shares: dict[str, int] | None = None) -> LoadedVendor:
    yaml = YAML(typ="safe")
    document = yaml.load((STRIPE / "vendor.yaml").read_text())
    document["facts"]["limits"] = [limit]
    document["policy"]["queue"] |= {"depth": 500, "wait": "5s", "shares": shares or {}}
    (folder / "openapi.json").write_bytes((STRIPE / "openapi.json").read_bytes())
    with (folder / "vendor.yaml").open("w") as file:
        yaml.dump(document, file)
    return load_vendor(folder / "vendor.yaml")


async def minute(loaded: LoadedVendor, seconds: float, per_s: dict[str, float], seed: int) -> Seen:
    """Each app asks `per_s` times a second."""
    world = VirtualWorld(seed, delays_s={ADDRESS: DELAY_S})
    world.network.line(ADDRESS).jitter_s = JITTER_S
    document = Document.load(loaded.document_path)
    vendor = SimulatorServer(world.machine("vendor"), document, loaded.vendor, seed, secret=SECRET)
    await vendor.start(ADDRESS, 80, control_port=None)
    machine = world.machine("proxy")
    config = Config(
        listen=ListenAddress("127.0.0.1", 0),
        admin=ListenAddress("127.0.0.1", 0),
        store=Path("store.db"),
        use={
            "stripe": VendorUse.model_validate(
                {"base_url": f"http://{ADDRESS}", "private_addresses": "allow", "secret": "env:S"}
            )
        },
        tokens=tuple(AppToken.model_validate({"app": app, "token": f"env:{app.upper()}"}) for app in per_s),
    )
    environ = {"S": SECRET, **{app.upper(): f"tg_{app}" for app in per_s}}
    proxy = Proxy(machine, config, {"stripe": loaded}, environ=environ, sink=lambda _: None)
    await machine.run(proxy.start())
    seen = Seen(limits=loaded.vendor.facts.limits)
    await asyncio.gather(*(app_asks(world, proxy.port, app, rate, seconds, seen) for app, rate in per_s.items()))
    await world.sleep(10.0)
    await machine.run(proxy.close())
    await vendor.close()
    for entry in vendor.journal.entries:
        seen.arrivals.append((entry.at, entry.operation))
        if entry.status == 429:
            seen.refused_by_vendor.append(entry.at)
    world.disk.close()
    return seen


async def app_asks(world: VirtualWorld, port: int, app: str, per_s: float, seconds: float, seen: Seen) -> None:
    idle: list[Caller] = []
    request = f"GET /stripe/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer tg_{app}\r\n\r\n".encode()

    async def connect() -> Caller:
        return await world.connect(Caller, "127.0.0.1", port, tls=None, server_name="")

    def ask(caller: Caller) -> None:
        asked = world.now()

        def told(status: int) -> None:
            seen.statuses[app, status] += 1
            if status in (429, 503):
                seen.refusals_s.append(world.now() - asked)
            idle.append(caller)

        caller.ask(request, told)

    for number in range(int(seconds * per_s)):
        await world.sleep(max(number / per_s - world.now(), 0.0))
        ask(idle.pop() if idle else await connect())


BUCKET = {"name": "account", "rate": "100/s", "burst": 20, "algorithm": "token-bucket"}
WINDOW = {"name": "account", "rate": "100/s", "algorithm": "fixed"}


@pytest.mark.slow
def test_a_token_bucket_is_used_up_without_one_refusal_of_the_vendors(tmp_path: Path) -> None:
    seen = run(lambda: minute(vendor_with(tmp_path, BUCKET), SECONDS, {"shop": 500.0, "office": 500.0}, 1))
    assert seen.refused_by_vendor == []
    assert over_quota(seen.limits, [Arrival(at, operation) for at, operation in seen.arrivals]) == {"account": 0}
    assert sum(at <= SECONDS for at, _ in seen.arrivals) >= USED * 100 * SECONDS
    fair(seen)
    at_once(seen)


@pytest.mark.slow
def test_fixed_windows_are_used_up_with_at_most_one_refusal_in_each(tmp_path: Path) -> None:
    seen = run(lambda: minute(vendor_with(tmp_path, WINDOW), SECONDS, {"shop": 500.0, "office": 500.0}, 2))
    assert max(Counter(int(at) for at in seen.refused_by_vendor).values(), default=0) <= 1
    assert sum(2.0 <= at < SECONDS for at, _ in seen.arrivals) >= USED * 100 * (SECONDS - 2)
    fair(seen)
    at_once(seen)


def fair(seen: Seen) -> None:
    """Equal apps get within 5 % of the same."""
    shop, office = seen.statuses["shop", 200], seen.statuses["office", 200]
    assert shop + office >= (USED - 0.03) * 100 * SECONDS
    assert abs(shop - office) <= 0.05 * max(shop, office)


def at_once(seen: Seen) -> None:
    """Refusals are decided in the same turn of the loop: they take two ways over the apps' own wire and no more."""
    late = [took_s for took_s in seen.refusals_s if took_s > 0.0011]
    assert len(late) <= 0.001 * len(seen.refusals_s)


@pytest.mark.slow
def test_an_app_of_three_times_the_weight_gets_three_times_as_much_whatever_others_ask_for(tmp_path: Path) -> None:
    loaded = vendor_with(tmp_path, BUCKET, shares={"shop": 3})
    seen = run(lambda: minute(loaded, SECONDS, {"shop": 200.0, "office": 800.0}, 3))
    shop, office = seen.statuses["shop", 200], seen.statuses["office", 200]
    assert shop / office == pytest.approx(3.0, rel=0.1)
