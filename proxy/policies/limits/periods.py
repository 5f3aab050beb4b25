"""Periods of a wall clock: whole multiples of some seconds, calendar days, calendar months.

Numbered, without a calendar library: a period's number and its first second are all that is asked for.
"""

from calendar import timegm
from typing import Protocol

DAY_S = 86400.0


class Periods(Protocol):
    """A way to cut time into periods. `wall` is seconds since 1970."""

    def number(self, wall: float) -> int:
        """The number of the period that a moment lies in."""
        ...

    def begins(self, number: int) -> float:
        """The first moment of a period."""
        ...


class Every:
    """Periods of `seconds`, at whole multiples of it; `offset_s` is how far the zone is ahead of UTC."""

    __slots__ = ("offset_s", "seconds")

    def __init__(self, seconds: float, offset_s: float = 0.0) -> None:
        self.seconds = seconds
        self.offset_s = offset_s

    def number(self, wall: float) -> int:
        """See Periods.number."""
        return int((wall + self.offset_s) // self.seconds)

    def begins(self, number: int) -> float:
        """See Periods.begins."""
        return number * self.seconds - self.offset_s


class Months:
    """Calendar months of a zone that is `offset_s` ahead of UTC. Month 0 is January 1970."""

    __slots__ = ("_cached", "offset_s")

    def __init__(self, offset_s: float = 0.0) -> None:
        self.offset_s = offset_s
        self._cached = (0.0, 0.0, 0)

    def number(self, wall: float) -> int:
        """See Periods.number."""
        begin, end, number = self._cached
        if begin <= wall < end:
            return number
        number = int((wall + self.offset_s) // (30.436875 * DAY_S))
        while self.begins(number) > wall:
            number -= 1
        while self.begins(number + 1) <= wall:
            number += 1
        self._cached = (self.begins(number), self.begins(number + 1), number)
        return number

    def begins(self, number: int) -> float:
        """See Periods.begins."""
        return timegm((1970 + number // 12, number % 12 + 1, 1, 0, 0, 0)) - self.offset_s


def zone_s(written: str) -> float:
    """`-08:00` → seconds ahead of UTC."""
    ahead_s = int(written[1:3]) * 3600.0 + int(written[4:6]) * 60.0
    return -ahead_s if written[0] == "-" else ahead_s
