"""The few classes that every answer falls into, and the four outcomes of a write.

Retry, breaker, limiter, idempotency and telemetry all read these classes and never look at a status again.
"""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """The class of one exchange with the vendor, or of our own refusal of it."""

    SUCCESS = "success"
    """2xx or 3xx."""
    REJECTED = "rejected"
    """A 4xx that is about the request: final, and no fault of the vendor's."""
    THROTTLED = "throttled"
    """The vendor's limit refused it: not executed. Belongs to the limiter, never to the breaker."""
    CONTENTION = "contention"
    """A lock clash or a call still in progress under the same key: not executed again, worth a later resend."""
    CREDENTIAL = "credential"
    """401 or 403 against our own credential."""
    FAILED = "failed"
    """5xx, a broken answer, a timeout or a lost connection."""
    REFUSED = "refused"
    """We refused it ourselves: nothing was sent."""
    CANCELLED = "cancelled"
    """The app went away: counts as neither success nor failure."""

    __hash__ = str.__hash__  # an enumeration's own hash is not the string's, and takes ten times as long


class Outcome(StrEnum):
    """The four things that may have become of a write."""

    DONE = "done"
    NOT_APPLIED = "not applied"
    APPLIED_BUT_FAILED = "applied but failed"
    UNKNOWN = "unknown"

    __hash__ = str.__hash__


def outcome_of(verdict: Verdict, *, sent: bool, stored: bool) -> Outcome:
    """The outcome that one exchange leaves behind.

    `sent` says whether request bytes may have left us; `stored` whether the vendor said that this is the stored result
    of an execution that it had begun (its replay mark), which makes a failure final.
    """
    if verdict is Verdict.SUCCESS:
        return Outcome.DONE
    if verdict is Verdict.FAILED and sent:
        return Outcome.APPLIED_BUT_FAILED if stored else Outcome.UNKNOWN
    if verdict is Verdict.CANCELLED and sent:
        return Outcome.UNKNOWN
    return Outcome.NOT_APPLIED


@dataclass(frozen=True, slots=True)
class Hint:
    """The vendor's word on a resend: a wait in seconds, and if a resend makes sense at all."""

    retry_after_s: float | None = None
    should_retry: bool | None = None
    unsaid: bool = False
    """The wait is the dialect's own pause: this answer named none."""


NO_HINT = Hint()
"""The vendor said nothing."""
