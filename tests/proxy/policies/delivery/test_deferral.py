"""Which replies are no last word: the write is accepted for later."""

from dataclasses import replace
from typing import Any

import pytest

from tests.proxy.examples import plan, reply
from tidegate.policy.deferral.defer import WHEN_UNAVAILABLE
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.call.reply import refused
from tidegate.proxy.policies.delivery.deferral import deferred_as


def ours(name: str) -> Any:
    return refused(PROBLEMS[name], "why")


NOT_APPLIED, UNKNOWN = Outcome.NOT_APPLIED, Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("outcome", "answer", "state"),
    [
        (NOT_APPLIED, ours("vendor-unavailable"), "queued"),
        (NOT_APPLIED, ours("rate-limited"), "queued"),
        (NOT_APPLIED, ours("overloaded"), "queued"),
        (NOT_APPLIED, ours("deadline-exceeded"), "queued"),
        (NOT_APPLIED, reply(status=429, verdict=Verdict.THROTTLED), "queued"),
        (UNKNOWN, reply(status=503, verdict=Verdict.FAILED), "unknown"),
        (UNKNOWN, ours("outcome-unknown"), "unknown"),
        (NOT_APPLIED, reply(status=400, verdict=Verdict.REJECTED), None),
        (NOT_APPLIED, ours("credential-rejected"), None),
        (NOT_APPLIED, ours("store-unavailable"), None),
        (NOT_APPLIED, ours("idempotency-conflict"), None),
        (UNKNOWN, ours("idempotency-mismatch"), None),
        (Outcome.DONE, reply(), None),
        (Outcome.APPLIED_BUT_FAILED, reply(status=500, verdict=Verdict.FAILED), None),
    ],
)
def test_a_vendor_that_is_away_defers_a_write(outcome: Outcome, answer: Any, state: str | None) -> None:
    assert deferred_as(plan(defer=WHEN_UNAVAILABLE), outcome, answer) == state


def test_what_may_have_happened_is_not_deferred_where_nothing_makes_a_resend_safe() -> None:
    shots = replace(plan(defer=WHEN_UNAVAILABLE), idempotency="never-resend", key_header=None)
    assert deferred_as(shots, UNKNOWN, ours("outcome-unknown")) is None
    assert deferred_as(shots, NOT_APPLIED, ours("vendor-unavailable")) == "queued"
