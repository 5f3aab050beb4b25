"""The judge's own reading of a vendor's documented limits.

It shares no code with the proxy, which respects them, nor with the simulator, which enforces them: a mistake on one
side must not be hidden by the same mistake on the other. A token bucket is read here as a debt that drains: each
admitted request adds one, the debt drains at the documented rate, and a request is within the limit while the debt does
not exceed the burst.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tidegate.vendor import Limit

SLACK = 1e-6
"""Tokens: what sums of fractions of a second may lose, and no more."""


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
        return over / self.rate if over > SLACK else 0.0


@dataclass(slots=True)
class _Window:
    """At most `count` in any stretch (sliding), or between whole multiples (fixed), of `period_s`."""

    count: float
    period_s: float
    aligned: bool
    taken: list[float]

    def wait_s(self, now: float) -> float:
        """Seconds until one more request is within the limit."""
        begin = now // self.period_s * self.period_s if self.aligned else now - self.period_s
        self.taken = [at for at in self.taken if at > begin or (self.aligned and at >= begin)]
        if len(self.taken) + 1 <= self.count:
            return 0.0
        return begin + self.period_s - now if self.aligned else self.taken[0] + self.period_s - now


class Meter:
    """All documented limits of one vendor, for one credential."""

    def __init__(self, limits: Sequence[Limit]) -> None:
        self._limits = limits
        self._gauges: dict[tuple[str, str], _Debt | _Window] = {}
        self._found: dict[str, list[_Debt | _Window]] = {}
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

    def _of(self, operation: str) -> list[_Debt | _Window]:
        found = self._found.get(operation)
        if found is None:
            found = self._found[operation] = self._look_up(operation)
        return found

    def _look_up(self, operation: str) -> list[_Debt | _Window]:
        found = []
        for limit in self._limits:
            if limit.of and not any(fnmatchcase(operation, pattern) for pattern in limit.of):
                continue
            place = (limit.name, operation if limit.scope == "operation" else "")
            if place not in self._gauges:
                self._gauges[place] = _gauge(limit)
            found.append(self._gauges[place])
        return found


def over_quota(arrivals: Iterable[tuple[float, str]], limits: Sequence[Limit]) -> int:
    """How many of these requests (seconds, operation) came beyond a documented limit. Such a one uses nothing up."""
    meter, over = Meter(limits), 0
    for at, operation in sorted(arrivals):
        if meter.wait_s(operation, at) > 0:
            over += 1
        else:
            meter.take(operation, at)
    return over


def _gauge(limit: Limit) -> _Debt | _Window:
    if limit.algorithm == "token-bucket":
        return _Debt(limit.rate.per_second, float(limit.burst))
    return _Window(limit.rate.count, limit.rate.per_s, limit.algorithm == "fixed", [])
