"""Schedules: a task keeps its priority, hands it to its timers, and a few become the last of all."""

import asyncio
import random

import pytest

from tidegate.chaos.world.schedule import (
    CHANGES,
    LATER_S,
    STEPS_EXPONENT,
    DrawnLateness,
    DrawnPriorities,
    drawn_schedule,
)
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld

WORLD = VirtualWorld(0)


def late(seed: int, naps: int = 20, tasks: int = 6) -> list[list[float]]:
    """How late each nap of each task was."""

    async def nap(n: int, seen: list[list[float]]) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(naps):
            begin = loop.time()
            await WORLD.sleep(1.0)
            seen[n].append(round(loop.time() - begin - 1.0, 9))

    async def main() -> list[list[float]]:
        seen: list[list[float]] = [[] for _ in range(tasks)]
        await asyncio.gather(*(nap(n, seen) for n in range(tasks)))
        return seen

    return run(main, schedule=DrawnPriorities(random.Random(seed)))


def test_a_task_is_as_late_again_and_again_and_another_one_otherwise() -> None:
    quiet = next(seen for seen in map(late, range(200)) if all(len({*one}) == 1 for one in seen))
    assert len({one[0] for one in quiet}) == len(quiet)
    assert max(one[0] for one in quiet) <= 0.5 * LATER_S


def test_a_task_whose_turn_it_is_at_a_drawn_moment_becomes_the_last_of_all() -> None:
    for seed in range(50):
        changed = [one for one in late(seed) if len({*one}) > 1]
        for one in changed:
            assert one[-1] > 0.5 * LATER_S
            assert sorted(one) == one or len({*one}) > 2
        if changed:
            break
    else:
        pytest.fail("no task was ever changed")


def test_the_same_seed_is_the_same_schedule() -> None:
    assert late(3) == late(3) != late(4)


def test_changes_are_drawn_early_and_late() -> None:
    moments = [step for seed in range(200) for step in DrawnPriorities(random.Random(seed))._changes]
    assert len(moments) > 190 * CHANGES
    assert min(moments) < 10
    assert max(moments) > 10.0 ** (STEPS_EXPONENT - 0.2)


def test_a_schedule_goes_by_its_name() -> None:
    assert isinstance(drawn_schedule(1, drawn="lateness"), DrawnLateness)
    assert isinstance(drawn_schedule(1, drawn="priorities"), DrawnPriorities)
    assert drawn_schedule(1, drawn="") is None
