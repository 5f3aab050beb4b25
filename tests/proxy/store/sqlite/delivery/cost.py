"""Many deliveries at once, and how many steps of SQLite's machine a piece of work takes: a cost that no clock blurs."""

import sqlite3
from collections.abc import Callable
from typing import TypeVar

from tests.proxy.store.delivering import ROOM, new
from tests.proxy.store.places import at
from tidegate.proxy.policies.delivery.delivery import NewDelivery
from tidegate.proxy.store.sqlite.delivery.delivery_accept import Offer, accept
from tidegate.proxy.store.sqlite.delivery.delivery_backlog import SqliteBacklog

T = TypeVar("T")
STEP = 10
"""The machine is looked at each so many steps."""


def fill(connection: sqlite3.Connection, count: int, like: NewDelivery, *, first: int = 0) -> None:
    """Accept one, and copy it as often as is wanted: rows that nothing tells from accepted ones."""
    accept(connection, Offer(new(first, **_of(like)), at(), ROOM), SqliteBacklog())
    if count == 1:
        return
    copy_rows(connection, f"d{first}", range(first + 1, first + count))
    connection.execute(
        "UPDATE deliveries SET blocked = 1 WHERE order_key <> '' AND seq > (SELECT seq FROM deliveries WHERE id = ?)",
        (f"d{first}",),
    )


def copy_rows(connection: sqlite3.Connection, delivery_id: str, numbers: range) -> None:
    """Copy a delivery, which waits as it was accepted: the ids and the keys of the copies are of these numbers."""
    columns = ", ".join(
        row[1] for row in connection.execute("PRAGMA table_info(deliveries)") if row[1] not in ("seq", "id", "key")
    )
    connection.execute(
        f"INSERT INTO deliveries (id, key, {columns}) "
        "WITH RECURSIVE n (i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2) "
        f"SELECT 'd' || i, 'k' || i, {columns} FROM n, deliveries WHERE id = ?3",
        (numbers.start, numbers.stop - 1, delivery_id),
    )
    connection.execute(
        "INSERT INTO delivery_bodies SELECT seq, x'', x'' FROM deliveries WHERE seq NOT IN "
        "(SELECT seq FROM delivery_bodies)"
    )
    connection.execute(
        "INSERT INTO delivery_counts SELECT box, app, vendor, state, dead_reason, ?1, ?1 * bytes FROM deliveries "
        "WHERE id = ?2 ON CONFLICT DO UPDATE SET rows = rows + excluded.rows, bytes = bytes + excluded.bytes",
        (len(numbers), delivery_id),
    )


def cost(connection: sqlite3.Connection, work: Callable[[], T]) -> tuple[T, int]:
    """What the work gives, and about how many steps it took."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += STEP
        return 0

    connection.set_progress_handler(count, STEP)
    try:
        return work(), steps
    finally:
        connection.set_progress_handler(None, STEP)


def _of(like: NewDelivery) -> dict[str, object]:
    return {name: getattr(like, name) for name in like.__slots__ if name not in ("id", "key")}
