"""Tests of tidegate.proxy.store.postgres.delivery.delivery_settle: an answer that is lost with its connection."""

import asyncio
from dataclasses import replace

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


async def test_what_begins_and_ends_at_once_begins_and_ends_as_if_alone(store: PostgresStore) -> None:
    deliveries = store.deliveries
    await accepted(deliveries, *(new(n, order_key="a" if n == 4 else "") for n in range(7)))
    await accepted(deliveries, new(8, order_key="a"), new(9))
    leased = await claimed(deliveries, 0)
    begun = await asyncio.gather(
        *(deliveries.begin_attempt(one, f"c{n}", at(1)) for n, one in enumerate(leased)),
        deliveries.begin_attempt(replace(leased[0], lease_token=99), "late", at(1)),
    )
    assert begun == [*([1] * len(leased)), None]
    waits, mistake, done = Settlement("waiting", not_before=9.0), Settlement("queued"), Settlement("done")
    ends = [
        done,
        waits,
        mistake,
        done,
        done,
        Settlement("dead", dead_reason="rejected"),
        replace(done, answer_body=b"x"),
    ]
    outcomes = await asyncio.gather(
        *(deliveries.settle(one, end, at(2)) for one, end in zip(leased, ends, strict=False)),
        deliveries.settle(replace(leased[3], lease_token=99), waits, at(2)),
        return_exceptions=True,
    )
    assert [ours if isinstance(ours, bool) else type(ours) for ours in outcomes] == [
        True, True, ValueError, True, True, True, True, False,
    ]  # fmt: skip
    states = [await state_of(deliveries, f"d{n}") for n in range(7)]
    assert states == ["done", "waiting", "sending", "done", "done", "dead rejected", "done"]
    assert "d8" in ids(await claimed(deliveries, 3)), "the next of its order may go"


async def test_what_cannot_follow_undoes_its_own_settlement_and_no_other(store: PostgresStore) -> None:
    deliveries = store.deliveries
    await accepted(deliveries, *(new(n) for n in range(4)))
    leased = await claimed(deliveries, 0)
    await asyncio.gather(*(deliveries.begin_attempt(one, "c", at(1)) for one in leased))
    follows = [new(20, box="inbox"), new(0, key="other", box="inbox"), new(21, box="inbox"), None]
    outcomes = await asyncio.gather(
        *(deliveries.settle(one, Settlement("done"), at(2), then) for one, then in zip(leased, follows, strict=True)),
        return_exceptions=True,
    )
    assert [ours if isinstance(ours, bool) else type(ours) for ours in outcomes] == [True, ValueError, True, True]
    assert [await state_of(deliveries, name) for name in ("d0", "d1", "d20", "d21")] == [
        "done", "sending", "queued", "queued",
    ]  # fmt: skip


async def test_one_that_is_settled_twice_at_once_is_settled_once(store: PostgresStore) -> None:
    deliveries = store.deliveries
    await accepted(deliveries, *(new(n) for n in range(6)))
    leased = await claimed(deliveries, 0)
    await asyncio.gather(*(deliveries.begin_attempt(one, "c", at(1)) for one in leased))
    twice = [*leased, *leased]
    ours = await asyncio.gather(*(deliveries.settle(one, Settlement("done"), at(2)) for one in twice))
    assert sum(ours) == len(leased)
    found = [await deliveries.find(f"d{n}") for n in range(6)]
    assert [one.attempts for one in found if one is not None] == [1] * 6


async def test_each_of_many_has_its_own_values(store: PostgresStore) -> None:
    deliveries, many = store.deliveries, range(40)
    await accepted(deliveries, *(new(n) for n in many))
    leased = {one.new.id: one for one in await claimed(deliveries, 0)}
    begun = (deliveries.begin_attempt(leased[f"d{n}"], f"c{n}", at(n)) for n in many)
    assert await asyncio.gather(*begun) == [1] * len(many)
    ends = [
        Settlement(
            "done", detail=f"detail {n}", outcome=f"outcome {n}", status=200 + n, problem=f"problem {n}",
            reference=f"r{n}" if n % 2 else "", answer_body=b"%d" % n if n % 3 else b"", counts=n % 5 > 0,
        )
        for n in many
    ]  # fmt: skip
    settled = (deliveries.settle(leased[f"d{n}"], end, at(100 + n)) for n, end in enumerate(ends))
    assert all(await asyncio.gather(*settled))
    for n, end in enumerate(ends):
        found = await deliveries.find(f"d{n}")
        assert found is not None
        assert (found.detail, found.status, found.reference) == (end.detail, end.status, end.reference)
        assert (found.answer_body, found.attempts, found.updated_wall) == (
            end.answer_body,
            end.counts,
            at(100 + n).wall,
        )
        [attempt] = await deliveries.attempts(f"d{n}")
        assert (attempt.call_id, attempt.began, attempt.ended_wall) == (f"c{n}", n, at(100 + n).wall)
        assert (attempt.outcome, attempt.status, attempt.problem) == (end.outcome, end.status, end.problem)


async def test_several_whose_answer_was_lost_begin_once(behind_wire: PostgresStore, wire: CutWire) -> None:
    deliveries = behind_wire.deliveries
    await accepted(deliveries, *(new(n) for n in range(5)))
    leased = await claimed(deliveries, 0)
    wire.lose_next_answer = True
    begun = await asyncio.gather(*(deliveries.begin_attempt(one, f"c{one.new.id}", at(1)) for one in leased))
    assert begun == [1] * 5
    assert [len(await deliveries.attempts(one.new.id)) for one in leased] == [1] * 5


async def test_several_whose_answer_was_lost_are_settled_once(behind_wire: PostgresStore, wire: CutWire) -> None:
    deliveries = behind_wire.deliveries
    await accepted(deliveries, *(new(n) for n in range(5)))
    leased = await claimed(deliveries, 0)
    await asyncio.gather(*(deliveries.begin_attempt(one, "c", at(1)) for one in leased))
    wire.lose_next_answer = True
    ends = [
        deliveries.settle(one, Settlement("done"), at(1), then=new(n, box="inbox")) for n, one in enumerate(leased, 7)
    ]
    assert await asyncio.gather(*ends) == [True] * 5
    found = [await deliveries.find(f"d{n}") for n in range(5)]
    assert [(one.state, one.attempts) for one in found if one is not None] == [("done", 1)] * 5
    assert [await state_of(deliveries, f"d{n}") for n in range(7, 12)] == ["queued"] * 5


async def test_one_that_begins_twice_at_once_begins_once(store: PostgresStore) -> None:
    deliveries = store.deliveries
    await accepted(deliveries, *(new(n) for n in range(3)))
    leased = await claimed(deliveries, 0)
    begun = await asyncio.gather(*(deliveries.begin_attempt(one, f"c{n}", at(1)) for n in (1, 2) for one in leased))
    assert [{begun[n], begun[n + 3]} for n in range(3)] == [{1, None}] * 3, "whichever of the two came first"
