"""The contract of tidegate.proxy.store.quotas.Quotas."""

from tests.proxy.store.places import Place
from tidegate.proxy.store.quotas import PERIODS_KEPT


async def test_what_is_used_outlives_the_process(place: Place) -> None:
    async with place.opened() as store:
        await store.quotas.save("things", "daily", 20_000, 17.5)
        await store.quotas.save("things", "daily", 20_001, 3.0)
        await store.quotas.save("other", "monthly", 600, 4.0)
    async with place.opened() as again:
        assert await again.quotas.load("things") == {"daily": ((20_001, 3.0), (20_000, 17.5))}
        assert await again.quotas.load("nobody") == {}


async def test_a_use_has_names(place: Place) -> None:
    async with place.opened() as store:
        await store.quotas.save("things", "daily", 20_000, 17.5)
        [use] = (await store.quotas.load("things"))["daily"]
        assert (use.period, use.used) == (20_000, 17.5)


async def test_the_periods_that_were_saved_last_are_kept_and_no_others(place: Place) -> None:
    """A clock that was wrong has written to a period that it was not; the right one must still be there."""
    async with place.opened() as store:
        for period in (20_000, 25_000, 20_000, 20_001, 19_000, 20_002):
            await store.quotas.save("things", "daily", period, period / 1000)
        uses = (await store.quotas.load("things"))["daily"]
        assert [use.period for use in uses] == [20_002, 19_000, 20_001, 20_000]
        assert len(uses) == PERIODS_KEPT
