"""How full each limit of one vendor was in the last 24 hours: the greatest share of every five minutes.

A quota of a day or a month moves too slowly to be seen in minutes. Pure: whoever reads the clock gives the moment.
"""

from collections import deque
from collections.abc import Iterable, Mapping

SLOT_S = 300.0
SLOTS_MAX = 288
"""A day."""


class LimitDay:
    """See the module. It is bounded by SLOTS_MAX slots; each holds the limits that there were."""

    def __init__(self) -> None:
        self._slots: deque[dict[str, float]] = deque(maxlen=SLOTS_MAX)
        self._last = -1

    def add(self, now: float, limits: Iterable[tuple[str, float]]) -> None:
        """Note the shares in use, 0…1, at a moment in monotonic seconds."""
        number = int(now // SLOT_S)
        missing = min(number - self._last, SLOTS_MAX) if self._slots else 1
        self._slots.extend({} for _ in range(missing))  # those in which nobody looked are empty
        self._last = max(number, self._last)
        slot = self._slots[-1]
        for name, used in limits:
            slot[name] = max(used, slot.get(name, 0.0))

    def shares(self, names: Iterable[str]) -> Mapping[str, list[float | None]]:
        """Limit → its share in each slot, the oldest first; None where it was not there."""
        return {name: [slot.get(name) for slot in self._slots] for name in names}
