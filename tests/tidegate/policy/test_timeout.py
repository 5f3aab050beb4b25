"""Times of a call and its attempts: their keys, their plan values, and TG001."""

from pathlib import Path

import pytest

from tests.proxy.examples import plan as example
from tests.tidegate.plans import POST, Change, broken, planned
from tidegate.policy.timeout import check_times, describe, describe_deadline


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([("attempt: 12s", "attempt: 40s")], [("TG001", "policy.timeout.attempt")]),
        ([("first_byte: 8s", "first_byte: 11s")], [("TG001", "policy.timeout.attempt")]),
        ([("connect: 2s", "connect: 0s")], [("TG001", "policy.timeout.connect")]),
        ([("policy:\n", "policy:\n  budget: 0s\n")], [("TG001", "policy.budget")]),
        ([(POST, f"{POST}\n  GetOrder: {{budget: 5s}}")], [("TG001", "policy.timeout.attempt")]),
        (
            [(POST, f"{POST}\n  GetOrder: {{timeout: {{attempt: 9s}}}}")],
            [("TG001", "operations.GetOrder.timeout.attempt")],
        ),
    ],
)
def test_every_time_fits_into_the_one_around_it(
    tmp_path: Path, changes: list[Change], expected: list[tuple[str, str]]
) -> None:
    assert broken(tmp_path, *changes) == expected


def test_what_an_operation_leaves_out_comes_from_the_policy(tmp_path: Path) -> None:
    plan = planned(tmp_path, entry="budget: 20s, timeout: {idle: 1s}")
    assert describe_deadline(plan) == "20s for the whole call"
    assert describe(plan) == "connect 2s, first byte 8s, idle 1s, attempt 12s"


def test_the_defaults_fit_into_each_other() -> None:
    assert list(check_times(example())) == []


def test_a_breach_names_the_operation_and_the_values_it_rests_on() -> None:
    (breach,) = check_times(example(attempt_s=21.0))
    assert (breach.loc, breach.rests_on) == (("attempt_s",), (("budget_s",),))
    assert breach.message.endswith("(PostRefunds)")
