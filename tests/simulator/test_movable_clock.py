"""The movable clock: hours pass at once, what falls due rings at its own time, and the rest goes on."""

import asyncio

import pytest

from tests.waiting import settle
from tidegate.simulator.movable_clock import MovableWorld
from tidegate.world.world import RealWorld


async def test_both_clocks_go_forward_together() -> None:
    world = MovableWorld(RealWorld())
    now, wall = world.now(), world.wall()
    await world.advance(86400.0)
    assert world.now() - now == pytest.approx(86400.0, abs=60)
    assert world.wall() - wall == pytest.approx(86400.0, abs=60)


async def test_timers_ring_in_their_order_each_at_its_own_time() -> None:
    world = MovableWorld(RealWorld())
    rung: list[tuple[float, float]] = []
    began = world.now()
    for delay in (300.0, 100.0, 200.0, 4000.0):
        world.call_later(delay, lambda delay=delay: rung.append((delay, round(world.now() - began, -1))))
    await world.advance(3600.0)
    assert rung == [(100.0, 100.0), (200.0, 200.0), (300.0, 300.0)]
    await world.advance(400.0)
    assert rung[-1] == (4000.0, 4000.0)


async def test_a_timer_set_on_the_way_rings_on_the_way() -> None:
    world = MovableWorld(RealWorld())
    rung: list[str] = []
    world.call_later(10.0, lambda: world.call_later(10.0, rung.append, "second"))
    await world.advance(30.0)
    assert rung == ["second"]


async def test_who_sleeps_wakes_and_may_sleep_again() -> None:
    world, turns = MovableWorld(RealWorld()), []

    async def sleeper() -> None:
        for turn in range(3):
            await world.sleep(60.0)
            turns.append(turn)

    task = asyncio.create_task(sleeper())
    await settle()
    await world.advance(150.0)
    assert turns == [0, 1]
    await world.advance(31.0)
    await task


async def test_a_cancelled_timer_stays_silent() -> None:
    world = MovableWorld(RealWorld())
    rung: list[str] = []
    world.call_later(5.0, rung.append, "late").cancel()
    sleeper = asyncio.create_task(world.sleep(5.0))
    await settle()
    sleeper.cancel()
    await settle()
    await world.advance(10.0)
    assert not rung
    assert not world._timers


async def test_without_a_push_a_timer_rings_by_itself() -> None:
    world = MovableWorld(RealWorld())
    rung = asyncio.Event()
    timer = world.call_later(0.001, rung.set)
    await rung.wait()
    assert timer not in world._timers


async def test_the_clock_never_goes_back() -> None:
    with pytest.raises(ValueError, match="put back"):
        await MovableWorld(RealWorld()).advance(-1.0)
