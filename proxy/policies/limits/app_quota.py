"""How many calls an app may make: so many a minute, spread, and so many in a day of UTC. Pure.

The minute is a bucket (GCRA) of a minute's calls: all of them at once, and then as they come back. The day begins anew
with each day of the wall clock that is later than the one before: a clock that goes back gives nothing twice.
"""

import math

MINUTE_S = 60.0
DAY_S = 86_400.0


class AppQuota:
    """One app's quota. None is no bound."""

    __slots__ = ("_interval_s", "_tat", "day", "day_number", "minute", "taken", "used")

    def __init__(self, minute: int | None = None, day: int | None = None) -> None:
        self.minute, self.day = minute, day
        self._interval_s = MINUTE_S / minute if minute is not None else 0.0
        self._tat = -math.inf
        self.day_number, self.used, self.taken = 0, 0, 0
        """The day, what was used of it by whoever is known, and what was taken here."""

    def take(self, now: float, wall: float) -> float:
        """Take a call: 0.0, or, with nothing taken, the seconds until there is one."""
        self.begin_day(int(wall // DAY_S))
        if self.day is not None and self.used >= self.day:
            return max((self.day_number + 1) * DAY_S - wall, 1.0)
        if self.minute is not None:
            tat = max(self._tat, now)
            wait_s = tat + self._interval_s - MINUTE_S - now
            if wait_s > 1e-9:
                return wait_s
            self._tat = tat + self._interval_s
        self.used += 1
        self.taken += 1
        return 0.0

    def begin_day(self, day_number: int) -> None:
        """Begin a day, where it is later than the one before."""
        if day_number > self.day_number:
            self.day_number, self.used, self.taken = day_number, 0, 0

    def go_on(self, day_number: int, used: int) -> None:
        """Go on from what was used in an earlier life, or under an earlier configuration."""
        self.begin_day(day_number)
        if day_number == self.day_number:
            self.used = max(self.used, used)

    def inherit(self, old: "AppQuota") -> None:
        """Go on from the quota that this one replaces: a reload gives nothing anew."""
        self.go_on(old.day_number, old.used)
        self.taken = old.taken if old.day_number == self.day_number else self.taken
        if self.minute is not None and old.minute is not None:
            self._tat = old._tat  # noqa: SLF001 - of the same class

    def left(self, now: float, wall: float) -> dict[str, int]:
        """What there is now, by the name of the bound, for people."""
        shown: dict[str, int] = {}
        if self.minute is not None:
            ahead_s = max(self._tat - now, 0.0)
            shown["minute"] = int((MINUTE_S - ahead_s) / self._interval_s + 1e-9)
        if self.day is not None:
            shown["day"] = self.day - (self.used if int(wall // DAY_S) <= self.day_number else 0)
        return shown
