"""How much may wait in a box, and how much does: by a count that is good for a second, and what was accepted since.

What has ended since the count still counts. It refuses to know who counts, and in what.
"""

from dataclasses import dataclass

from tidegate.proxy.policies.resilience.store_time import StoreTime

COUNTED_FOR_S = 1.0
"""A count of what waits is good for so long."""


@dataclass(frozen=True, slots=True)
class BacklogBounds:
    """How much may wait in a box: deliveries that have not ended, their bytes, and the age of the oldest in seconds.

    The age leaves out what is parked: that waits for a person, and would close the box for everybody.
    """

    rows: int = 100_000
    bytes: int = 1024 * 1024 * 1024
    age_s: float = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class BacklogFull:
    """It was refused: so much waits already. `bound` is rows, bytes or age."""

    bound: str


@dataclass(slots=True)
class WaitingCount:
    """What waits in a box: as it was counted at an age of the store, and what was accepted since."""

    counted: float
    rows: int
    bytes: int
    oldest: float

    def broken(self, size: int, now: StoreTime, bounds: BacklogBounds) -> BacklogFull | None:
        """Which bound one more of so many bytes would break; None where it fits."""
        if self.rows >= bounds.rows:
            return BacklogFull("rows")
        if self.bytes + size > bounds.bytes:
            return BacklogFull("bytes")
        return BacklogFull("age") if now.least - self.oldest > bounds.age_s else None


class Backlog:
    """What waits in each box, for all that is known here."""

    def __init__(self) -> None:
        self._waiting: dict[str, WaitingCount] = {}

    def fresh(self, box: str, now: StoreTime) -> WaitingCount | None:
        """What waits in a box, where its count is still good."""
        waiting = self._waiting.get(box)
        return waiting if waiting is not None and 0.0 <= now.least - waiting.counted < COUNTED_FOR_S else None

    def counted(self, box: str, now: StoreTime, rows: int, size: int, oldest: float | None) -> WaitingCount:
        """Take a count of a box: deliveries, their bytes, and when the oldest was accepted; None where none waits."""
        self._waiting[box] = made = WaitingCount(now.least, rows, size, now.least if oldest is None else oldest)
        return made

    def took(self, box: str, size: int) -> None:
        """Count one that was accepted."""
        waiting = self._waiting.get(box)
        if waiting is not None:
            waiting.rows += 1
            waiting.bytes += size
