"""Tests of tidegate.proxy.policies.resilience.vendor_away."""

import pytest

from tidegate.problems import PROBLEMS
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.policies.resilience.vendor_away import is_away, why_away


@pytest.mark.parametrize(
    ("status", "verdict", "away"),
    [
        (200, Verdict.SUCCESS, False), (404, Verdict.REJECTED, False), (409, Verdict.CONTENTION, False),
        (429, Verdict.THROTTLED, True), (500, Verdict.FAILED, True), (501, Verdict.FAILED, False),
        (502, Verdict.FAILED, True), (503, Verdict.FAILED, True), (504, Verdict.FAILED, True),
        (520, Verdict.FAILED, True), (529, Verdict.FAILED, True), (599, Verdict.FAILED, True),
        (505, Verdict.FAILED, False), (511, Verdict.FAILED, False),
        (200, Verdict.FAILED, True), (200, Verdict.THROTTLED, True), (200, Verdict.REJECTED, False),
    ],
)  # fmt: skip
def test_an_answer_of_the_vendors(status: int, verdict: Verdict, away: bool) -> None:
    assert is_away(status, verdict, None) is away


def test_of_our_own_refusals_those_that_are_not_about_the_request() -> None:
    away = {name for name, problem in PROBLEMS.items() if is_away(problem.status, Verdict.REFUSED, problem)}
    assert away == {"vendor-unavailable", "deadline-exceeded", "rate-limited", "overloaded"}


def test_why_is_said_as_rfc_9209_has_it() -> None:
    assert why_away(503, "") == b"tidegate; received-status=503"
    assert why_away(0, "connection_refused") == b"tidegate; error=connection_refused"
