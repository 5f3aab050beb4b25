"""Tests of tidegate.proxy.store.postgres.postgres_quotas: what several proxies use adds up."""

from tests.proxy.access.test_quota_keeper import keeper
from tests.proxy.store.places import NOW
from tests.proxy.store.postgres.conftest import proxy_at


async def test_what_each_proxy_has_used_is_added_up(url: str) -> None:
    async with proxy_at(url) as one, proxy_at(url) as other:
        await one.quotas.save("things", "daily", 20_000, 10.0)
        assert await other.quotas.load("things") == {"daily": ((20_000, 10.0),)}
        await other.quotas.save("things", "daily", 20_000, 13.0)
        await one.quotas.save("things", "daily", 20_000, 15.0)
        assert await one.quotas.load("things") == {"daily": ((20_000, 18.0),)}
        await one.quotas.save("things", "daily", 20_000, 16.0)
        assert await other.quotas.load("things") == {"daily": ((20_000, 19.0),)}, (
            "what was read again was not used again"
        )


async def test_of_a_period_that_others_have_pushed_out_no_less_is_written_than_one_has_used(url: str) -> None:
    async with proxy_at(url) as one, proxy_at(url) as other:
        await one.quotas.save("things", "daily", 20_000, 10.0)
        for period in range(20_001, 20_005):
            await other.quotas.save("things", "daily", period, 1.0)
        await one.quotas.save("things", "daily", 20_000, 11.0)
        assert (20_000, 11.0) in (await one.quotas.load("things"))["daily"]


async def test_proxies_on_one_store_learn_what_the_others_let_through(url: str) -> None:
    async with proxy_at(url) as one, proxy_at(url) as other:
        (first, mine), (second, theirs) = keeper(one), keeper(other)
        await first.keep()
        await second.keep()
        for quota, calls in ((mine, 2), (theirs, 1)):
            for _ in range(calls):
                assert quota.take(0.0, NOW) == 0.0
        for each in (first, second, first, second, first):
            await each.keep()
        assert mine.left(0.0, NOW) == theirs.left(0.0, NOW) == {"day": 2}
        assert mine.take(0.0, NOW) == mine.take(0.0, NOW) == 0.0
        assert mine.take(0.0, NOW) > 0
        await first.keep()
        await second.keep()
        assert theirs.take(0.0, NOW) > 0
