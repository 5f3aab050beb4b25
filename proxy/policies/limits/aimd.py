"""A rate that nobody has documented, found by trying: a little more each second, much less after each refusal.

Loss-based, as the authors of concurrency-limits advise for clients: an answer's time says nothing where operations
differ. It grows by half a second until the first refusal and by a step after that, and only while it is really used.
All the refusals of one second count as one: they answer the same mistake.
"""

from tidegate.proxy.policies.limits.gauge import Flowing
from tidegate.proxy.policies.limits.token_bucket import TokenBucket

RATE_FIRST_PER_S = 10.0
RATE_MIN_PER_S = 0.1
RATE_MAX_PER_S = 10_000.0
BURST = 2

GROWTH = 1.5
"""Each second until the first refusal."""

STEP_PER_S = 1.0
"""Each second after it."""

CUT = 0.7
"""The share of the rate that a refusal leaves."""

USED_SHARE = 0.8
"""Less than this of the rate was used in a second: then it has not been tried, and does not grow."""


class AimdLimit(Flowing):
    """A bucket whose rate is learned. See Gauge."""

    __slots__ = ("_bucket", "_cut_at", "_found", "_second", "_taken")

    def __init__(self, now: float, rate_per_s: float = RATE_FIRST_PER_S) -> None:
        self._bucket = TokenBucket(rate_per_s, BURST, now)
        self._second = now
        self._taken = 0.0
        self._cut_at = float("-inf")
        self._found = False

    def __repr__(self) -> str:
        return f"AimdLimit({self.rate_per_s:g}/s)"

    @property
    def rate_per_s(self) -> float:
        """The rate that is tried now."""
        return self._bucket.rate_per_s

    @rate_per_s.setter
    def rate_per_s(self, rate_per_s: float) -> None:
        self._bucket.set_rate(min(max(rate_per_s, RATE_MIN_PER_S), RATE_MAX_PER_S), self._second)

    def ready_in(self, now: float, amount: float = 1.0) -> float:
        """See Gauge.ready_in."""
        if now - self._second >= 1.0:
            self._grow(now)
        return self._bucket.ready_in(now, amount)

    def charge(self, now: float, amount: float = 1.0) -> None:
        """See Gauge.charge."""
        self._taken += amount
        self._bucket.charge(now, amount)

    def give_back(self, now: float, taken_at: float | None = None, amount: float = 1.0) -> None:
        """See Gauge.give_back."""
        self._taken -= amount
        self._bucket.give_back(now, taken_at, amount)

    def hold(self, taken_at: float, amount: float = 1.0) -> None:
        """See Gauge.hold."""
        self._bucket.hold(taken_at, amount)

    def leave(self, now: float, taken_at: float, amount: float = 1.0) -> None:
        """See Gauge.leave."""
        self._bucket.leave(now, taken_at, amount)

    def pause_until(self, moment: float) -> None:
        """See Gauge.pause_until."""
        self._bucket.pause_until(moment)

    def lift(self, now: float) -> None:
        """See Gauge.lift."""
        self._bucket.lift(now)

    def used(self, now: float) -> float:
        """See Gauge.used."""
        return self._bucket.used(now)

    def refused(self, now: float, sent_at: float) -> None:
        """The vendor refused a request for its rate that left at `sent_at`."""
        if sent_at < self._cut_at or now - self._cut_at < 1.0:
            return
        self._found, self._cut_at, self._second, self._taken = True, now, now, 0.0
        self.rate_per_s *= CUT

    def _grow(self, now: float) -> None:
        seconds = now - self._second
        used = self._taken >= USED_SHARE * self.rate_per_s * min(seconds, 2.0)
        self._second, self._taken = now, 0.0
        if used:
            self.rate_per_s = self.rate_per_s + STEP_PER_S if self._found else self.rate_per_s * GROWTH
