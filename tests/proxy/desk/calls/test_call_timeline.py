"""A call's timeline says what was done, when, and why not more."""

from typing import get_args

import pytest

from tests.proxy.examples import attempt, finished, plan
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.desk.calls.call_timeline import OUTCOMES, PAUSES, STOPS, VERDICTS, timeline
from tidegate.proxy.policies.resilience.retry_decision import AgainReason, StopReason


def words(**changes: object) -> list[str]:
    return [f"{event['what']}: {event['why']}" for event in timeline(finished(**changes))]


def test_every_verdict_outcome_and_reason_has_its_sentence() -> None:
    assert set(VERDICTS) == set(Verdict)
    assert set(OUTCOMES) == set(Outcome)
    assert set(get_args(StopReason)) <= set(STOPS)
    assert set(get_args(AgainReason)) <= set(PAUSES)
    texts = (*VERDICTS.values(), *OUTCOMES.values(), *STOPS.values(), *PAUSES.values())
    assert all(text.endswith(".") for text in texts)


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


def test_a_pause_says_who_asked_for_it_and_what_of_it_was_a_limit() -> None:
    first = attempt(1, began=100.0, ended=100.1, status=429, verdict=Verdict.THROTTLED, then="retry-after")
    second = attempt(2, began=101.1, ended=101.2, status=503, verdict=Verdict.FAILED, then="backoff")
    third = attempt(3, began=101.5, ended=101.6)
    tried = words(attempts=[first, second, third], now=101.6)
    assert tried[2] == "waited: The vendor asked for this pause before it is sent again."
    assert tried[4].startswith("waited: A pause before it was sent again: longer each time")
    assert "limit" not in tried[4]
    assert "300ms were spent on waiting" in words(attempts=[first, second, third], now=101.6, queued_s=0.3)[4]


def test_a_write_that_was_accepted_for_later_is_no_failure() -> None:
    said = words(attempts=[], status=202, stop="deferred", outcome=Outcome.NOT_APPLIED)
    assert said[-1].endswith("its record and the outbox say what becomes of it.")
    known = words(attempts=[], status=202, stop="deferred", outcome=Outcome.UNKNOWN)
    assert known[-1].endswith("nobody knows yet.")


def test_what_the_app_was_told_of_a_problem_is_the_reason() -> None:
    said = words(attempts=[], status=503, problem=PROBLEMS["overloaded"], detail="5 calls are waiting already.")
    assert "(overloaded). 5 calls are waiting already." in said[-1]


def test_a_resend_that_tidegate_held_back_is_told_with_the_pause_before_it() -> None:
    first = attempt(1, began=100.0, ended=100.1, status=503, verdict=Verdict.FAILED, then="backoff")
    said = words(attempts=[first], now=100.5, status=504, stop="final", verdict=Verdict.REFUSED)
    assert said[2].startswith("waited: A pause before it was sent again")
    assert "Tidegate held that back itself" in said[3]
    assert "The answer is final" not in said[3]
