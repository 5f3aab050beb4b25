"""A delivery is accepted: dedupe, the bounds of what may wait, and its place in the order of its key, at once."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tidegate.proxy.policies.delivery.delivery import NewDelivery
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import Accepted, BacklogBounds, BacklogFull, Repeated
from tidegate.proxy.store.sqlite.delivery.delivery_order import OrderKey, cancel_older, is_held
from tidegate.proxy.store.sqlite.delivery.delivery_rows import find_by_key

_INSERT = """
INSERT INTO deliveries (
    id, box, app, vendor, operation, key, fingerprint, method, destination, accepted, accepted_wall, deadline, keep_s,
    order_key, ordering, skip_after, priority, first_not_before, first_state, trace, bytes, state, resting, blocked,
    ripe, not_before, updated_wall, ever_sent
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?19, ?19,
    ?22, ?18 <= ?10, ?18, ?11, ?19 = 'unknown')
ON CONFLICT DO NOTHING"""
_FORMER = "SELECT 1 FROM delivery_former_keys WHERE box = ? AND app = ? AND vendor = ? AND operation = ? AND key = ?"
_WAITING = """
SELECT coalesce(sum(c.rows), 0) AS rows, coalesce(sum(c.bytes), 0) AS bytes, min(CASE WHEN c.state <> 'parked' THEN
    (SELECT accepted FROM deliveries d WHERE d.box = c.box AND d.app = c.app AND d.vendor = c.vendor
    AND d.state = c.state AND d.dead_reason = c.dead_reason ORDER BY seq LIMIT 1) END) AS oldest
FROM delivery_counts c
WHERE c.box = ? AND c.rows > 0 AND c.state IN ('queued', 'waiting', 'unknown', 'leased', 'sending', 'parked')"""
COUNTED_FOR_S = 1.0
"""A count of what waits is good for so long."""


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
        waiting = self._waiting.get(new.box)
        fresh = waiting is not None and 0.0 <= now.least - waiting.counted < COUNTED_FOR_S
        if waiting is not None and fresh and _broken(waiting, size, now, bounds) is None:
            return None
        return _broken(self._count(connection, new.box, now.least), size, now, bounds)

    def took(self, box: str, size: int) -> None:
        """Count one that was accepted."""
        waiting = self._waiting.get(box)
        if waiting is not None:
            waiting.rows += 1
            waiting.bytes += size

    def _count(self, connection: sqlite3.Connection, box: str, age: float) -> Waiting:
        row = connection.execute(_WAITING, (box,)).fetchone()
        oldest = age if row["oldest"] is None else row["oldest"]
        self._waiting[box] = counted = Waiting(age, row["rows"], row["bytes"], oldest)
        return counted

    def is_former(self, connection: sqlite3.Connection, key: tuple[str, str, str, str, str]) -> bool:
        """Whether a delivery had this key before a redo."""
        if self.former_keys is None:
            self.former_keys = connection.execute("SELECT 1 FROM delivery_former_keys LIMIT 1").fetchone() is not None
        return self.former_keys and connection.execute(_FORMER, key).fetchone() is not None


def _broken(waiting: Waiting, size: int, now: StoreTime, bounds: BacklogBounds) -> BacklogFull | None:
    if waiting.rows >= bounds.rows:
        return BacklogFull("rows")
    if waiting.bytes + size > bounds.bytes:
        return BacklogFull("bytes")
    return BacklogFull("age") if now.least - waiting.oldest > bounds.age_s else None


class Offer(NamedTuple):
    """What is to be accepted. Without `bounds` any number may wait: what a settlement brings is never refused."""

    new: NewDelivery
    now: StoreTime
    bounds: BacklogBounds | None


Answer = Accepted | Repeated | BacklogFull


def accept_all(
    connection: sqlite3.Connection, offers: Sequence[Offer], backlog: SqliteBacklog
) -> list[Answer | ValueError]:
    """Accept several, each as if alone. A mistake stands in its place: it has changed nothing."""
    answers: list[Answer | ValueError] = []
    for offer in offers:
        try:
            answers.append(accept(connection, offer, backlog))
        except ValueError as error:
            answers.append(error)
    return answers


def accept(connection: sqlite3.Connection, offer: Offer, backlog: SqliteBacklog) -> Answer:
    """See Deliveries.accept. Raises ValueError where the id is another delivery's."""
    new, now, bounds = offer
    key = (new.box, new.app, new.vendor, new.operation, new.key)
    size = len(new.headers) + len(new.body)
    full = backlog.full(connection, new, size, now, bounds) if bounds is not None else None
    if full is not None or backlog.is_former(connection, key):
        known = find_by_key(connection, key)
        if known is not None:
            return Repeated(known)
        if full is not None:
            return full
    order_key: OrderKey | None = (new.box, new.app, new.vendor, new.order_key) if new.order_key else None
    values = (
        new.id, *key, new.fingerprint, new.method, new.destination, now.least, new.accepted_wall, new.deadline,
        new.keep_s, new.order_key, new.order, new.skip_after, new.priority, new.not_before, new.state, new.trace, size,
        order_key is not None and is_held(connection, order_key),
    )  # fmt: skip
    inserted = connection.execute(_INSERT, values)
    if inserted.rowcount == 0:
        known = find_by_key(connection, key)
        if known is None:
            raise ValueError(f"the id {new.id} is another delivery's")
        return Repeated(known)
    seq = inserted.lastrowid
    backlog.took(new.box, size)
    connection.execute("INSERT INTO delivery_bodies VALUES (?, ?, ?)", (seq, new.headers, new.body))
    if order_key is not None and new.order == "latest-wins":
        cancel_older(connection, order_key, seq or 0, now)
    return Accepted()
