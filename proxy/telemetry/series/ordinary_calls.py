"""The counts of ordinary calls: one attempt, and the vendor carried it out. Nine in ten are such, so they cost least.

All that such a call is counted by is looked up once for its kind, and kept beside it. Histograms and the vendor's tally
are counted at once; plain counts are handed over when somebody looks.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator

from tidegate.plan.plan import OperationPlan
from tidegate.proxy.call.attempt import Attempt
from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.telemetry.overview.vendor_tally import VendorTally
from tidegate.proxy.telemetry.series.histogram import BOUNDS_S, Histogram

KINDS_MAX = 1024
"""Kinds that are remembered: a few for each operation and app in use."""


class OrdinaryKind:
    """Calls of one plan, app, outcome, status and cache disposition, and where they are counted."""

    __slots__ = ("app", "cache", "count", "outcome", "plan", "requests", "seconds", "tally")

    def __init__(self, finished: FinishedCall, seconds: Histogram, requests: Histogram, tally: VendorTally) -> None:
        self.plan: OperationPlan = finished.plan
        """Held, so that no other plan can have its id."""
        self.app, self.outcome, self.cache = finished.app, finished.outcome, finished.cache
        self.seconds, self.requests, self.tally = seconds, requests, tally
        self.count = 0
        """Calls that were not handed over yet."""


MakeKind = Callable[[FinishedCall, Attempt], OrdinaryKind]


class OrdinaryCalls:
    """See the module. `make` finds where calls of a new kind are counted; `hand_over` takes plain counts."""

    def __init__(self, make: MakeKind, hand_over: Callable[[OrdinaryKind], object]) -> None:
        self._make, self._hand_over = make, hand_over
        self._kinds: dict[tuple[int, str, Outcome, int, str], OrdinaryKind] = {}

    def count(self, finished: FinishedCall) -> bool:
        """Count a call where it is ordinary; False where it is not, and was not counted."""
        attempts = finished.attempts
        if len(attempts) != 1 or finished.verdict is not Verdict.SUCCESS or finished.repeats:
            return False
        attempt = attempts[0]
        if attempt.verdict is not Verdict.SUCCESS or finished.problem is not None or attempt.number != 1:
            return False
        key = (id(finished.plan), finished.app, finished.outcome, attempt.status, finished.cache)
        kind = self._kinds.get(key)
        if kind is None:
            if len(self._kinds) >= KINDS_MAX:
                self.settle()
                self._kinds.clear()
            kind = self._kinds[key] = self._make(finished, attempt)
        kind.count += 1
        took_s, attempt_s, tally = finished.now - finished.began, attempt.ended - attempt.began, kind.tally
        place, seconds, requests = bisect_left(BOUNDS_S, took_s), kind.seconds, kind.requests
        seconds.counts[place] += 1
        seconds.sum_s += took_s
        tally.seconds.counts[place] += 1
        tally.seconds.sum_s += took_s
        tally.queued_s += finished.queued_s
        tally.attempts += 1
        tally.attempt_s += attempt_s
        requests.counts[bisect_left(BOUNDS_S, attempt_s)] += 1
        requests.sum_s += attempt_s
        return True

    def settle(self) -> None:
        """Hand over every plain count."""
        for kind in self._waiting():
            self._hand_over(kind)
            kind.count = 0

    def _waiting(self) -> Iterator[OrdinaryKind]:
        return (kind for kind in self._kinds.values() if kind.count)
