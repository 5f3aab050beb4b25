"""The contract of tidegate.proxy.store.tokens.TokenRows."""

from tests.proxy.store.places import Place, at
from tidegate.proxy.store.tokens import NO_ROW, TokenRow

TTL_S = 20.0


async def test_nothing_is_there_at_first(place: Place) -> None:
    async with place.opened() as store:
        assert await store.tokens.read("things") == NO_ROW


async def test_a_row_outlives_the_process_and_the_lease_does_not(place: Place) -> None:
    async with place.opened() as store:
        lease = await store.tokens.lease("things", "a", at(), TTL_S)
        assert lease is not None
        assert lease.row == NO_ROW
        assert await store.tokens.save(lease, 1, b"one")
        await store.tokens.release(lease)
    async with place.opened() as again:
        assert await again.tokens.read("things") == TokenRow(1, b"one")
        later = await again.tokens.lease("things", "b", at(1.0), TTL_S)
        assert later is not None
        assert later.row == TokenRow(1, b"one")
        assert later.fence > lease.fence


async def test_no_two_holders_have_the_same_name(place: Place) -> None:
    names = []
    for _ in range(2):
        async with place.opened() as store:
            names += [store.tokens.holder(), store.tokens.holder()]
    assert len({*names}) == 4


async def test_one_holds_the_lease_until_it_lets_go_or_the_time_has_surely_passed(place: Place) -> None:
    async with place.opened() as store:
        tokens = store.tokens
        first = await tokens.lease("things", "a", at(), TTL_S)
        assert first is not None
        assert await tokens.lease("things", "b", at(TTL_S - 1), TTL_S) is None
        assert await tokens.lease("other", "b", at(), TTL_S) is not None, "each chain has its own"
        second = await tokens.lease("things", "b", at(TTL_S), TTL_S)
        assert second is not None
        await tokens.release(first)
        assert await tokens.lease("things", "c", at(TTL_S), TTL_S) is None, "a dead lease lets nothing go"
        await tokens.release(second)
        assert await tokens.lease("things", "c", at(TTL_S), TTL_S) is not None


async def test_a_holder_that_asks_again_has_it(place: Place) -> None:
    """The answer to the first may have been lost."""
    async with place.opened() as store:
        first = await store.tokens.lease("things", "a", at(), TTL_S)
        again = await store.tokens.lease("things", "a", at(1.0), TTL_S)
        assert first is not None
        assert again is not None
        assert again.fence > first.fence
        assert not await store.tokens.save(first, 1, b"late")
        assert await store.tokens.save(again, 1, b"good")


async def test_one_whose_lease_has_run_out_writes_over_nothing(place: Place) -> None:
    async with place.opened() as store:
        tokens = store.tokens
        first = await tokens.lease("things", "a", at(), TTL_S)
        second = await tokens.lease("things", "b", at(TTL_S), TTL_S)
        assert first is not None
        assert second is not None
        assert await tokens.save(second, 1, b"second")
        assert not await tokens.save(first, 1, b"first")
        assert await tokens.read("things") == TokenRow(1, b"second")


async def test_a_save_that_is_done_again_does_no_harm_and_an_older_version_is_refused(place: Place) -> None:
    async with place.opened() as store:
        lease = await store.tokens.lease("things", "a", at(), TTL_S)
        assert lease is not None
        assert await store.tokens.save(lease, 2, b"two")
        assert await store.tokens.save(lease, 2, b"two")
        assert not await store.tokens.save(lease, 1, b"one")
        assert await store.tokens.read("things") == TokenRow(2, b"two")
