"""The judges' own reading of a vendor's documented limits, for chaos runs and for bursts.

It shares no code with the proxy, which respects them, nor with the simulator, which enforces them: a mistake on one
side must not be hidden by the same mistake on the other. A token bucket is read here as a debt that drains: each
admitted request adds one, the debt drains at the documented rate, and a request is within the limit while the debt does
not exceed the burst.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from tidegate.vendor.vendor import Limit

ROUNDING = 1e-6
"""Tokens: what sums of fractions of a second may lose, and no more."""

ROUNDING_S = 1e-9


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request as the vendor saw it: `at_s` seconds of its run, `wall_s` seconds since 1970 on its clock.

    `operation` is empty where the document has none.
    """

    at_s: float
    operation: str
    wall_s: float = 0.0


@dataclass(slots=True)
class _Debt:
    rate: float
    burst: float
    owed: float = 0.0
    at: float = 0.0

    def drain(self, now: float) -> float:
        """The debt now."""
        self.owed = max(0.0, self.owed - (now - self.at) * self.rate)
        self.at = now
        return self.owed

    def wait_s(self, now: float) -> float:
        """Seconds until one more request is within the limit."""
        over = self.drain(now) + 1 - self.burst
        return over / self.rate if over > ROUNDING else 0.0

    def share(self, now: float) -> float:
        """The share of the limit that is in use, 1 where it has no room."""
        return self.drain(now) / self.burst


@dataclass(slots=True)
class _Window:
    """At most `count` in any stretch (sliding), or between whole multiples (fixed), of `period_s`."""

    count: float
    period_s: float
    aligned: bool
    taken: deque[float] = field(default_factory=deque)

    def wait_s(self, now: float) -> float:
        """Seconds until one more request is within the limit."""
        begin = self._forget(now)
        if len(self.taken) + 1 <= self.count:
            return 0.0
        return (begin if self.aligned else self.taken[0]) + self.period_s - now

    def share(self, now: float) -> float:
        """The share of the limit that is in use, 1 where it has no room."""
        self._forget(now)
        return len(self.taken) / self.count

    def _forget(self, now: float) -> float:
        """Leave out what is no longer in the window, and give its begin."""
        begin = now // self.period_s * self.period_s if self.aligned else now - self.period_s + ROUNDING_S
        while self.taken and (self.taken[0] < begin or (self.taken[0] == begin and not self.aligned)):
            self.taken.popleft()
        return begin


class Meter:
    """All documented limits of one vendor, for one credential.

    `slack_s` widens each limit by what its rate lets through in that time: requests that left in time may arrive
    together, because the network and the vendor's own process delay some of them. 0 is the strict reading.
    """

    def __init__(self, limits: Sequence[Limit], slack_s: float = 0.0) -> None:
        self._limits = limits
        self._slack_s = slack_s
        self._gauges: dict[tuple[str, str], _Debt | _Window] = {}
        self._gauges_of: dict[str, list[_Debt | _Window]] = {}
        """The gauges of each operation."""

    def wait_s(self, operation: str, now: float) -> float:
        """Seconds until a request for this operation is within every limit; 0 now."""
        wait_s = 0.0
        for gauge in self._of(operation):
            wait_s = max(wait_s, gauge.wait_s(now))
        return wait_s

    def take(self, operation: str, now: float) -> None:
        """Count an admitted request."""
        for gauge in self._of(operation):
            if isinstance(gauge, _Debt):
                gauge.drain(now)
                gauge.owed += 1
            else:
                gauge.taken.append(now)

    def share(self, operation: str, now: float) -> float:
        """The share in use of the limit that is nearest to its end, of those that concern an operation; 0 of none."""
        return max((gauge.share(now) for gauge in self._of(operation)), default=0.0)

    def _of(self, operation: str) -> list[_Debt | _Window]:
        gauges = self._gauges_of.get(operation)
        if gauges is None:
            gauges = self._gauges_of[operation] = self._look_up(operation)
        return gauges

    def _look_up(self, operation: str) -> list[_Debt | _Window]:
        gauges = []
        for limit in self._limits:
            group = group_of(limit, operation)
            if group is None:
                continue
            place = (limit.name, group)
            if place not in self._gauges:
                self._gauges[place] = _gauge(limit, self._slack_s)
            gauges.append(self._gauges[place])
        return gauges


def over_quota(limits: Sequence[Limit], arrivals: Iterable[Arrival], *, slack_s: float = 0.0) -> dict[str, int]:
    """The number of arrivals that each limit had no room for, by the limit's name (every limit; 0 where it was kept).

    One that a limit has no room for uses nothing of it up. `slack_s` is the Meter's.
    """
    ordered = sorted(arrivals, key=lambda arrival: arrival.at_s)
    over = dict.fromkeys((limit.name for limit in limits), 0)
    for limit in limits:
        meter = Meter([limit], slack_s)
        for arrival in ordered:
            # Fixed windows begin at whole multiples of their length on the vendor's wall clock.
            now = arrival.wall_s if limit.algorithm == "fixed" else arrival.at_s
            if meter.wait_s(arrival.operation, now) > 0:
                over[limit.name] += 1
            else:
                meter.take(arrival.operation, now)
    return over


def group_of(limit: Limit, operation: str) -> str | None:
    """The name of the limit's counter for an operation, None where the limit does not concern it."""
    if limit.of and not any(fnmatchcase(operation, pattern) for pattern in limit.of):
        return None
    return operation if limit.scope == "operation" else ""


def _gauge(limit: Limit, slack_s: float) -> _Debt | _Window:
    slack = limit.rate.per_second * slack_s
    if limit.algorithm == "token-bucket":
        return _Debt(limit.rate.per_second, limit.burst + slack)
    return _Window(limit.rate.count + slack, limit.rate.per_s, limit.algorithm == "fixed")
