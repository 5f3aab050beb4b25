"""The pages about deliveries on the admin port, over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import orjson
import pytest

from tests.proxy.desk.letters import Desk, accept, letter
from tests.proxy.store.places import sqlite_at
from tests.proxy.test_admin import LOCAL, FakeProxy, get
from tidegate.proxy.admin import Admin
from tidegate.proxy.config import ListenAddress
from tidegate.proxy.desk.vendor_terms import VendorTerms
from tidegate.proxy.store.deliveries import Deliveries
from tidegate.proxy.telemetry.metrics import Metrics
from tidegate.world.world import RealWorld


@pytest.fixture
async def proxy() -> FakeProxy:
    return FakeProxy()


@pytest.fixture
async def desk_base(proxy: FakeProxy, tmp_path: Path) -> AsyncIterator[tuple[str, Deliveries]]:
    """The admin port of a proxy whose store has one delivery."""
    async with sqlite_at(tmp_path).opened() as store:
        await accept(store.deliveries, letter(1))
        admin = Admin(
            RealWorld(), ListenAddress("127.0.0.1", 0), proxy, Metrics({}, proxy.state), proxy.reload,
            Desk(store.deliveries, VendorTerms()).pages,
        )  # fmt: skip
        await admin.start()
        yield f"http://127.0.0.1:{admin.port}", store.deliveries
        await admin.close()


async def test_deliveries_are_listed_shown_and_acted_on(desk_base: tuple[str, Deliveries]) -> None:
    base, deliveries = desk_base
    listed = orjson.loads((await get(f"{base}/deliveries?box=outbox&limit=5"))[1])
    assert [one["id"] for one in listed["deliveries"]] == ["d1"]
    assert (await get(f"{base}/deliveries/d1"))[0] == 200
    async with aiohttp.ClientSession() as session:
        order = {"action": "cancel", "by": "ada"}
        async with session.post(f"{base}/deliveries/d1", json=order) as answer:
            assert (answer.status, (await answer.json())["state"]) == (200, "cancelled")
    found = await deliveries.find("d1")
    assert found is not None
    assert found.state == "cancelled"


async def test_what_there_is_of_deliveries_is_among_metrics_and_state(desk_base: tuple[str, Deliveries]) -> None:
    base, _ = desk_base
    (kind,) = orjson.loads((await get(f"{base}/state"))[1])["deliveries"]
    assert (kind["state"], kind["deliveries"]) == ("queued", 1)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("GET /deliveries/d1 HTTP/1.1\r\nHost: evil.test\r\n", 421),
        ("GET http://evil.test/deliveries HTTP/1.1\r\nHost: localhost\r\n", 421),
        (f"GET /deliveries/d1/x {LOCAL}", 404),
        (f"GET /deliveries?after=%00 {LOCAL}", 400),
        (f"GET /deliveries?{'a' * 5000} {LOCAL}", 400),
        (f"GET /deliveries/%2e%2e%2fstate {LOCAL}", 404),
        (f"PUT /deliveries/d1 {LOCAL}", 405),
        (f"POST /deliveries/d1 {LOCAL}Content-Length: 2\r\n", 415),
        (f"POST /deliveries/d1 {LOCAL}Content-Type: text/plain\r\nContent-Length: 2\r\n", 415),
        (f"POST /deliveries/replay {LOCAL}Content-Type: application/json\r\nContent-Length: 99999\r\n", 413),
        (f"POST /deliveries/d1 {LOCAL}Content-Type: application/json\r\nContent-Length: 2\r\n", 400),
    ],
)
async def test_a_hostile_request_for_deliveries_changes_nothing(
    desk_base: tuple[str, Deliveries], head: str, status: int
) -> None:
    base, deliveries = desk_base
    reader, writer = await asyncio.open_connection("127.0.0.1", int(base.rpartition(":")[2]))
    body = b"{}" if "Content-Length: 2\r\n" in head else bytes(99_999) if status == 413 else b""
    writer.write(f"{head}Connection: close\r\n\r\n".encode() + body)
    answer = (await reader.read()).decode()
    assert int(answer.split()[1]) == status
    writer.close()
    await writer.wait_closed()
    assert await deliveries.audit("d1") == []
