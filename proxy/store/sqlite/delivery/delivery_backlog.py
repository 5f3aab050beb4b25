"""What waits in each box, watched in memory: a bound is asked of SQLite only once a second, and before one refuses."""

import sqlite3
from dataclasses import dataclass

from tidegate.proxy.policies.delivery.delivery import NewDelivery
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import BacklogBounds, BacklogFull

_FORMER = "SELECT 1 FROM delivery_former_keys WHERE box = ? AND app = ? AND vendor = ? AND operation = ? AND key = ?"
_WAITING = """
SELECT coalesce(sum(c.rows), 0) AS rows, coalesce(sum(c.bytes), 0) AS bytes, min(CASE WHEN c.state <> 'parked' THEN
    (SELECT accepted FROM deliveries d WHERE d.box = c.box AND d.app = c.app AND d.vendor = c.vendor
    AND d.state = c.state AND d.dead_reason = c.dead_reason ORDER BY seq LIMIT 1) END) AS oldest
FROM delivery_counts c
WHERE c.box = ? AND c.rows > 0 AND c.state IN ('queued', 'waiting', 'unknown', 'leased', 'sending', 'parked')"""
COUNTED_FOR_S = 1.0
"""A count of what waits is good for so long."""


def key_of(new: NewDelivery) -> tuple[str, str, str, str, str]:
    """What is unique among the deliveries that are kept."""
    return (new.box, new.app, new.vendor, new.operation, new.key)


@dataclass(slots=True)
class Waiting:
    """What waits in a box: as it was counted at an age of the store, and what was accepted since."""

    counted: float
    rows: int
    bytes: int
    oldest: float


class SqliteBacklog:
    """Watches what waits in each box, for the one proxy that uses the file.

    What has ended since the count still counts, until one would be refused for it: then it is counted anew. So no bound
    is ever exceeded, and no statement is needed for most that are accepted.
    """

    def __init__(self) -> None:
        self.former_keys: bool | None = None
        """Whether any delivery had another key once; None where nobody has looked yet."""
        self._waiting: dict[str, Waiting] = {}

    def full(
        self, connection: sqlite3.Connection, new: NewDelivery, size: int, now: StoreTime, bounds: BacklogBounds
    ) -> BacklogFull | None:
        """Which bound a delivery would break; None where it fits."""
        waiting = self._fresh(new.box, now)
        if waiting is not None and _broken(waiting, size, now, bounds) is None:
            return None
        return _broken(self._count(connection, new.box, now.least), size, now, bounds)

    def takes(self, box: str, size: int, now: StoreTime, bounds: BacklogBounds | None) -> bool:
        """Count one that breaks no bound, by a count that is still good. False says nothing: it is to be looked at."""
        waiting = self._fresh(box, now)
        if bounds is not None and (waiting is None or _broken(waiting, size, now, bounds) is not None):
            return False
        self.took(box, size)
        return True

    def took(self, box: str, size: int) -> None:
        """Count one that was accepted."""
        waiting = self._waiting.get(box)
        if waiting is not None:
            waiting.rows += 1
            waiting.bytes += size

    def _fresh(self, box: str, now: StoreTime) -> Waiting | None:
        waiting = self._waiting.get(box)
        return waiting if waiting is not None and 0.0 <= now.least - waiting.counted < COUNTED_FOR_S else None

    def _count(self, connection: sqlite3.Connection, box: str, age: float) -> Waiting:
        row = connection.execute(_WAITING, (box,)).fetchone()
        oldest = age if row["oldest"] is None else row["oldest"]
        self._waiting[box] = counted = Waiting(age, row["rows"], row["bytes"], oldest)
        return counted

    def is_former(self, connection: sqlite3.Connection, new: NewDelivery) -> bool:
        """Whether a delivery had this key before a redo."""
        if self.former_keys is None:
            self.former_keys = connection.execute("SELECT 1 FROM delivery_former_keys LIMIT 1").fetchone() is not None
        return self.former_keys and connection.execute(_FORMER, key_of(new)).fetchone() is not None


def _broken(waiting: Waiting, size: int, now: StoreTime, bounds: BacklogBounds) -> BacklogFull | None:
    if waiting.rows >= bounds.rows:
        return BacklogFull("rows")
    if waiting.bytes + size > bounds.bytes:
        return BacklogFull("bytes")
    return BacklogFull("age") if now.least - waiting.oldest > bounds.age_s else None
