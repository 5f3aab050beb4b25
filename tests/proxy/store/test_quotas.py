"""The contract of tidegate.proxy.store.quotas.Quotas."""

from tests.proxy.store.places import Place


async def test_what_is_used_outlives_the_process(place: Place) -> None:
    async with place.opened() as store:
        await store.quotas.save("things", "daily", 20_000, 17.5)
        await store.quotas.save("things", "daily", 20_001, 3.0)
        await store.quotas.save("other", "monthly", 600, 4.0)
    async with place.opened() as again:
        assert await again.quotas.load("things") == {"daily": (20_001, 3.0)}
        assert await again.quotas.load("nobody") == {}


async def test_a_use_has_names(place: Place) -> None:
    async with place.opened() as store:
        await store.quotas.save("things", "daily", 20_000, 17.5)
        use = (await store.quotas.load("things"))["daily"]
        assert (use.period, use.used) == (20_000, 17.5)
