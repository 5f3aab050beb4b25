"""A black hole is there until the fault is over, and is no excuse for a proxy."""

from tests.chaos.trouble.setting import Surroundings
from tidegate.chaos.trouble.black_hole import BlackHole


def test_names_lead_nowhere_first_until_the_fault_is_over() -> None:
    setting, hole = Surroundings(), BlackHole()
    hole.shift(setting, 1)
    assert setting.black_holes == 1
    hole.shift(setting, -1)
    assert setting.black_holes == 0


def test_the_judge_excuses_nothing_for_it() -> None:
    hole = BlackHole()
    assert (hole.calls_hit, hole.harmful, hole.outage, hole.trips_breaker) == (0.0, False, False, False)
