"""Those who wait: in their order, within the bounds of the queue, each with a place that the next one gets."""

import asyncio

from tests.proxy.permits.test_limit_gate import Clock, gate
from tests.waiting import settle
from tidegate.proxy.permits.limit_gate import LimitPermit
from tidegate.proxy.policies.limits.wait_queue import QueueRefusal


async def test_calls_enter_in_the_order_in_which_they_came() -> None:
    clock, order = Clock(), list[int]()
    door = gate(clock)

    async def call(number: int) -> None:
        assert isinstance(await door.acquire(clock.now(), 100.0, 100.0), LimitPermit)
        order.append(number)

    tasks = [asyncio.create_task(call(number)) for number in range(5)]
    await settle()
    await clock.advance(1.0)
    assert order == [0, 1, 2, 3, 4]
    await asyncio.gather(*tasks)


async def test_nobody_passes_those_who_wait() -> None:
    clock = Clock()
    door = gate(clock, rate=1.0)
    waiting = asyncio.create_task(door.acquire(clock.now(), 100.0, 100.0))
    await settle()
    clock.time = 5.0
    assert door.try_acquire(clock.now()) is None
    await clock.advance(0.0)
    assert isinstance(await waiting, LimitPermit)


async def test_a_full_queue_refuses_at_once() -> None:
    clock = Clock()
    door = gate(clock, depth=2)
    waiting = [asyncio.create_task(door.acquire(clock.now(), 100.0, 100.0)) for _ in range(2)]
    await settle()
    assert await door.acquire(clock.now(), 100.0, 100.0) == QueueRefusal("full")
    await clock.advance(10.0)
    await asyncio.gather(*waiting)


async def test_one_who_leaves_frees_the_place_for_the_next() -> None:
    clock = Clock()
    door = gate(clock, rate=1.0)
    first, second = (asyncio.create_task(door.acquire(clock.now(), 100.0, 100.0)) for _ in range(2))
    await settle()
    first.cancel()
    await settle()
    assert door.waiting == 1
    await clock.advance(1.0)
    assert isinstance(await second, LimitPermit)
    assert door.waiting == 0


async def test_who_waits_behind_one_that_needs_more_has_no_time_of_its_own() -> None:
    """Else the room would be served again and again without end: there is enough for it, and it is not its turn."""
    clock = Clock()
    door = gate(clock, rate=1.0, burst=10)
    clock.time = 100.0
    door.overdraw(clock.now(), (8.0,))
    waiting = [
        asyncio.create_task(door.acquire(clock.now(), 1000.0, 100.0, app, 3, amounts))
        for app, amounts in (("large", (6.0,)), ("small", (1.0,)))
    ]
    await settle()
    assert [moment for moment, _ in clock.timers] == [104.0]
    await clock.advance(10.0)
    assert all(isinstance(permit, LimitPermit) for permit in await asyncio.gather(*waiting))
