"""The order of an order key: who is in the way of whom, and who goes next once somebody has gone.

An order key counts within box, app and vendor. Everything here costs the same however many wait behind one key.
"""

import sqlite3

from tidegate.proxy.policies.resilience.store_time import StoreTime

OF_KEY = "box = ? AND app = ? AND vendor = ? AND order_key = ?"
OrderKey = tuple[str, str, str, str]
"""Box, app, vendor and order key."""


def order_key_of(row: sqlite3.Row) -> OrderKey | None:
    """The order key of a delivery's row; None where it has no order."""
    return (row["box"], row["app"], row["vendor"], row["order_key"]) if row["order_key"] else None


def is_held(connection: sqlite3.Connection, key: OrderKey, seq: int | None = None) -> bool:
    """Whether one that was accepted before `seq` (None: any at all) holds the key."""
    first = _first_holding(connection, key)
    return first is not None and (seq is None or first < seq)


def let_next_go(connection: sqlite3.Connection, key: OrderKey) -> None:
    """Let those go that nobody holds any more. To be called whenever one leaves its key, or may be passed."""
    first = _first_holding(connection, key)
    connection.execute(
        f"UPDATE deliveries SET blocked = 0 WHERE {OF_KEY} AND blocked = 1 AND seq <= ?",
        (*key, first if first is not None else 2**62),
    )


def cancel_older(connection: sqlite3.Connection, key: OrderKey, seq: int, now: StoreTime) -> None:
    """Cancel those of the key that were accepted before `seq` and never sent, because that one takes their place.

    A write takes the place of those of its own operation alone: another operation's says something else.
    """
    connection.execute(
        "UPDATE deliveries SET state = 'cancelled', resting = 'cancelled', blocked = 0, updated_wall = ?, "
        "keep_until = ? + keep_s, detail = 'A later one took its place.' "
        f"WHERE {OF_KEY} AND holds AND unsent AND seq < ? "
        "AND (box = 'inbox' OR operation = (SELECT operation FROM deliveries WHERE seq = ?))",
        (now.wall, now.least, *key, seq, seq),
    )
    let_next_go(connection, key)


def _first_holding(connection: sqlite3.Connection, key: OrderKey) -> int | None:
    row = connection.execute(
        f"SELECT seq FROM deliveries WHERE {OF_KEY} AND holds ORDER BY seq LIMIT 1",
        key,
    ).fetchone()
    return None if row is None else int(row[0])
