"""A call begins without an outcome that anyone could rely on, and two calls share nothing that is written to."""

from tests.proxy.examples import attempt, call
from tidegate.proxy.call.outcome import Outcome


def test_a_call_of_which_nothing_was_sent_is_not_applied_and_holds_no_permit() -> None:
    made = call(outcome=Outcome.NOT_APPLIED)
    assert (made.attempts, made.permit, made.streamed, made.at_commit) == ([], None, None, ())


def test_the_attempts_of_one_call_are_not_those_of_another() -> None:
    first, second = call(), call()
    first.attempts.append(attempt())
    assert second.attempts == []
