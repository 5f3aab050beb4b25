"""One call that has ended, as a timeline: each wait, each attempt and the end, with the reason of each in a sentence.

Pure: made from what the log line is made from, and from what the app was told.
"""

from collections.abc import Iterator, Mapping

from tidegate.configfile.units import written_duration
from tidegate.proxy.call.attempt import Attempt
from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.telemetry.recent_calls import TurnedAway

VERDICTS: Mapping[Verdict, str] = {
    Verdict.SUCCESS: "The vendor answered {status}.",
    Verdict.REJECTED: "The vendor answered {status}: it refuses this request for what it says.",
    Verdict.THROTTLED: "The vendor answered {status}: one of its limits is used up, and nothing was done.",
    Verdict.CONTENTION: "The vendor answered {status}: another request holds the same thing, and nothing was done.",
    Verdict.CREDENTIAL: "The vendor answered {status}: it does not take our credential.",
    Verdict.FAILED: "The vendor failed with {status}.",
    Verdict.REFUSED: "Tidegate refused it itself, and sent nothing.",
    Verdict.CANCELLED: "The app went away.",
}
NO_ANSWER = "No answer came ({error}); {sent}."
SENT = {True: "it may have been carried out", False: "nothing was sent"}

STOPS: Mapping[str, str] = {
    "final": "The answer is final: the same request would get it again.",
    "vendor says no": "The vendor says that a resend makes no sense.",
    "stored": "The vendor keeps this answer for the key, so a resend would get it again.",
    "unsafe": "A resend could do it twice: it may have been carried out, and has no key that the vendor knows.",
    "body not kept": "The body was streamed and is not kept, so it cannot be sent again.",
    "attempts": "All attempts that the policy allows were made.",
    "cap": "The vendor wants a longer pause than the policy waits for.",
    "deadline": "There was no time left for another attempt.",
    "retry budget": "The vendor's retry budget is used up: too many calls are being sent again.",
    "broken off": "The answer had begun, and broke off.",
    "app left": "The app went away before the end.",
    "deferred": "It was accepted for later: its record and the outbox say what becomes of it.",
}
"""Why there was no further attempt: the words of `stop` in log lines."""

OUTCOMES: Mapping[Outcome, str] = {
    Outcome.DONE: "It was carried out.",
    Outcome.NOT_APPLIED: "It was not carried out; it is safe to send it again.",
    Outcome.APPLIED_BUT_FAILED: "It was begun and failed; the vendor keeps this answer for it.",
    Outcome.UNKNOWN: "It may have been carried out, and nobody knows yet.",
}
CACHED: Mapping[str, str] = {
    "hit": "Answered from the cache; the vendor was not asked.",
    "stale": "Answered from the cache with an answer that is past its time, because the vendor could not be asked.",
    "static": "Answered with the fixed answer that the policy names, because the vendor could not be asked.",
}
PAUSES: Mapping[str, str] = {
    "backoff": "A pause before it was sent again: longer each time, and drawn by chance, so that not all come at once.",
    "retry-after": "The vendor asked for this pause before it is sent again.",
    "new connection": "The connection had been kept, and the vendor closed it just then: it goes again by a new one.",
    "": "It was made ready to be sent again.",
}
"""Why there was a pause before the next attempt: the words of `then` in log lines."""
HELD_BACK = "It was to be sent again, and Tidegate held that back itself: by a breaker, a limit, or for its time."
LIMITED = "It waited for one of the vendor's limits."
LIMITED_TOO = " Of the whole call, {wait} were spent on waiting for one of the vendor's limits."
NEVER_A_CALL = "It never became a call, and nothing was sent."
SHORT_S = 0.001
"""Between attempts, less is no wait."""


def timeline(call: FinishedCall) -> list[dict[str, object]]:
    """The events of a call, in order: `at_ms` since it arrived, `took_ms` where it lasted, `what`, and `why`."""
    return [*_events(call)]


def timeline_of_turned_away(one: TurnedAway) -> list[dict[str, object]]:
    """The same of a request that never became a call."""
    problem = one.problem
    why = f"It was answered {problem.status}: {problem.title} ({problem.name}). {one.detail} {NEVER_A_CALL}"
    arrived = f"A {one.method or 'broken'} request of {one.app or 'nobody who is known'} came."
    return [_event(0.0, 0.0, "arrived", arrived), _event(0.0, 0.0, "ended", " ".join(why.split()))]


def _events(call: FinishedCall) -> Iterator[dict[str, object]]:
    yield _event(0.0, 0.0, "arrived", f"{call.app} called {call.plan.operation}.")
    if call.cache in CACHED:
        yield _event(0.0, 0.0, "cache", CACHED[call.cache])
    if call.repeats:
        yield _event(0.0, 0.0, "repeated", f"The app sends {call.repeats} again by itself.")
    before, then = call.began, ""
    for attempt in call.attempts:
        yield from _waits(call, attempt, before, then)
        yield _event(
            attempt.began - call.began, attempt.ended - attempt.began, f"attempt {attempt.number}", _why(attempt)
        )
        before, then = attempt.ended, attempt.then
    if then:
        yield _event(before - call.began, call.now - before, "waited", PAUSES[then])
    if not call.attempts and call.queued_s > SHORT_S:
        yield _event(0.0, call.queued_s, "queued", LIMITED)
    yield _event(call.took_s, 0.0, "ended", " ".join(_ending(call)))


def _waits(call: FinishedCall, attempt: Attempt, before: float, then: str) -> Iterator[dict[str, object]]:
    waited_s = attempt.began - before
    if waited_s <= SHORT_S:
        return
    if attempt.number == 1:
        why = LIMITED if call.queued_s > SHORT_S else "It was made ready."
        yield _event(before - call.began, waited_s, "queued" if call.queued_s > SHORT_S else "prepared", why)
    else:
        queued_s = call.queued_s - (call.attempts[0].began - call.began)  # what is left of it for later waits
        limited = LIMITED_TOO.format(wait=written_duration(round(call.queued_s, 3))) if queued_s > SHORT_S else ""
        yield _event(before - call.began, waited_s, "waited", PAUSES[then] + limited)


def _why(attempt: Attempt) -> str:
    credential = attempt.credential
    under = f" Under the credential {credential.name}." if credential is not None and credential.name else ""
    if attempt.error:
        return NO_ANSWER.format(error=attempt.error, sent=SENT[attempt.sent]) + under
    return VERDICTS[attempt.verdict].format(status=attempt.status or "an answer") + under


def _ending(call: FinishedCall) -> Iterator[str]:
    took = written_duration(round(call.took_s, 3))
    yield f"The app got {call.status or 'no answer'} after {took}."
    if call.problem is not None:
        yield f"{call.problem.title} ({call.problem.name})."
        if call.detail:
            yield call.detail
    if call.attempts and call.attempts[-1].then:
        yield HELD_BACK
    elif call.stop and not (call.stop == "final" and call.verdict is Verdict.REFUSED):
        yield STOPS.get(call.stop, f"{call.stop}.")
    if call.replayed:
        yield "It is the recorded answer to the same key."
    if call.carried is not None:
        yield f"It carried {', '.join(call.carried.ids)} of the outbox."
    if call.writes and (call.stop != "deferred" or call.outcome is Outcome.UNKNOWN):
        yield OUTCOMES[call.outcome]


def _event(at_s: float, took_s: float, what: str, why: str) -> dict[str, object]:
    shown: dict[str, object] = {"at_ms": round(at_s * 1000, 3), "what": what, "why": why}
    return shown | ({"took_ms": round(took_s * 1000, 3)} if took_s else {})
