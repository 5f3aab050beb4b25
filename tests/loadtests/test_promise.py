"""What every verdict on promises says: held, broken, or never put to the test."""

from dataclasses import dataclass

import pytest

from tidegate.loadtests.promise import Promise, PromisesVerdict

KEPT, BROKEN = Promise("answered", True, "0 of 9 calls failed"), Promise("at rest", False, "3 connections")


@dataclass(frozen=True, slots=True)
class Verdict(PromisesVerdict):
    """One with a reason for which nothing was put to the test, or none."""

    promises: tuple[Promise, ...]
    untried: tuple[str, ...] = ()

    @property
    def inconclusive(self) -> tuple[str, ...]:
        return self.untried


@pytest.mark.parametrize(
    ("verdict", "held", "broken"),
    [
        pytest.param(Verdict((KEPT,)), True, [], id="held"),
        pytest.param(Verdict((KEPT, BROKEN)), False, ["at rest: 3 connections"], id="broken"),
        pytest.param(Verdict((KEPT, BROKEN), ("no call was sent",)), False, [], id="never put to the test"),
    ],
)
def test_a_verdict_holds_where_every_promise_was_tried_and_held(
    verdict: Verdict, *, held: bool, broken: list[str]
) -> None:
    assert verdict.held is held
    case = verdict.case("load")
    assert (list(case.broken), tuple(case.inconclusive)) == (broken, verdict.untried)


def test_the_outcome_names_each_promise() -> None:
    assert Verdict((BROKEN,)).outcome() == {
        "promises": {"at rest": {"held": False, "found": "3 connections"}},
        "held": False,
        "inconclusive": [],
    }
