"""Tests of tidegate.proxy.store.postgres.postgres_hints: what one proxy accepts another hears of at once."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from tests.postgres_server import shared_server
from tests.proxy.store.delivering import FIRST, accepted, claimed, ids, new
from tests.proxy.store.places import at
from tests.proxy.store.postgres.conftest import CutWire, proxy_at
from tidegate.proxy.policies.delivery.delivery import Box, Settlement
from tidegate.proxy.store.deliveries import HandMade
from tidegate.proxy.store.postgres.postgres_store import PostgresStore


class Ear:
    """A proxy whose workers a test stands in for."""

    def __init__(self, store: PostgresStore) -> None:
        self.store = store
        self.boxes: asyncio.Queue[Box] = asyncio.Queue()
        store.deliveries.wake = self.boxes.put_nowait

    async def listens(self) -> None:
        """Wait for it, and forget what was heard until then."""
        await self.store.deliveries.hints.listens.wait()
        while not self.boxes.empty():
            self.boxes.get_nowait()

    async def heard(self) -> Box:
        return await self.boxes.get()


@contextlib.asynccontextmanager
async def two(url: str, *, second: str = "") -> AsyncIterator[tuple[Ear, Ear]]:
    async with proxy_at(url) as one, proxy_at(second or url) as other:
        ears = Ear(one), Ear(other)
        for ear in ears:
            await ear.listens()
        yield ears


async def test_what_one_proxy_accepts_the_other_may_claim_at_once(url: str) -> None:
    async with two(url) as (one, other):
        await accepted(one.store.deliveries, FIRST)
        assert await other.heard() == "outbox"
        assert ids(await claimed(other.store.deliveries, 0)) == ["d0"]


async def test_what_a_settlement_or_a_person_makes_due_is_heard_too(url: str) -> None:
    async with two(url) as (one, other):
        deliveries = one.store.deliveries
        await accepted(deliveries, FIRST)
        assert await other.heard() == "outbox"
        [first] = await claimed(deliveries, 0)
        assert await deliveries.settle(first, Settlement("dead", dead_reason="rejected"), at(0), new(7, box="inbox"))
        assert await other.heard() == "inbox"
        assert await deliveries.act("d0", HandMade("replay", "ann"), at(0)) is not None
        assert await other.heard() == "outbox"
        assert [await one.heard() for _ in range(3)] == ["outbox", "inbox", "outbox"], "its own workers, without a hint"
        assert one.boxes.empty()


async def test_a_proxy_does_not_hear_itself_and_many_at_once_are_few_hints(url: str) -> None:
    async with two(url) as (one, other):
        await asyncio.gather(*(accepted(one.store.deliveries, new(n)) for n in range(200)))
        await other.heard()
        assert one.boxes.qsize() == 200, "each wakes its own workers, without the server"
        await accepted(other.store.deliveries, new(200, box="inbox"))
        while await one.heard() != "inbox":
            pass
        assert one.boxes.empty()
        assert other.boxes.qsize() < 10


async def test_proxies_of_another_schema_hear_nothing(url: str) -> None:
    async with two(url, second=shared_server().fresh_url()) as (one, elsewhere), proxy_at(url) as third:
        beside = Ear(third)
        await beside.listens()
        await accepted(one.store.deliveries, FIRST)
        assert await beside.heard() == "outbox"
        assert elsewhere.boxes.empty()


async def test_a_lost_connection_harms_nobody_and_is_made_anew(url: str) -> None:
    async with CutWire(shared_server().port).relaying() as wire:
        behind = url.replace(f":{shared_server().port}/", f":{wire.port}/")
        async with two(url, second=behind) as (one, other):
            wire.open = False
            wire.cut()
            await accepted(one.store.deliveries, FIRST)
            wire.open = True
            assert {await other.heard(), await other.heard()} == {"outbox", "inbox"}, "it looks for what it missed"
            assert one.store.health.trouble == other.store.health.trouble == ""
            assert ids(await claimed(other.store.deliveries, 0)) == ["d0"]
            await accepted(one.store.deliveries, new(1, box="inbox"))
            assert await other.heard() == "inbox", "it listens again"


async def test_a_proxy_that_stops_tells_that_its_leases_are_free(url: str) -> None:
    async with proxy_at(url) as stays:
        ear = Ear(stays)
        await ear.listens()
        async with proxy_at(url) as stops:
            await accepted(stops.deliveries, FIRST)
            await claimed(stops.deliveries, 0, lease_s=1e6)
        assert {await ear.heard(), await ear.heard()} == {"outbox", "inbox"}
        assert ids(await claimed(stays.deliveries, 1)) == ["d0"]


async def test_a_hint_that_means_nothing_is_passed_over(url: str) -> None:
    async with two(url) as (one, other):
        [row] = shared_server().execute(f"SELECT 'tidegate_' || md5('{url.rpartition('%3D')[2]}')")
        for payload in ("", "x", "7:", "7:nowhere", ":outbox:inbox", "7:inbox"):
            shared_server().execute(f"SELECT pg_notify('{row[0]}', '{payload}')")
        assert [await ear.heard() for ear in (one, other)] == ["inbox", "inbox"]
