"""Several limits that one call falls under: enough of each, or nothing of any.

It refuses to know how a limit is counted (tidegate.proxy.policies.limits.gauge names those who do).
"""

from collections.abc import Callable, Sequence

from tidegate.proxy.policies.limits.gauge import Gauge
from tidegate.proxy.policies.limits.token_bucket import TokenBucket


class LimitSet:
    """All the limits that one call falls under: enough of each, or nothing of any."""

    __slots__ = ("_buckets", "gauges", "plain_take", "rate_per_s")

    def __init__(self, gauges: Sequence[Gauge]) -> None:
        self.gauges = tuple(gauges)
        self._buckets = [(place, gauge) for place, gauge in enumerate(self.gauges) if isinstance(gauge, TokenBucket)]
        self.rate_per_s = min((gauge.rate_per_s for gauge in self.gauges), default=float("inf"))
        only = self.gauges[0] if len(self.gauges) == 1 else None
        self.plain_take: Callable[[float], float] = only.take if isinstance(only, TokenBucket) else self._take_one
        """`take` of one of each, by the shortest way."""

    def __repr__(self) -> str:
        return f"LimitSet({', '.join(map(repr, self.gauges))})"

    def take(self, now: float, amounts: Sequence[float] | None = None) -> float:
        """Take of every limit: 0.0, or, with nothing taken, the seconds until all have enough.

        `amounts` are what is taken of each, in their order; one of each where it is left out.
        """
        worst_s = self.ready_in(now, amounts)
        if worst_s:
            return worst_s
        self.charge(now, amounts)
        return 0.0

    def _take_one(self, now: float) -> float:
        """See `take`: one of each."""
        worst_s = 0.0
        for gauge in self.gauges:
            wait_s = gauge.ready_in(now)
            if wait_s > worst_s:  # noqa: PLR1730 - half the cost of max()
                worst_s = wait_s
        if not worst_s:
            for gauge in self.gauges:
                gauge.charge(now)
        return worst_s

    def charge(self, now: float, amounts: Sequence[float] | None = None) -> None:
        """Take of every limit, there or not."""
        for place, gauge in enumerate(self.gauges):
            gauge.charge(now, 1.0 if amounts is None else amounts[place])

    def ready_in(self, now: float, amounts: Sequence[float] | None = None) -> float:
        """Seconds until every limit has enough."""
        worst_s = 0.0
        for place, gauge in enumerate(self.gauges):
            wait_s = gauge.ready_in(now, 1.0 if amounts is None else amounts[place])
            if wait_s > worst_s:  # noqa: PLR1730 - half the cost of max()
                worst_s = wait_s
        return worst_s

    def short(self, now: float, amounts: Sequence[float] | None = None) -> list[Gauge]:
        """The limits that have not enough now."""
        return [
            gauge
            for place, gauge in enumerate(self.gauges)
            if gauge.ready_in(now, 1.0 if amounts is None else amounts[place])
        ]

    def give_back(self, now: float, taken_at: float | None = None, amounts: Sequence[float] | None = None) -> None:
        """See Gauge.give_back."""
        for place, gauge in enumerate(self.gauges):
            gauge.give_back(now, taken_at, 1.0 if amounts is None else amounts[place])

    def arrived(self, now: float, taken_at: float, amounts: Sequence[float] | None = None) -> None:
        """See TokenBucket.arrived."""
        for place, bucket in self._buckets:
            bucket.arrived(now, taken_at, 1.0 if amounts is None else amounts[place])

    def hold(self, taken_at: float, amounts: Sequence[float] | None = None) -> None:
        """See Gauge.hold."""
        for place, gauge in enumerate(self.gauges):
            gauge.hold(taken_at, 1.0 if amounts is None else amounts[place])

    def leave(self, now: float, taken_at: float, amounts: Sequence[float] | None = None) -> None:
        """See Gauge.leave."""
        for place, gauge in enumerate(self.gauges):
            gauge.leave(now, taken_at, 1.0 if amounts is None else amounts[place])

    def pause_until(self, moment: float) -> None:
        """See Gauge.pause_until. For a refusal that does not say which limit it was."""
        for gauge in self.gauges:
            gauge.pause_until(moment)

    def lift(self, now: float) -> None:
        """See Gauge.lift."""
        for gauge in self.gauges:
            gauge.lift(now)

    def used(self, now: float) -> float:
        """The share of the fullest limit, 0…1."""
        return max((gauge.used(now) for gauge in self.gauges), default=0.0)
