"""What every verdict on promises says: held, broken, or never put to the test."""

from dataclasses import dataclass
from xml.etree import ElementTree as ET

import pytest

from tests.loadtests.test_burst_verdict import RECORDS, verdict
from tidegate.loadtests.promise import Promise, PromisesVerdict

KEPT, BROKEN = Promise("answered", True, "0 of 9 calls failed"), Promise("at rest", False, "3 connections")


@dataclass(frozen=True, slots=True)
class Verdict(PromisesVerdict):
    """One with a reason for which nothing was put to the test, or none; and with what else did not happen."""

    promises: tuple[Promise, ...]
    why: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()

    @property
    def inconclusive(self) -> tuple[str, ...]:
        return self.why

    @property
    def untried(self) -> tuple[str, ...]:
        return self.missed


@pytest.mark.parametrize(
    ("judged", "held", "broken"),
    [
        pytest.param(Verdict((KEPT,)), True, [], id="held"),
        pytest.param(Verdict((KEPT, BROKEN)), False, ["at rest: 3 connections"], id="broken"),
        pytest.param(Verdict((KEPT, BROKEN), ("no call was sent",)), False, [], id="never put to the test"),
        pytest.param(Verdict((KEPT,), (), ("no fault",)), False, [], id="a fault that never happened"),
        pytest.param(
            Verdict((BROKEN,), (), ("no fault",)), False, ["at rest: 3 connections"], id="broken all the same"
        ),
    ],
)
def test_a_verdict_holds_where_every_promise_was_tried_and_held(
    judged: Verdict, *, held: bool, broken: list[str]
) -> None:
    assert judged.held is held
    case = judged.case("load")
    assert (list(case.broken), tuple(case.inconclusive)) == (broken, (*judged.why, *judged.missed))


def test_the_outcome_names_each_promise() -> None:
    assert Verdict((BROKEN,)).outcome() == {
        "promises": {"at rest": {"held": False, "found": "3 connections"}},
        "held": False,
        "inconclusive": [],
    }


def test_a_broken_promise_is_a_failed_test_case_and_says_what_was_found() -> None:
    judged = verdict(records=RECORDS[:3])
    (suite,) = ET.fromstring(judged.junit("load burst", 12.5))
    broken = [promise for promise in judged.promises if not promise.held]
    assert [suite.get(name) for name in ("name", "failures", "errors", "time")] == [
        "load burst", str(len(broken)), "0", "12.500",
    ]  # fmt: skip
    failed = [case for case in suite if case.find("failure") is not None]
    assert [(case.get("name"), case[0].get("message")) for case in failed] == [
        (promise.name, promise.found) for promise in broken
    ]


def test_a_held_verdict_has_no_failure() -> None:
    (suite,) = ET.fromstring(verdict().junit("load burst", 1.0))
    assert (suite.get("failures"), suite.get("errors")) == ("0", "0")


def test_a_fault_that_never_happened_is_an_error_of_its_own_beside_the_promises() -> None:
    (suite,) = ET.fromstring(Verdict((KEPT, BROKEN), (), ("no fault",)).junit("load burst", 1.0))
    assert [suite.get(name) for name in ("tests", "failures", "errors")] == ["3", "1", "1"]
    assert Verdict((KEPT,), (), ("no fault",)).outcome()["inconclusive"] == ["no fault"]


def test_where_nothing_was_put_to_the_test_nothing_passed() -> None:
    (suite,) = ET.fromstring(verdict(records=[], journal=[]).junit("load burst", 1.0))
    assert (suite.get("failures"), suite.get("errors")) == ("0", suite.get("tests"))
