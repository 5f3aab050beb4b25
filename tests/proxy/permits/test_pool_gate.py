"""Permits of a pool: of whichever member has room first, in one order for all, and none is lost."""

import asyncio
from collections import Counter

import pytest

from tests.proxy.permits.test_limit_gate import Clock
from tests.waiting import settle
from tidegate.proxy.permits.limit_gate import LimitGate
from tidegate.proxy.permits.pool_gate import ANY, PoolGate, PoolWish, WornPermit
from tidegate.proxy.permits.waiting_room import WaitingRoom
from tidegate.proxy.policies.credentials.pool_choice import PoolChoice
from tidegate.proxy.policies.limits.gauge import Gauge
from tidegate.proxy.policies.limits.limit_set import LimitSet
from tidegate.proxy.policies.limits.token_bucket import TokenBucket
from tidegate.proxy.policies.limits.wait_queue import QueueRefusal, WaitQueue

NAMES = ("a", "b", "c")


def pool(clock: Clock, *, rate: float = 1.0, burst: int = 1, shared: Gauge | None = None, depth: int = 100) -> PoolGate:
    room = WaitingRoom(clock, WaitQueue(depth, {"heavy": 3}))  # type: ignore[arg-type]  # a world of one clock
    also = [shared] if shared is not None else []
    gates = {name: LimitGate(LimitSet([TokenBucket(rate, burst, clock.now()), *also]), room) for name in NAMES}
    return PoolGate(PoolChoice(NAMES), gates, room)


def acquire(
    gate: PoolGate,
    clock: Clock,
    app: str = "",
    urgency: int = 3,
    *,
    wait_s: float = 100.0,
    amounts: tuple[float, ...] | None = None,
    wish: PoolWish = ANY,
) -> "asyncio.Task[WornPermit | QueueRefusal]":
    return asyncio.create_task(gate.acquire(clock.now(), 1000.0, wait_s, app, urgency, amounts, wish))


def test_members_are_worn_in_turn_while_each_has_as_much() -> None:
    clock = Clock()
    gate = pool(clock, burst=2)
    clock.time = 10.0
    worn = [gate.try_acquire(10.0, ANY) for _ in range(7)]
    assert [one.name if one else "" for one in worn] == ["a", "b", "c", "a", "b", "c", ""]


async def test_a_call_wears_none_again_under_which_it_was_refused() -> None:
    clock = Clock()
    gate = pool(clock)
    clock.time = 10.0
    gate.choice.members["a"].rejected(8.0, 0)  # its time is over: else it would be tried first
    worn = gate.try_acquire(10.0, PoolWish(tried=("a", "b")))
    assert worn is not None
    assert worn.name == "c"
    later = acquire(gate, clock, wish=PoolWish(tried=("a", "b")))
    await settle()
    assert not later.done(), "it waits for the one that is left"
    await clock.advance(1.0)
    assert isinstance(got := await later, WornPermit)
    assert got.name == "c"


async def test_the_pool_lends_at_the_sum_of_its_members_rates() -> None:
    clock = Clock()
    gate = pool(clock, rate=2.0)
    tasks = [acquire(gate, clock) for _ in range(60)]
    await settle()
    await clock.advance(10.0)
    worn = [one for one in await asyncio.gather(*tasks) if isinstance(one, WornPermit)]
    assert len(worn) == 60
    assert Counter(one.name for one in worn) == {"a": 20, "b": 20, "c": 20}


async def test_who_waits_gets_the_member_that_is_ready_first() -> None:
    clock = Clock()
    gate = pool(clock)
    clock.time = 10.0
    for _ in NAMES:
        gate.try_acquire(10.0, ANY)
    gate.members["a"].pause_until(20.0)
    gate.members["c"].pause_until(30.0)
    waiting = acquire(gate, clock)
    await settle()
    await clock.advance(1.0)
    permit = await waiting
    assert isinstance(permit, WornPermit)
    assert (permit.name, clock.time) == ("b", 11.0)


async def test_the_more_urgent_goes_first_over_the_whole_pool() -> None:
    clock, order = Clock(), list[int]()
    gate = pool(clock)

    async def call(urgency: int) -> None:
        await acquire(gate, clock, urgency=urgency)
        order.append(urgency)

    tasks = [asyncio.create_task(call(urgency)) for urgency in (5, 5, 5, 5, 0, 0)]
    await settle()
    await clock.advance(2.0)
    await asyncio.gather(*tasks)
    assert sorted(order[:3]) == [0, 0, 5]


