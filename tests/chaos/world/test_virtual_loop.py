"""The virtual clock: time jumps, a run that cannot go on says so, and nothing reaches the real world."""

import asyncio
import random

import pytest

from tidegate.chaos.world.schedule import LATE_S, LATER_S, DrawnLateness
from tidegate.chaos.world.virtual_loop import TASKS, Deadlock, OutOfTime, Tasks, run
from tidegate.chaos.world.virtual_world import VirtualWorld

WORLD = VirtualWorld(0)
sleep = WORLD.sleep


def test_an_hour_of_waiting_takes_no_time() -> None:
    async def main() -> float:
        await sleep(3600)
        return asyncio.get_running_loop().time()

    assert run(main) == pytest.approx(3600)


def test_a_timeout_fires_at_its_virtual_moment() -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with WORLD.timeout(2.5):
                await sleep(100)
        return asyncio.get_running_loop().time()

    assert run(main) == pytest.approx(2.5)


def test_a_deadlock_is_an_error_that_names_who_waits_and_where() -> None:
    async def stuck() -> None:
        await asyncio.Event().wait()

    async def main() -> None:
        await asyncio.create_task(stuck(), name="the one that is stuck")

    with pytest.raises(Deadlock, match=r"the one that is stuck at .*test_virtual_loop\.py:\d+"):
        run(main)


def test_a_run_that_never_ends_is_given_up_at_its_end() -> None:
    async def main() -> None:
        for _ in range(1000):
            await sleep(1)

    with pytest.raises(OutOfTime, match="within 60 s of virtual time"):
        run(main, end_s=60)


def test_a_thread_is_refused_by_name() -> None:
    async def main() -> None:
        await asyncio.to_thread(sum, [1, 2])

    with pytest.raises(RuntimeError, match="nothing in the virtual world may use threads"):
        run(main)


def test_a_lookup_of_a_name_outside_the_world_is_refused() -> None:
    async def main() -> None:
        await asyncio.get_running_loop().getaddrinfo("example.com", 80)

    with pytest.raises(RuntimeError, match=r"use World\.resolve"):
        run(main)


def test_tasks_are_written_down_while_they_run_with_those_that_come_of_them() -> None:
    async def leaf() -> None:
        await sleep(1)

    async def branch() -> None:
        await asyncio.gather(leaf(), leaf())

    async def main() -> tuple[int, int]:
        tasks = Tasks()
        TASKS.set(tasks)
        made = asyncio.create_task(branch())
        await sleep(0.5)
        during = len(tasks.running)
        await made
        await sleep(0)
        return during, len(tasks.running)

    assert run(main) == (3, 0)


def test_timers_of_one_moment_run_in_the_order_in_which_they_were_set() -> None:
    async def main() -> list[int]:
        loop, order = asyncio.get_running_loop(), list[int]()
        for n in range(50):
            loop.call_at(5.0, order.append, n)
        loop.call_later(5.0, order.append, 50)
        loop.call_at(5.0, order.append, 51).cancel()
        await sleep(6)
        return order

    assert run(main) == list(range(51))


def test_a_callback_that_raises_is_told_of_and_the_loop_goes_on() -> None:
    told: list[dict[str, object]] = []

    def fail() -> None:
        raise ValueError("a bug")

    async def main() -> str:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: told.append(context))
        loop.call_later(1.0, fail)
        await sleep(2)
        return "went on"

    assert run(main) == "went on"
    (context,) = told
    assert repr(context["exception"]) == "ValueError('a bug')"
    assert "fail" in str(context["message"])


def rung(seed: int | None) -> list[int]:
    """The order in which a hundred timers of one moment ring."""

    async def main() -> list[int]:
        loop, order = asyncio.get_running_loop(), list[int]()
        for n in range(100):
            loop.call_later(1.0, order.append, n)
        await sleep(1.1)
        return order

    return run(main, schedule=None if seed is None else DrawnLateness(random.Random(seed)))


def test_timers_of_one_moment_ring_as_they_were_set_or_in_an_order_that_is_drawn() -> None:
    assert rung(None) == list(range(100))
    assert sorted(rung(1)) == list(range(100))
    assert rung(1) == rung(1) != rung(2)
    assert rung(1) != list(range(100))


def test_a_timer_rings_late_by_a_bounded_time_and_never_early() -> None:
    async def main() -> list[float]:
        loop, late = asyncio.get_running_loop(), list[float]()
        for n in range(400):
            loop.call_later(n / 10, _note, late, loop, n / 10)
        await sleep(60.0)
        return late

    late = run(main, schedule=DrawnLateness(random.Random(3)))
    assert min(late) >= 0.0
    assert LATE_S < max(late) <= LATER_S
    assert 20 < sum(one > LATE_S for one in late) < 80, "few are much later"


def _note(late: list[float], loop: asyncio.AbstractEventLoop, due: float) -> None:
    late.append(loop.time() - due)
