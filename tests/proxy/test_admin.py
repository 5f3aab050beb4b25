"""Tests of tidegate.proxy.admin, over real sockets."""

from collections.abc import AsyncIterator, Mapping

import aiohttp
import pytest

from tidegate.proxy.admin import Admin
from tidegate.proxy.config import Address
from tidegate.proxy.metrics import Metrics, VendorState
from tidegate.world import RealWorld


class FakeProxy:
    """A proxy that shows what it is told to."""

    draining = False
    in_flight = 2

    def state(self) -> Mapping[str, VendorState]:
        return {"stripe": VendorState(breakers={"default": {"state": "open"}}, limits={"account": 0.5}, queued=1)}


@pytest.fixture
async def proxy() -> FakeProxy:
    return FakeProxy()


@pytest.fixture
async def base(proxy: FakeProxy) -> AsyncIterator[str]:
    admin = Admin(RealWorld(), Address("127.0.0.1", 0), proxy, Metrics({}, proxy.state))
    await admin.start()
    yield f"http://127.0.0.1:{admin.port}"
    await admin.close()


async def get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def test_it_is_alive_and_ready_until_it_drains(base: str, proxy: FakeProxy) -> None:
    assert (await get(f"{base}/healthz"))[0] == 200
    assert (await get(f"{base}/readyz"))[0] == 200
    proxy.draining = True
    assert (await get(f"{base}/healthz"))[0] == 200
    assert (await get(f"{base}/readyz"))[0] == 503


async def test_it_shows_the_state_of_the_policies(base: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{base}/state") as answer:
        assert await answer.json() == {
            "draining": False,
            "in_flight": 2,
            "vendors": {
                "stripe": {
                    "breakers": {"default": {"state": "open"}},
                    "connections": 0,
                    "file": {},
                    "limits": {"account": 0.5},
                    "queued": 1,
                }
            },
        }


async def test_it_shows_prometheus_its_figures(base: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{base}/metrics") as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        assert 'tidegate_breaker_state{group="default",vendor="stripe"} 2.0' in await answer.text()


async def test_there_is_nothing_else(base: str) -> None:
    assert (await get(f"{base}/"))[0] == 404


async def test_a_port_in_use_is_an_error_of_the_system(base: str, proxy: FakeProxy) -> None:
    port = int(base.rpartition(":")[2])
    other = Admin(RealWorld(), Address("127.0.0.1", port), proxy, Metrics({}))
    with pytest.raises(OSError, match="in use"):
        await other.start()
    await other.close()
