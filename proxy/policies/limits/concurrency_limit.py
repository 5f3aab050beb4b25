"""At most so many at once: a vendor's concurrency limit, and our own bulkhead around an operation group.

A place is lent and given back, so nothing refills by itself; how long the next one takes is estimated from how long the
last ones were held. See Gauge. It refuses to know who waits.
"""

from tidegate.proxy.policies.limits.gauge import Undated

HOLD_FIRST_S = 0.1
"""Seconds that a place is held, as long as none has been given back yet."""

HOLD_KEPT = 0.9
"""The share of that estimate that is left after each return."""


class ConcurrencyLimit(Undated):
    """`at_once` places."""

    __slots__ = ("_hold_s", "_paused", "at_once", "held")

    def __init__(self, at_once: int) -> None:
        self.at_once = at_once
        self.held = 0.0
        self._hold_s = HOLD_FIRST_S
        self._paused = 0.0

    def __repr__(self) -> str:
        return f"Places({self.held:g} of {self.at_once} held)"

    @property
    def rate_per_s(self) -> float:
        """So many places come free each second when all are held."""
        return self.at_once / self._hold_s

    def ready_in(self, now: float, amount: float = 1.0) -> float:
        """See Gauge.ready_in. An estimate: whoever waits is served when a place is given back."""
        if now < self._paused:
            return self._paused - now
        return 0.0 if self.held + min(amount, self.at_once) <= self.at_once else self._hold_s / self.at_once

    def charge(self, now: float, amount: float = 1.0) -> None:
        """See Gauge.charge."""
        del now
        self.held += amount

    def give_back(self, now: float, taken_at: float | None = None, amount: float = 1.0) -> None:
        """A place comes back, used or not."""
        assert self.held >= amount, "a place was given back twice"
        self.held -= amount
        if taken_at is not None and now > taken_at:
            self._hold_s = max(HOLD_KEPT * self._hold_s + (1.0 - HOLD_KEPT) * (now - taken_at), 1e-3)

    def pause_until(self, moment: float) -> None:
        """See Gauge.pause_until."""
        self._paused = max(self._paused, moment)

    def lift(self, now: float) -> None:
        """See Gauge.lift."""
        self._paused = min(self._paused, now)

    def used(self, now: float) -> float:
        """See Gauge.used."""
        del now
        return min(self.held / self.at_once, 1.0)
