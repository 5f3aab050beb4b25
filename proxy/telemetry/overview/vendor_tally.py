"""What has come of one vendor's calls since the start, in a few numbers.

They are counted in telemetry's flush, never on a call's way.
"""

from collections import Counter

from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.telemetry.series.histogram import Histogram

FAILING = frozenset((Verdict.FAILED, Verdict.THROTTLED, Verdict.CONTENTION, Verdict.CREDENTIAL))
"""Attempts and calls that the vendor, its limits or its state brought down."""
VENDOR_PROBLEMS = frozenset((
    "deadline-exceeded", "vendor-unavailable", "rate-limited", "vendor-rate-limited", "credential-rejected",
    "credential-unavailable", "outcome-unknown", "overloaded", "contract-broken", "answer-refused",
))  # fmt: skip
"""Refusals of ours behind which the vendor stands, and not what the app has asked for."""


class VendorTally:
    """The counts of one vendor. They only grow."""

    __slots__ = ("attempt_s", "attempts", "ended", "errors", "failing_s", "queued_s", "resent", "seconds")

    def __init__(self) -> None:
        self.seconds = Histogram()
        """Calls, from arrival to answer."""
        self.errors = 0
        """Calls that failed for the vendor's sake: by an answer, or by a refusal of ours."""
        self.ended: Counter[str] = Counter()
        """Verdict → calls, success left out."""
        self.queued_s = 0.0
        """Seconds that calls waited for one of the vendor's limits."""
        self.attempts = 0
        self.resent = 0
        """Attempts that were not the first of their call."""
        self.attempt_s = 0.0
        """Seconds of attempts."""
        self.failing_s = 0.0
        """Seconds of attempts that came to nothing."""

    def note(self, finished: FinishedCall) -> None:
        """Count a call that has ended."""
        verdict = finished.verdict
        self.seconds.observe(finished.now - finished.began)
        self.queued_s += finished.queued_s
        if verdict is not Verdict.SUCCESS:
            self.ended[verdict] += 1
            problem = finished.problem
            refused = verdict is Verdict.REFUSED and problem is not None and problem.name in VENDOR_PROBLEMS
            self.errors += refused or verdict in FAILING
        for attempt in finished.attempts:
            took_s = attempt.ended - attempt.began
            self.attempts += 1
            self.attempt_s += took_s
            if attempt.verdict in FAILING:
                self.failing_s += took_s
            if attempt.number > 1:
                self.resent += 1
