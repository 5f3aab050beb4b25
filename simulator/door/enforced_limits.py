"""The vendor's documented limits, enforced: rates, calendar quotas, and how many requests may run at once.

The proxy respects the same facts with code of its own, and the chaos judge recomputes them from the journal with a
third: none of the three may import another.

Buckets are full at the start: the vendor has not seen us yet. A refused request takes nothing from any limit. A request
that was estimated dearer than it came to is refunded.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Protocol

from tidegate.simulator.door.limit_dialect import LimitStanding
from tidegate.simulator.door.request_cost import CostSource, actual_units, requested_units
from tidegate.vendor.vendor import Concurrency, Limit, Quota

_PERIOD_S = {"day": 86400.0, "month": 30 * 86400.0}
_GRACE = 1e-6
"""Tokens: what adding up many fractions of seconds may lose."""


class _Gauge(Protocol):
    def has_room(self, now: float, wall: float, amount: float = 1.0) -> bool: ...

    def take(self, now: float, wall: float, amount: float = 1.0) -> None: ...

    def left(self, now: float, wall: float) -> tuple[float, float, float]:
        """The units left, and the seconds until all of them, and until the next one, are there."""
        ...


class EnforcedTokenBucket:
    """`burst` tokens at most, refilled evenly."""

    def __init__(self, per_second: float, burst: int, now: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._tokens = float(burst)
        self._at = now

    def has_room(self, now: float, wall: float, amount: float = 1.0) -> bool:
        """True where so many tokens are there."""
        del wall
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._per_second)
        self._at = now
        # A request dearer than the whole bucket passes when the bucket is full: else it never could.
        return self._tokens >= min(amount, self._burst) - _GRACE

    def take(self, now: float, wall: float, amount: float = 1.0) -> None:
        """Take them; a negative amount gives them back."""
        del now, wall
        self._tokens = min(self._tokens - amount, self._burst)

    def left(self, now: float, wall: float) -> tuple[float, float, float]:
        """See _Gauge."""
        self.has_room(now, wall)
        missing = self._burst - self._tokens
        return max(self._tokens, 0.0), missing / self._per_second, max(1.0 - self._tokens, 0.0) / self._per_second


class EnforcedSlidingWindow:
    """At most `count` in any stretch of `period_s`."""

    def __init__(self, count: float, period_s: float) -> None:
        self._count = count
        self._period_s = period_s
        self._taken: deque[tuple[float, float]] = deque()

    def has_room(self, now: float, wall: float, amount: float = 1.0) -> bool:
        """True where so many more fit."""
        del wall
        while self._taken and self._taken[0][0] <= now - self._period_s:
            self._taken.popleft()
        return sum(taken for _, taken in self._taken) + min(amount, self._count) <= self._count + _GRACE

    def take(self, now: float, wall: float, amount: float = 1.0) -> None:
        """Count them."""
        del wall
        self._taken.append((now, amount))

    def left(self, now: float, wall: float) -> tuple[float, float, float]:
        """See _Gauge."""
        free = self.has_room(now, wall)
        rest = self._count - sum(taken for _, taken in self._taken)
        full_s = self._taken[-1][0] + self._period_s - now if self._taken else 0.0
        return max(rest, 0.0), full_s, 0.0 if free else self._taken[0][0] + self._period_s - now


class EnforcedFixedWindow:
    """At most `count` in each period, where periods begin at whole multiples of `period_s` of the wall clock."""

    def __init__(self, count: float, period_s: float) -> None:
        self._count = count
        self._period_s = period_s
        self._period = -1
        self._taken = 0.0

    def has_room(self, now: float, wall: float, amount: float = 1.0) -> bool:
        """True where so many more fit."""
        del now
        period = self._begins(wall)
        if period != self._period:
            self._period, self._taken = period, 0.0
        return self._taken + min(amount, self._count) <= self._count + _GRACE

    def take(self, now: float, wall: float, amount: float = 1.0) -> None:
        """Count them."""
        del now, wall
        self._taken += amount

    def left(self, now: float, wall: float) -> tuple[float, float, float]:
        """See _Gauge."""
        free = self.has_room(now, wall)
        ends_s = self._ends(wall) - wall
        return max(self._count - self._taken, 0.0), ends_s, 0.0 if free else ends_s

    def _begins(self, wall: float) -> int:
        return int(wall // self._period_s)

    def _ends(self, wall: float) -> float:
        return (self._begins(wall) + 1) * self._period_s


class Calendar(EnforcedFixedWindow):
    """At most `count` in each calendar day or month of a zone."""

    def __init__(self, quota: Quota) -> None:
        super().__init__(quota.count, _PERIOD_S[quota.per])
        sign, hours, minutes = quota.zone[0], int(quota.zone[1:3]), int(quota.zone[4:6])
        ahead = timedelta(hours=hours, minutes=minutes)
        self._ahead = -ahead if sign == "-" else ahead
        self._monthly = quota.per == "month"

    def _local(self, wall: float) -> datetime:
        return datetime.fromtimestamp(wall, UTC) + self._ahead

    def _begins(self, wall: float) -> int:
        local = self._local(wall)
        return local.year * 12 + local.month if self._monthly else local.toordinal()

    def _ends(self, wall: float) -> float:
        local = self._local(wall).replace(hour=0, minute=0, second=0, microsecond=0)
        # Four days after a 28th it is the next month, whichever month it is.
        end = (local.replace(day=28) + timedelta(days=4)).replace(day=1) if self._monthly else local + timedelta(days=1)
        return (end - self._ahead).timestamp()


def _gauge(limit: Limit | Quota, now: float) -> _Gauge:
    if isinstance(limit, Quota):
        return Calendar(limit)
    if limit.algorithm == "token-bucket":
        return EnforcedTokenBucket(limit.rate.per_second, limit.burst, now)
    kind = EnforcedSlidingWindow if limit.algorithm == "sliding" else EnforcedFixedWindow
    return kind(limit.rate.count, limit.rate.per_s)


class EnforcedLimits:
    """All limits of one vendor. Times are monotonic and wall seconds."""

    def __init__(
        self, limits: Iterable[Limit], quotas: Iterable[Quota] = (), concurrency: Iterable[Concurrency] = ()
    ) -> None:
        self._limits: tuple[Limit | Quota, ...] = (*limits, *quotas)
        self._concurrency = tuple(concurrency)
        self.none = not self._limits and not self._concurrency
        """True where the vendor has no limit at all."""
        self._gauges: dict[tuple[str, str], _Gauge] = {}
        self._of: dict[tuple[str, str], list[tuple[Limit | Quota, _Gauge]]] = {}
        self._running: dict[tuple[str, str], int] = {}
        self._places_of: dict[tuple[str, str], list[tuple[Concurrency, tuple[str, str]]]] = {}

    def admit(
        self, operation: str, credential: str, now: float, wall: float, sent: CostSource = b"", granted: float = 1.0
    ) -> Limit | Quota | Concurrency | None:
        """Take from every limit that the operation falls under, or from none: then the limit that has no room.

        Whoever is admitted runs until `leave`. Of each limit only the share `granted` is really there.
        """
        gauges = self._gauges_for(operation, credential, now)
        places = self._places(operation, credential)
        for at_once, place in places:
            if self._running.get(place, 0) >= at_once.at_once * granted:
                return at_once
        amounts = [requested_units(limit, sent) / granted for limit, _ in gauges]
        for (limit, gauge), amount in zip(gauges, amounts, strict=True):
            if not gauge.has_room(now, wall, amount):
                return limit
        for (_, gauge), amount in zip(gauges, amounts, strict=True):
            gauge.take(now, wall, amount)
        for _, place in places:
            self._running[place] = self._running.get(place, 0) + 1
        return None

    def leave(self, operation: str, credential: str) -> None:
        """An admitted request has ended."""
        for _, place in self._places(operation, credential):
            if self._running.get(place):
                self._running[place] -= 1

    def refund(self, operation: str, credential: str, now: float, wall: float, sent: CostSource) -> None:
        """Give back what an admitted request was estimated at too much: of cost, not of tokens or requests."""
        for limit, gauge in self._gauges_for(operation, credential, now):
            if limit.unit == "cost":
                gauge.take(now, wall, actual_units(limit, sent) - requested_units(limit, sent))

    def give_back(
        self, operation: str, credential: str, now: float, wall: float, sent: CostSource, names: Iterable[str]
    ) -> None:
        """Give back all that an admitted request took from the limits of these names."""
        for limit, gauge in self._gauges_for(operation, credential, now):
            if limit.name in names:
                gauge.take(now, wall, -requested_units(limit, sent))

    def readings(
        self, operation: str, credential: str, now: float, wall: float, sent: CostSource = b"", *, admitted: bool = True
    ) -> list[LimitStanding]:
        """The standing of every limit of the operation."""
        standings = []
        for limit, gauge in self._gauges_for(operation, credential, now):
            rest, full_s, next_s = gauge.left(now, wall)
            requested = requested_units(limit, sent)
            spent = actual_units(limit, sent) if admitted else None
            standings.append(replace(_standing(limit, rest, full_s, next_s), requested=requested, spent=spent))
        for at_once, place in self._places(operation, credential):
            free = at_once.at_once - self._running.get(place, 0)
            standings.append(LimitStanding(at_once.name, "concurrency", at_once.at_once, free, 0.0, 1.0, 1.0, 0.0))
        return standings

    def reset(self) -> None:
        """Every bucket is full again."""
        self._gauges.clear()
        self._of.clear()
        self._places_of.clear()

    def _gauges_for(self, operation: str, credential: str, now: float) -> list[tuple[Limit | Quota, _Gauge]]:
        gauges = self._of.get((operation, credential))
        if gauges is None:
            gauges = self._of[operation, credential] = self._gauges_of(operation, credential, now)
        return gauges

    def _gauges_of(self, operation: str, credential: str, now: float) -> list[tuple[Limit | Quota, _Gauge]]:
        gauges = []
        for limit in self._limits:
            if not _concerns(limit, operation):
                continue
            place = (limit.name, _shared(limit, operation, credential))
            if place not in self._gauges:
                self._gauges[place] = _gauge(limit, now)
            gauges.append((limit, self._gauges[place]))
        return gauges

    def _places(self, operation: str, credential: str) -> list[tuple[Concurrency, tuple[str, str]]]:
        places = self._places_of.get((operation, credential))
        if places is None:
            places = self._places_of[operation, credential] = [
                (limit, (limit.name, _shared(limit, operation, credential)))
                for limit in self._concurrency
                if _concerns(limit, operation)
            ]
        return places


def _concerns(limit: Limit | Quota | Concurrency, operation: str) -> bool:
    return not limit.of or any(fnmatchcase(operation, pattern) for pattern in limit.of)


def _shared(limit: Limit | Quota | Concurrency, operation: str, credential: str) -> str:
    """The name under which requests count together. A vendor knows no apps: to it, all of them are one credential.

    All credentials that a simulator knows are of one account.
    """
    if limit.scope == "account":
        return ""
    return f"{credential} {operation}" if limit.scope == "operation" else credential


def _standing(limit: Limit | Quota, rest: float, full_s: float, next_s: float) -> LimitStanding:
    if isinstance(limit, Quota):
        period_s = _PERIOD_S[limit.per]
        return LimitStanding(
            limit.name, limit.unit, limit.count, rest, full_s, next_s, period_s, limit.count / period_s
        )
    holds = float(limit.burst) if limit.algorithm == "token-bucket" else limit.rate.count
    pace = limit.rate.per_second
    return LimitStanding(
        limit.name, limit.unit, holds, rest, full_s, next_s, limit.rate.per_s, pace, reported=limit.told
    )


def reason_of(limit: Limit | Quota | Concurrency) -> str:
    """The vendor's word for a limit, as its reason header has it."""
    where = "global" if limit.scope in ("credential", "account") else "endpoint"
    return f"{where}-{'concurrency' if isinstance(limit, Concurrency) else 'rate'}"
