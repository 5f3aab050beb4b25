"""Tests of tidegate.proxy.telemetry.overview.vendor_tally."""

import pytest

from tests.proxy.examples import attempt, finished
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.telemetry.overview.vendor_tally import VENDOR_PROBLEMS, VendorTally


def test_attempts_that_came_to_nothing_are_timed_apart() -> None:
    tally = VendorTally()
    failed = attempt(began=100.0, ended=108.0, verdict=Verdict.FAILED, status=503)
    tally.note(finished(attempts=[failed, attempt(2, began=109.0, ended=109.5)], now=110.0, queued_s=0.25))
    assert (tally.attempts, tally.resent, tally.attempt_s, tally.failing_s) == (2, 1, 8.5, 8.0)
    assert (tally.queued_s, tally.seconds.sum_s) == (0.25, 10.0)
    assert tally.errors == 0  # the second attempt saved the call


@pytest.mark.parametrize(
    ("verdict", "problem", "errors"),
    [
        (Verdict.SUCCESS, None, 0),
        (Verdict.REJECTED, None, 0),
        (Verdict.CANCELLED, None, 0),
        (Verdict.FAILED, None, 1),
        (Verdict.THROTTLED, None, 1),
        (Verdict.CREDENTIAL, "credential-rejected", 1),
        (Verdict.REFUSED, "vendor-unavailable", 1),
        (Verdict.REFUSED, "residency-denied", 0),
        (Verdict.REFUSED, "store-unavailable", 0),
    ],
)
def test_a_call_is_an_error_where_the_vendor_is_behind_it(verdict: Verdict, problem: str | None, errors: int) -> None:
    tally = VendorTally()
    tally.note(finished(verdict=verdict, problem=PROBLEMS[problem] if problem else None, attempts=[]))
    assert tally.errors == errors
    assert tally.ended == ({} if verdict is Verdict.SUCCESS else {verdict: 1})


def test_every_problem_of_a_vendor_is_one_that_there_is() -> None:
    assert PROBLEMS.keys() >= VENDOR_PROBLEMS
