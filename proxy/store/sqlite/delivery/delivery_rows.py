"""Rows of SQLite as deliveries and attempts."""

import sqlite3

from tidegate.proxy.policies.delivery.delivery import Delivery, DeliveryAttempt
from tidegate.proxy.store.stored_delivery import DELIVERY_COLUMNS, attempt_of, delivery_of

NARROW = ", ".join(f"d.{column}" for column in DELIVERY_COLUMNS)
"""The columns of a delivery without its bodies."""
FULL = f"""
SELECT {NARROW}, b.headers, b.body, coalesce(a.answer_headers, x'') AS answer_headers,
    coalesce(a.answer_body, x'') AS answer_body
FROM deliveries d JOIN delivery_bodies b ON b.seq = d.seq LEFT JOIN delivery_answers a ON a.seq = d.seq """
"""Everything of a delivery; a WHERE is to follow."""
PLAIN = f"""
SELECT {NARROW}, x'' AS headers, x'' AS body, x'' AS answer_headers, x'' AS answer_body FROM deliveries d """
"""The same without bodies."""


def find_delivery(connection: sqlite3.Connection, delivery_id: str) -> Delivery | None:
    """The delivery of an id, with its bodies."""
    row = connection.execute(FULL + "WHERE d.id = ?", (delivery_id,)).fetchone()
    return None if row is None else delivery_of(row)


_BY_KEY = "WHERE d.box = ? AND d.app = ? AND d.vendor = ? AND d.operation = ? AND d.key = ?"
_BY_FORMER_KEY = """WHERE d.seq = (SELECT seq FROM delivery_former_keys
    WHERE box = ? AND app = ? AND vendor = ? AND operation = ? AND key = ?)"""


def find_by_key(connection: sqlite3.Connection, key: tuple[str, str, str, str, str]) -> Delivery | None:
    """The delivery of box, app, vendor, operation and key; also by a key that it had before a redo."""
    for where in (_BY_KEY, _BY_FORMER_KEY):
        row = connection.execute(FULL + where, key).fetchone()
        if row is not None:
            return delivery_of(row)
    return None


def find_attempts(connection: sqlite3.Connection, delivery_id: str) -> list[DeliveryAttempt]:
    """The attempts of a delivery, the first first."""
    rows = connection.execute(
        "SELECT t.* FROM delivery_attempts t JOIN deliveries d ON d.seq = t.seq WHERE d.id = ? ORDER BY t.n",
        (delivery_id,),
    )
    return [attempt_of(delivery_id, row) for row in rows]
