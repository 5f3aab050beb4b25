"""A run in which something did not happen proves nothing of it, and says so."""

from typing import Any

import pytest

from tidegate.chaos.apps.retry_loop import Intent, IntentResult, ReportedOutcome
from tidegate.chaos.judge.vacuity import unplayable, untried
from tidegate.scenario.fault_count import FaultCount
from tidegate.scenario.scenario import Scenario

OPERATIONS = ("PostPaymentIntents", "GetPaymentIntents")
STORIES = ("payment", "read")
LOAD = [{"rate": "1/s"}]


def scenario(**parts: Any) -> Scenario:
    return Scenario.model_validate({"name": "t", "seconds": 20, "load": LOAD, **parts})


def ending(start_s: float, ended_s: float) -> IntentResult:
    return IntentResult(Intent("order-1", "payment", start_s), ReportedOutcome.DONE, ended_s, (200,))


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"load": []}, "the scenario has no `load`"),
        ({"load": [{"rate": "1/s"}, {"from": "20s", "burst": 3}]}, "load 2 begins at 20s, and the run ends at 20s"),
        ({"load": [{"burst": 0}]}, "load 1 asks for nothing"),
        ({"load": [{"rate": "1/m"}]}, "load 1 asks for nothing"),
        ({"load": [{"rate": "1/s", "mix": {"paymnt": 1}}]}, "the story 'paymnt'; did you mean payment?"),
        ({"load": [{"rate": "1/s", "mix": {"x": 1}}]}, "the story 'x'; the stories are payment, read"),
        ({"load": [{"rate": "1/s", "mix": {"payment": 0}}]}, "every weight in `mix` is 0"),
        ({"faults": [{"kind": "outage", "from": "1m"}]}, "fault 1 (outage) never happens: it begins at 1m"),
        ({"faults": [{"kind": "black_hole", "from": "20s"}]}, "fault 1 (black_hole) never happens"),
        ({"faults": [{"kind": "error", "operations": ["Pots*"]}]}, "no operation is called Pots*"),
        ({"load": [{"rate": "1/s", "vendor": "strype"}]}, "load 1: no vendor of this run is called strype"),
    ],
)
def test_what_cannot_happen_is_seen_before_anything_is_played(parts: dict[str, Any], said: str) -> None:
    (sentence,) = unplayable(scenario(**parts), OPERATIONS, STORIES)
    assert said in sentence


def test_a_scenario_that_can_be_played_has_nothing_against_it() -> None:
    good = scenario(faults=[{"kind": "error", "operations": ["Post*"], "from": "19s"}])
    assert unplayable(good, OPERATIONS, STORIES) == []


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (FaultCount(0, 0), ["fault 1 (error) never happened: it met no target"]),
        (FaultCount(1_200, 0), ["fault 1 (error) never happened: it met 1,200 targets, and hit none"]),
        (FaultCount(7, 1), []),
    ],
)
def test_a_fault_that_hit_nothing_did_not_happen(count: FaultCount, said: list[str]) -> None:
    assert untried(scenario(faults=[{"kind": "error"}]), [count], [ending(0, 1)]) == said


@pytest.mark.parametrize(
    ("span", "met"),
    [
        ({}, True),
        ({"from": "5s", "for": "2s"}, False),
        ({"from": "1s", "for": "2s"}, True),
        ({"from": "3s", "for": "2s"}, True),
        ({"from": "3500ms"}, False),
        ({"until": "2s"}, False),
    ],
)
@pytest.mark.parametrize("kind", ["outage", "black_hole"])
def test_a_fault_that_lasts_needs_somebody_who_wants_something(kind: str, span: dict[str, str], met: bool) -> None:
    said = untried(scenario(faults=[{"kind": kind, **span}]), [None], [ending(2, 3)])
    assert (said == []) is met


def test_a_run_in_which_nobody_asked_says_so() -> None:
    assert untried(scenario(), [], []) == ["nothing was asked of the vendor"]
