"""Every drawn fault is one that a scenario may have, and differs by its dice."""

import random

import pytest

from tidegate.chaos.timeline.fault_draw import MAKERS, WEIGHTS, draw_crash, in_s, some_moment
from tidegate.scenario.scenario import Scenario


@pytest.mark.parametrize("kind", MAKERS)
def test_what_is_drawn_is_a_fault_of_a_scenario(kind: str) -> None:
    drawn = [MAKERS[kind](random.Random(n), 600.0) for n in range(50)]
    assert len({str(piece) for piece in drawn}) > 1
    scenario = Scenario.model_validate({"name": "drawn", "seconds": 600, "faults": drawn})
    assert len(scenario.faults) == 50
    assert all(fault.begin < 600 for fault in scenario.faults)


def test_each_kind_that_is_weighed_can_be_made() -> None:
    assert {kind for kind, _, _ in WEIGHTS} == set(MAKERS)


def test_a_moment_leaves_time_before_and_after_it() -> None:
    rng = random.Random(1)
    moments = [float(some_moment(rng, 100.0).removesuffix("s")) for _ in range(500)]
    assert 2.0 <= min(moments) < 3.0
    assert 89.0 < max(moments) <= 90.0


def test_seconds_are_written_without_needless_digits() -> None:
    assert [in_s(3.0), in_s(2.5), in_s(1 / 3), in_s(10.0)] == ["3s", "2.5s", "0.333s", "10s"]


def test_a_crash_says_how_long_the_proxy_is_away() -> None:
    assert {draw_crash(random.Random(n), 600.0)["down"] for n in range(40)} == {"50ms", "500ms", "3s"}
