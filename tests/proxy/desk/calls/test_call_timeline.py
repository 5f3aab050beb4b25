"""A call's timeline says what was done, when, and why not more."""

from typing import get_args

import pytest

from tests.proxy.examples import attempt, finished, plan
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.desk.calls.call_timeline import OUTCOMES, STOPS, VERDICTS, timeline
from tidegate.proxy.policies.resilience.retry_decision import StopReason


def words(**changes: object) -> list[str]:
    return [f"{event['what']}: {event['why']}" for event in timeline(finished(**changes))]


def test_every_verdict_outcome_and_reason_has_its_sentence() -> None:
    assert set(VERDICTS) == set(Verdict)
    assert set(OUTCOMES) == set(Outcome)
    assert set(get_args(StopReason)) <= set(STOPS)
    assert all(text.endswith(".") for text in (*VERDICTS.values(), *OUTCOMES.values(), *STOPS.values()))


def test_attempts_and_the_waits_between_them_stand_in_their_order() -> None:
    first = attempt(1, began=100.1, ended=100.2, status=503, verdict=Verdict.FAILED)
    second = attempt(2, began=100.3, ended=100.4)
    events = timeline(finished(attempts=[first, second], began=100.0, now=100.5, queued_s=0.1, plan=plan()))
    assert [event["what"] for event in events] == ["arrived", "queued", "attempt 1", "waited", "attempt 2", "ended"]
    assert [event["at_ms"] for event in events] == pytest.approx([0.0, 0.0, 100.0, 200.0, 300.0, 500.0])


def test_an_attempt_without_an_answer_says_whether_it_may_have_been_carried_out() -> None:
    lost = attempt(1, status=0, verdict=Verdict.FAILED, error="connection_terminated", sent=True)
    said = words(
        attempts=[lost], stop="unsafe", outcome=Outcome.UNKNOWN, problem=PROBLEMS["outcome-unknown"], status=504
    )
    assert any("connection_terminated); it may have been carried out." in line for line in said)
    assert "has no key that the vendor knows" in said[-1]
    assert said[-1].endswith("nobody knows yet.")


def test_an_answer_of_the_cache_asked_nobody() -> None:
    said = words(attempts=[], cache="hit", plan=plan(idempotency="safe", method="GET"))
    assert said[1] == "cache: Answered from the cache; the vendor was not asked."
    assert "carried out" not in said[-1]
