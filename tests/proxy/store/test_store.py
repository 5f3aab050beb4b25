"""The contract of tidegate.proxy.store.store.Store."""

import asyncio

from tests.proxy.store.places import Place, at
from tests.waiting import settle
from tidegate.proxy.store.records import KeyedCall

CALL = KeyedCall("shop", "stripe", "PostRefunds", "k", "k", "f", "c1", 20.0, 3600.0, 86400.0)


async def test_what_was_begun_is_finished_before_closing(place: Place) -> None:
    async with place.opened() as store:
        saving = asyncio.ensure_future(store.quotas.save("things", "daily", 20_000, 17.5))
        await settle()
    await saving
    async with place.opened() as again:
        assert await again.quotas.load("things") == {"daily": ((20_000, 17.5),)}


async def test_a_store_that_was_never_opened_can_be_closed(place: Place) -> None:
    await place.store().close()
    async with place.opened() as store:
        assert await store.records.find_call("c1") is None


async def test_records_and_quotas_of_one_store_do_not_meet(place: Place) -> None:
    async with place.opened() as store:
        await asyncio.gather(
            store.records.begin(CALL, at()),
            store.quotas.save("stripe", "daily", 20_000, 1.0),
            store.records.sweep(at()),
        )
        assert await store.records.find_call("c1") is not None
        assert await store.quotas.load("stripe") == {"daily": ((20_000, 1.0),)}


async def test_the_age_of_a_store_goes_on_over_a_restart(place: Place) -> None:
    async with place.opened() as store:
        await store.keep_clock(probing=True)
        first = store.clock.now()
    async with place.opened() as again:
        then = again.clock.now()
    assert then.least >= first.least
    assert then.most >= first.most


async def test_a_store_in_which_nothing_is_free_gives_nothing_back(place: Place) -> None:
    async with place.opened() as store:
        assert not await store.shrink()
