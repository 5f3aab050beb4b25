"""Enforces the vendor's documented limits.

The proxy respects the same facts with code of its own, and the chaos judge recomputes them from the journal with a
third: none of the three may import another.

Buckets are full at the start: the vendor has not seen us yet. A refused request takes nothing from any limit.
"""

from collections import deque
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Protocol

from tidegate.vendor import Limit

_GRACE = 1e-6
"""Tokens: what adding up many fractions of seconds may lose."""


class _Gauge(Protocol):
    def has_room(self, now: float, wall: float) -> bool: ...

    def take(self, now: float, wall: float) -> None: ...


class TokenBucket:
    """`burst` tokens at most, refilled evenly."""

    def __init__(self, per_second: float, burst: int, now: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._tokens = float(burst)
        self._at = now

    def has_room(self, now: float, wall: float) -> bool:
        """Whether a token is there."""
        del wall
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._per_second)
        self._at = now
        return self._tokens >= 1 - _GRACE

    def take(self, now: float, wall: float) -> None:
        """Take one."""
        del now, wall
        self._tokens -= 1


class SlidingWindow:
    """At most `count` in any stretch of `period_s`."""

    def __init__(self, count: float, period_s: float) -> None:
        self._count = count
        self._period_s = period_s
        self._taken: deque[float] = deque()

    def has_room(self, now: float, wall: float) -> bool:
        """Whether one more fits."""
        del wall
        while self._taken and self._taken[0] <= now - self._period_s:
            self._taken.popleft()
        return len(self._taken) + 1 <= self._count

    def take(self, now: float, wall: float) -> None:
        """Count one."""
        del wall
        self._taken.append(now)


class FixedWindow:
    """At most `count` in each period, where periods begin at whole multiples of `period_s` of the wall clock."""

    def __init__(self, count: float, period_s: float) -> None:
        self._count = count
        self._period_s = period_s
        self._period = -1
        self._taken = 0

    def has_room(self, now: float, wall: float) -> bool:
        """Whether one more fits."""
        del now
        period = int(wall // self._period_s)
        if period != self._period:
            self._period, self._taken = period, 0
        return self._taken + 1 <= self._count

    def take(self, now: float, wall: float) -> None:
        """Count one."""
        del now, wall
        self._taken += 1


def _gauge(limit: Limit, now: float) -> _Gauge:
    if limit.algorithm == "token-bucket":
        return TokenBucket(limit.rate.per_second, limit.burst, now)
    kind = SlidingWindow if limit.algorithm == "sliding" else FixedWindow
    return kind(limit.rate.count, limit.rate.per_s)


class Limits:
    """All limits of one vendor. Times are monotonic and wall seconds."""

    def __init__(self, limits: Iterable[Limit]) -> None:
        self._limits = tuple(limits)
        self._gauges: dict[tuple[str, str], _Gauge] = {}
        self._of: dict[tuple[str, str], list[tuple[Limit, _Gauge]]] = {}

    def admit(self, operation: str, credential: str, now: float, wall: float) -> Limit | None:
        """Take from every limit that the operation falls under, or from none: then the limit that has no room."""
        gauges = self._of.get((operation, credential))
        if gauges is None:
            gauges = self._of[operation, credential] = self._gauges_of(operation, credential, now)
        for limit, gauge in gauges:
            if not gauge.has_room(now, wall):
                return limit
        for _, gauge in gauges:
            gauge.take(now, wall)
        return None

    def reset(self) -> None:
        """Every bucket is full again."""
        self._gauges.clear()
        self._of.clear()

    def _gauges_of(self, operation: str, credential: str, now: float) -> list[tuple[Limit, _Gauge]]:
        found = []
        for limit in self._limits:
            if limit.of and not any(fnmatchcase(operation, pattern) for pattern in limit.of):
                continue
            shared = {"credential": credential, "operation": f"{credential} {operation}", "operations": credential}
            place = (limit.name, shared[limit.scope])
            if place not in self._gauges:
                self._gauges[place] = _gauge(limit, now)
            found.append((limit, self._gauges[place]))
        return found


def reason_of(limit: Limit) -> str:
    """The vendor's word for a limit, as its reason header has it."""
    return "global-rate" if limit.scope == "credential" else "endpoint-rate"
