"""A pause that the vendor asked for (Retry-After, RFC 9110 §10.2.3), of an operation that nothing else limits.

After it calls leave one after the other: others were told the same moment.
"""

from tidegate.proxy.policies.limits.gauge import Undated

PACE_PER_S = 20.0


class AskedPause(Undated):
    """See the module. It counts nothing but the turns of those who waited for its end."""

    __slots__ = ("_paused", "_turn_at", "rate_per_s")

    def __init__(self) -> None:
        self.rate_per_s = PACE_PER_S
        self._paused = 0.0
        self._turn_at = 0.0
        """The next of those who waited leaves then."""

    def __repr__(self) -> str:
        return "AskedPause()"

    def ready_in(self, now: float, amount: float = 1.0) -> float:
        """See Gauge.ready_in."""
        del amount
        return max(self._paused - now, self._turn_at - now, 0.0)

    def charge(self, now: float, amount: float = 1.0) -> None:
        """See Gauge.charge. Soon after a pause each call puts the next one's turn off; later none does."""
        if now < self._turn_at + 1.0 / self.rate_per_s:
            self._turn_at = max(self._turn_at, now) + amount / self.rate_per_s

    def give_back(self, now: float, taken_at: float | None = None, amount: float = 1.0) -> None:
        """See Gauge.give_back. Nothing was taken that could be had again."""

    def pause_until(self, moment: float) -> None:
        """See Gauge.pause_until."""
        self._paused = max(self._paused, moment)
        self._turn_at = max(self._turn_at, moment)

    def lift(self, now: float) -> None:
        """See Gauge.lift."""
        self._paused = min(self._paused, now)
        self._turn_at = min(self._turn_at, now)

    def used(self, now: float) -> float:
        """See Gauge.used."""
        return 1.0 if now < self._paused else 0.0