async def test_apps_share_the_pool_by_their_weights() -> None:
    clock = Clock()
    gate = pool(clock)
    tasks = [acquire(gate, clock, app) for app in ("heavy", "light") for _ in range(40)]
    await settle()
    await clock.advance(8.0)
    served = Counter("heavy" if place < 40 else "light" for place, task in enumerate(tasks) if task.done())
    assert served == {"heavy": 18, "light": 6}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_one_that_must_wear_a_member_waits_in_the_same_order_for_it() -> None:
    clock = Clock()
    gate = pool(clock)
    tasks = [acquire(gate, clock) for _ in range(3)]
    pinned = asyncio.create_task(gate.members["b"].acquire(clock.now(), 100.0, 100.0, "other"))
    await settle()
    await clock.advance(1.0)
    assert {one.name for task in tasks if task.done() and isinstance(one := task.result(), WornPermit)} == {"a", "c"}
    assert pinned.done()
    await clock.advance(1.0)
    await asyncio.gather(*tasks)


async def test_a_call_that_needs_much_keeps_one_member_for_itself_and_leaves_the_others() -> None:
    clock = Clock()
    gate = pool(clock, burst=10)
    clock.time = 100.0
    for name in NAMES:
        gate.members[name].overdraw(100.0, (9.0,))
    large = acquire(gate, clock, amounts=(5.0,))
    await settle()
    small = [acquire(gate, clock, amounts=(1.0,)) for _ in range(4)]
    await settle()
    await clock.advance(4.0)
    permits = [task.result() for task in (large, *small) if task.done()]
    assert len(permits) == 5
    kept = permits[0]
    assert isinstance(kept, WornPermit)
    assert all(isinstance(one, WornPermit) and one.name != kept.name for one in permits[1:])


def test_a_limit_that_all_share_bounds_the_pool() -> None:
    clock = Clock()
    gate = pool(clock, burst=5, shared=TokenBucket(1.0, 4, 0.0))
    clock.time = 10.0
    assert [gate.try_acquire(10.0, ANY) is not None for _ in range(6)] == [True] * 4 + [False] * 2


async def test_what_a_call_would_wait_is_estimated_over_the_whole_pool() -> None:
    clock = Clock()
    gate = pool(clock)
    tasks = [acquire(gate, clock) for _ in range(30)]
    await settle()
    assert gate.estimate_s(clock.now()) == pytest.approx(11.0)
    assert await acquire(gate, clock, wait_s=9.0) == QueueRefusal("would expire")
    gate.choice.members["a"].rejected(clock.now(), 0)
    gate.choice.members["b"].rejected(clock.now(), 0)
    assert gate.estimate_s(clock.now()) == pytest.approx(31.0)
    await clock.advance(40.0)
    await asyncio.gather(*tasks)


async def test_one_that_is_set_aside_lends_nothing_and_what_waits_is_served_when_it_is_back() -> None:
    clock = Clock()
    gate = pool(clock, burst=5)
    clock.time = 10.0
    for name in NAMES:
        gate.choice.members[name].rejected(10.0, 0)
    waiting = [acquire(gate, clock) for _ in range(2)]
    await settle()
    await clock.advance(0.9)
    assert not any(task.done() for task in waiting)
    await clock.advance(0.1)
    trials = [await task for task in waiting]
    assert [(one.name, one.trial) for one in trials if isinstance(one, WornPermit)] == [("a", 1), ("b", 1)]


async def test_a_permit_of_one_who_just_left_goes_back_to_its_member() -> None:
    clock = Clock()
    gate = pool(clock)
    gate.choice.members["a"].rejected(0.0, 0)
    gate.choice.members["b"].rejected(0.0, 0)
    gate.choice.members["c"].rejected(0.0, 0)
    task = acquire(gate, clock)
    await settle()
    clock.time = 1.0
    gate.room.serve()
    task.cancel()
    await settle()
    assert task.cancelled()
    assert gate.choice.members["a"].needs_trial(1.0), "its trial was given up"
    assert gate.members["a"].limits.take(clock.now()) == 0.0


def test_a_pool_that_is_only_reported_lends_of_its_best_member() -> None:
    clock = Clock()
    gate = pool(clock)
    assert gate.try_acquire(clock.now(), ANY) is None
    assert gate.overdraw(clock.now(), PoolWish(prefer="b")) is not None
    for member in gate.choice.members.values():
        member.rejected(5.0, 0)
    assert gate.overdraw(50.0, PoolWish(resendable=False)) is None
