"""Token buckets that keep us within a vendor's limits, as GCRA: one float a bucket and no timer.

GCRA (ITU-T I.371, the "virtual scheduling" form) stores the moment `tat` at which the bucket will be full again. Each
take moves it by the emission interval; a take is allowed while `tat` lies at most `tolerance` ahead. In any stretch of
t seconds at most rate * t + burst takes are allowed.

A bucket starts EMPTY: after a crash nobody knows what the last process took. It refuses to know who waits (that is
tidegate.proxy.policies.queue) and how a vendor phrases its limits (tidegate.proxy.policies.dialects).
"""

from collections.abc import Sequence

from tidegate.vendor import Limit

_EPSILON_S = 1e-9
"""Waits shorter than this are none: a timer of less than the clock's resolution would be set again without end."""


class Bucket:
    """One limit. `rate_per_s` tokens flow in each second, `burst` is the depth.

    `spread_s`: requests that leave `spread_s` apart may reach the vendor together; that much less is lent at once, and
    a bucket without depth leaves that much more time between two takes.
    """

    __slots__ = ("_interval_s", "_slack_at", "_tat", "_tolerance_s", "burst", "rate_per_s")

    def __init__(self, rate_per_s: float, burst: int, now: float, spread_s: float = 0.0) -> None:
        self.rate_per_s = rate_per_s
        self.burst = burst
        self._interval_s = 1.0 / rate_per_s
        self._tolerance_s = (burst - 1) * self._interval_s - spread_s
        self._tat = now + burst * self._interval_s
        self._slack_at = now

    def __repr__(self) -> str:
        return f"Bucket({self.rate_per_s:g}/s, burst {self.burst})"

    def take(self, now: float) -> float:
        """Take a token: 0.0, or, with nothing taken, the seconds until there is one."""
        wait_s = self._tat - self._tolerance_s - now
        if wait_s > _EPSILON_S:
            return wait_s
        self._charge(now)
        return 0.0

    def ready_in(self, now: float) -> float:
        """Seconds until a token is there; 0.0 where there is one."""
        wait_s = self._tat - self._tolerance_s - now
        return wait_s if wait_s > _EPSILON_S else 0.0

    def give_back(self, now: float, taken_at: float | None = None) -> None:
        """Return the token of an attempt that was not sent. `taken_at` is the `now` of its take.

        Honoured only if the bucket has stayed short of a token since the take; otherwise the token has flowed in again
        meanwhile, and returning it would lend it twice.
        """
        if (now if taken_at is None else taken_at) < self._slack_at:
            return
        self._tat -= self._interval_s
        # The history without this take is no longer the one that later returns were measured against.
        self._slack_at = now

    def pause_until(self, moment: float) -> None:
        """Lend nothing before `moment`, then at the rate and not in a burst: others were told the same moment."""
        self._tat = max(self._tat, moment + max(self._tolerance_s, 0.0))
        # What was taken before cannot be returned any more: that would shorten the pause.
        self._slack_at = max(self._slack_at, moment)

    def used(self, now: float) -> float:
        """The share of the depth that is taken, 0…1."""
        share = (self._tat - now) * self.rate_per_s / self.burst
        return 0.0 if share < 0.0 else min(share, 1.0)

    def _charge(self, now: float) -> None:
        tat = self._tat
        if tat - now < self._interval_s:
            self._slack_at = now
        self._tat = (tat if tat > now else now) + self._interval_s  # noqa: FURB136 - half the cost of max()


def bucket_for(limit: Limit, now: float, spread_s: float = 0.0) -> Bucket:
    """The bucket that keeps within a documented limit, whatever the vendor counts with.

    A window counter, sliding or fixed, allows no more than its count in one window: takes are then evenly spaced.
    """
    burst = limit.burst if limit.algorithm == "token-bucket" else 1
    return Bucket(limit.rate.per_second, burst, now, spread_s)


class Limits:
    """All the limits that one call falls under: a token of each, or none."""

    __slots__ = ("buckets", "rate_per_s")

    def __init__(self, buckets: Sequence[Bucket]) -> None:
        self.buckets = tuple(buckets)
        self.rate_per_s = min((bucket.rate_per_s for bucket in self.buckets), default=float("inf"))

    def __repr__(self) -> str:
        return f"Limits({', '.join(map(repr, self.buckets))})"

    def take(self, now: float) -> float:
        """Take a token of every bucket: 0.0, or, with nothing taken, the seconds until all have one."""
        worst_s = 0.0
        for bucket in self.buckets:
            wait_s = bucket._tat - bucket._tolerance_s - now  # noqa: SLF001 - same module; see ready_in
            if wait_s > worst_s:  # noqa: PLR1730 - half the cost of max()
                worst_s = wait_s
        if worst_s > _EPSILON_S:
            return worst_s
        for bucket in self.buckets:
            bucket._charge(now)  # noqa: SLF001 - see above
        return 0.0

    def ready_in(self, now: float) -> float:
        """Seconds until every bucket has a token."""
        return max((bucket.ready_in(now) for bucket in self.buckets), default=0.0)

    def give_back(self, now: float, taken_at: float | None = None) -> None:
        """See Bucket.give_back."""
        for bucket in self.buckets:
            bucket.give_back(now, taken_at)

    def pause_until(self, moment: float) -> None:
        """See Bucket.pause_until. For a refusal that does not say which limit it was."""
        for bucket in self.buckets:
            bucket.pause_until(moment)

    def used(self, now: float) -> float:
        """The share of the fullest bucket, 0…1."""
        return max((bucket.used(now) for bucket in self.buckets), default=0.0)
