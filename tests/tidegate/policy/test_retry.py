"""Retries: their keys, their plan values, and TG003."""

from pathlib import Path

import pytest

from tests.tidegate.plans import Change, broken, planned
from tidegate.configfile.block import meaning as configfile_meaning
from tidegate.policy.retry import RETRY_FLOOR, RETRY_WINDOW_S, Retry, check_retries, describe


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([("policy:\n", "policy:\n  retry: {jitter: none}\n")], [("TG003", "policy.retry.jitter")]),
        ([("policy:\n", "policy:\n  retry: {cap: 50ms}\n")], [("TG003", "policy.retry.cap")]),
        ([("policy:\n", "policy:\n  retry: {base: 0s}\n")], [("TG003", "policy.retry.cap")]),
        ([("policy:\n", "policy:\n  retry: {budget: 0%}\n")], [("TG003", "policy.retry.budget")]),
        ([("policy:\n", "policy:\n  retry: {budget: 80%}\n")], [("TG003", "policy.retry.budget")]),
    ],
)
def test_retries_come_neither_at_once_nor_without_bound(
    tmp_path: Path, changes: list[Change], expected: list[tuple[str, str]]
) -> None:
    assert broken(tmp_path, *changes) == expected


def test_a_key_of_the_policy_is_planned_and_described(tmp_path: Path) -> None:
    plan = planned(tmp_path, policy="retry: {attempts: 4, base: 200ms, cap: 5s, budget: 20%}")
    assert (plan.retry_attempts, plan.retry_base_s, plan.retry_cap_s, plan.retry_budget) == (4, 0.2, 5.0, 0.2)
    assert describe(plan) == (
        "4 attempts; resend safe; full jitter from 200ms (429: 1s) to 5s; retries in 10s ≤ max(3, 20% of calls)"
    )


def test_an_operation_may_have_attempts_of_its_own(tmp_path: Path) -> None:
    plan = planned(tmp_path, policy="retry: {attempts: 4}", entry="attempts: 2")
    assert (plan.retry_attempts, plan.origins["retry_attempts"]) == (2, "vendor.yaml:23")


def test_what_jitter_says_is_described(tmp_path: Path) -> None:
    plan = planned(tmp_path, policy="retry: {jitter: none}")
    assert plan.retry_jitter == "none"
    assert "none jitter from 100ms" in describe(plan)


def test_the_budget_in_the_reference_is_the_one_that_acts() -> None:
    meaning = configfile_meaning(Retry, "budget")
    assert f"In any {RETRY_WINDOW_S:g} s" in meaning
    assert f"and {RETRY_FLOOR} in any case" in meaning


def test_the_defaults_keep_the_rule() -> None:
    assert list(check_retries(Retry())) == []
