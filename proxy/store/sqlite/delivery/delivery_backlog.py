"""What waits in each box, watched in memory: a bound is asked of SQLite only once a second, and before one refuses."""

import sqlite3

from tidegate.proxy.policies.delivery.backlog import Backlog, BacklogBounds, BacklogFull, WaitingCount
from tidegate.proxy.policies.delivery.delivery import NewDelivery
from tidegate.proxy.policies.resilience.store_time import StoreTime

_FORMER = "SELECT 1 FROM delivery_former_keys WHERE box = ? AND app = ? AND vendor = ? AND operation = ? AND key = ?"
_WAITING = """
SELECT coalesce(sum(c.rows), 0) AS rows, coalesce(sum(c.bytes), 0) AS bytes, min(CASE WHEN c.state <> 'parked' THEN
    (SELECT accepted FROM deliveries d WHERE d.box = c.box AND d.app = c.app AND d.vendor = c.vendor
    AND d.state = c.state AND d.dead_reason = c.dead_reason ORDER BY seq LIMIT 1) END) AS oldest
FROM delivery_counts c
WHERE c.box = ? AND c.rows > 0 AND c.state IN ('queued', 'waiting', 'unknown', 'leased', 'sending', 'parked')"""


class SqliteBacklog(Backlog):
    """Watches what waits in each box, for the one proxy that uses the file.

    What has ended since the count still counts, until one would be refused for it: then it is counted anew. So no bound
    is ever exceeded, and no statement is needed for most that are accepted.
    """

    def __init__(self) -> None:
        super().__init__()
        self.former_keys: bool | None = None
        """Whether any delivery had another key once; None where nobody has looked yet."""

    def full(
        self, connection: sqlite3.Connection, new: NewDelivery, size: int, now: StoreTime, bounds: BacklogBounds
    ) -> BacklogFull | None:
        """Which bound a delivery would break; None where it fits."""
        waiting = self.fresh(new.box, now)
        if waiting is not None and waiting.broken(size, now, bounds) is None:
            return None
        return self._count(connection, new.box, now).broken(size, now, bounds)

    def takes(self, box: str, size: int, now: StoreTime, bounds: BacklogBounds | None) -> bool:
        """Count one that breaks no bound, by a count that is still good. False says nothing: it is to be looked at."""
        waiting = self.fresh(box, now)
        if bounds is not None and (waiting is None or waiting.broken(size, now, bounds) is not None):
            return False
        self.took(box, size)
        return True

    def _count(self, connection: sqlite3.Connection, box: str, now: StoreTime) -> WaitingCount:
        row = connection.execute(_WAITING, (box,)).fetchone()
        return self.counted(box, now, row["rows"], row["bytes"], row["oldest"])

    def is_former(self, connection: sqlite3.Connection, new: NewDelivery) -> bool:
        """Whether a delivery had this key before a redo."""
        if self.former_keys is None:
            self.former_keys = connection.execute("SELECT 1 FROM delivery_former_keys LIMIT 1").fetchone() is not None
        return self.former_keys and connection.execute(_FORMER, new.unique).fetchone() is not None
