"""Waiting in tests: for a condition, with a bound, never for a length of time."""

from collections.abc import Callable

from tidegate.world.world import RealWorld

TURNS_MAX = 20_000


async def until(condition: Callable[[], object], turns_max: int = TURNS_MAX) -> None:
    """Let the loop turn until the condition holds. Fails after `turns_max` turns."""
    world = RealWorld()
    for turn in range(turns_max):
        if condition():
            return
        await world.sleep(0 if turn < 100 else 0.001)
    raise AssertionError("the condition never came true")


async def settle(turns: int = 5) -> None:
    """Let everything that is ready run."""
    for _ in range(turns):
        await RealWorld().sleep(0)
