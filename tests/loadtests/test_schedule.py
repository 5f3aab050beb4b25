"""The schedule of a load run."""

from itertools import pairwise

import pytest

from tidegate.loadtests.schedule import OPERATIONS, PAYMENT, READ, LoadShape, plan
from tidegate.problems import UsageError


def starts(shape: LoadShape, begin: float, end: float) -> list[float]:
    return [call.at_s for call in plan(shape, "a") if begin <= call.at_s < end]


def test_the_burst_lies_in_the_middle_and_has_ten_times_the_rate() -> None:
    shape = LoadShape(rate_per_s=20, seconds=9)
    assert [rate_per_s for _, _, rate_per_s in shape.phases] == [20, 200, 20]
    assert [begin for begin, _, _ in shape.phases] == [0, 3, 6]
    per_phase = [len(starts(shape, begin, begin + 3)) for begin in (0, 3, 6)]
    assert per_phase == [60, 600, 60]


def test_a_binary_fraction_loses_no_call() -> None:
    assert len(plan(LoadShape(rate_per_s=10, seconds=4.3, burst_s=2.3), "a")) == 20 + 230


def test_a_phase_is_filled_to_its_end() -> None:
    assert [call.at_s for call in plan(LoadShape(rate_per_s=5, seconds=1, burst_s=0), "a")] == [
        0,
        0.2,
        0.4,
        0.5,
        0.7,
        0.9,
    ]


def test_calls_are_evenly_spaced_within_a_phase() -> None:
    inside = starts(LoadShape(rate_per_s=20, seconds=9), 3, 6)
    assert {round(later - earlier, 9) for earlier, later in pairwise(inside)} == {0.005}


def test_planned_starts_never_go_back() -> None:
    at = [call.at_s for call in plan(LoadShape(rate_per_s=7, seconds=5.5, burst_s=1.7), "a")]
    assert at == sorted(at)


def test_every_intent_is_unique_and_differs_between_runs() -> None:
    shape = LoadShape(rate_per_s=20, seconds=5)
    here, there = ({call.intent for call in plan(shape, run)} for run in ("a", "b"))
    assert len(here) == len(plan(shape, "a"))
    assert not here & there


def test_every_fifth_call_is_a_read_and_each_kind_has_its_operation() -> None:
    kinds = [call.kind for call in plan(LoadShape(rate_per_s=20, seconds=5), "a")]
    assert kinds[:10] == [PAYMENT, PAYMENT, PAYMENT, PAYMENT, READ] * 2
    assert set(kinds) == set(OPERATIONS)


def test_a_run_without_a_burst_is_only_calm() -> None:
    assert len(plan(LoadShape(rate_per_s=10, seconds=2, burst_s=0), "a")) == 20


@pytest.mark.parametrize("numbers", [(0, 9, 10, 3), (-1, 9, 10, 3), (20, 9, 0, 3), (20, 9, 10, -1)])
def test_numbers_that_make_no_run_are_refused(numbers: tuple[float, float, float, float]) -> None:
    with pytest.raises(UsageError, match="above 0"):
        LoadShape(*numbers)


def test_a_run_shorter_than_its_burst_is_refused_and_says_what_would_do() -> None:
    with pytest.raises(UsageError, match="choose --seconds above the burst"):
        LoadShape(rate_per_s=20, seconds=3)


@pytest.mark.parametrize("run", ["", "a b", "a&amount=1", "x" * 41])
def test_a_name_that_would_not_survive_a_form_is_refused(run: str) -> None:
    with pytest.raises(UsageError, match="cannot name a run"):
        plan(LoadShape(rate_per_s=20, seconds=9), run)
