"""Many deliveries at once, and how many steps of SQLite's machine a piece of work takes: a cost that no clock blurs."""

import sqlite3
from collections.abc import Callable
from typing import TypeVar

from tests.proxy.store.delivering import ROOM, new
from tests.proxy.store.places import at
from tidegate.proxy.policies.delivery.delivery import NewDelivery
from tidegate.proxy.store.sqlite.delivery.delivery_accept import Offer, SqliteBacklog, accept

T = TypeVar("T")
STEP = 10
"""The machine is looked at each so many steps."""


def fill(connection: sqlite3.Connection, count: int, like: NewDelivery, *, first: int = 0) -> None:
    """Accept one, and copy it as often as is wanted: rows that nothing tells from accepted ones."""
    accept(connection, Offer(new(first, **_of(like)), at(), ROOM), SqliteBacklog())
    if count == 1:
        return
    columns = [row["name"] for row in connection.execute("PRAGMA table_info(deliveries)")]
    copied = [column for column in columns if column not in ("seq", "id", "key", "blocked")]
    connection.execute(
        f"INSERT INTO deliveries (id, key, blocked, {', '.join(copied)}) "
        "WITH RECURSIVE n (i) AS (SELECT ?1 + 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 + ?2 - 1) "
        f"SELECT 'd' || i, 'k' || i, order_key <> '', {', '.join(copied)} FROM n, deliveries WHERE id = 'd' || ?1",
        (first, count),
    )
    connection.execute(
        "INSERT INTO delivery_bodies SELECT seq, x'', x'' FROM deliveries WHERE seq NOT IN "
        "(SELECT seq FROM delivery_bodies)"
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
