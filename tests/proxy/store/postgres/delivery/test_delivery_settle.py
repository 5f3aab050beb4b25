"""Tests of tidegate.proxy.store.postgres.delivery.delivery_settle: an answer that is lost with its connection."""

import pytest

from tests.proxy.store.delivering import FIRST, accepted, claimed, ids, new, state_of
from tests.proxy.store.places import at
from tests.proxy.store.postgres.conftest import CutWire, proxy_at
from tidegate.proxy.policies.delivery.delivery import Settlement
from tidegate.proxy.store.postgres.delivery.delivery_settle import ATTEMPTS_KEPT
from tidegate.proxy.store.postgres.postgres_store import PostgresStore


async def test_an_attempt_whose_answer_was_lost_is_begun_once(behind_wire: PostgresStore, wire: CutWire) -> None:
    deliveries = behind_wire.deliveries
    await accepted(deliveries, FIRST)
    [one] = await claimed(deliveries, 0)
    wire.lose_next_answer = True
    assert await deliveries.begin_attempt(one, "c1", at(1)) == 1
    assert [attempt.n for attempt in await deliveries.attempts("d0")] == [1]
    assert await deliveries.begin_attempt(one, "c2", at(1)) is None


@pytest.mark.parametrize("state", ["done", "unknown"])
async def test_a_settlement_whose_answer_was_lost_is_ours_and_pushes_once(
    behind_wire: PostgresStore, wire: CutWire, state: str
) -> None:
    deliveries = behind_wire.deliveries
    await accepted(deliveries, FIRST)
    [one] = await claimed(deliveries, 0)
    await deliveries.begin_attempt(one, "c1", at(1))
    wire.lose_next_answer = True
    settlement = Settlement(state)  # type: ignore[arg-type]  # from a list
    assert await deliveries.settle(one, settlement, at(1), then=new(7, box="inbox"))
    assert await state_of(deliveries, "d0") == state
    assert await state_of(deliveries, "d7") == "queued"
    found = await deliveries.find("d0")
    assert found is not None
    assert found.attempts == 1


async def test_of_very_many_attempts_the_last_are_kept(store: PostgresStore) -> None:
    deliveries = store.deliveries
    await accepted(deliveries, FIRST)
    for number in range(ATTEMPTS_KEPT + 3):
        [one] = await claimed(deliveries, 0)
        assert await deliveries.begin_attempt(one, f"c{number}", at(0)) == number + 1
        await deliveries.settle(one, Settlement("waiting", counts=False), at(0))
    assert [attempt.n for attempt in await deliveries.attempts("d0")] == list(range(4, ATTEMPTS_KEPT + 4))


async def test_a_lease_ends_with_the_life_that_extended_it_last(url: str) -> None:
    async with proxy_at(url) as paused:
        await accepted(paused.deliveries, FIRST)
        [one] = await claimed(paused.deliveries, 0)
    async with proxy_at(url) as under_another_number:
        assert await under_another_number.deliveries.extend([one], at(1), lease_s=1e6) == {"d0"}
        assert await claimed(under_another_number.deliveries, 2) == []
    async with proxy_at(url) as next_life:
        assert ids(await claimed(next_life.deliveries, 2)) == ["d0"]
