"""What ends by itself: leases of workers that are gone, and what was never sent and is past its deadline.

A bounded number at a time, because every write waits meanwhile. What is ended here takes the next lease token, as if it
had been leased for that: so each end of a delivery has a token of its own.
"""

import sqlite3

from tidegate.proxy.policies.delivery.delivery import LEASES_LOST_MAX, Box
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import UNAPPROVED, DeliveryRetention
from tidegate.proxy.store.sqlite.delivery.delivery_order import let_next_go, order_key_of

OVERDUE_MAX = 200
"""At most so many of each kind are put right in one claim."""

_LEASES = """
SELECT seq, box, app, vendor, order_key, state, resting, leases_lost, keep_s FROM deliveries
WHERE box = ? AND leased AND lease_until <= ? ORDER BY lease_until LIMIT ?"""
_TAKE_BACK = """
UPDATE deliveries SET state = ?1, resting = ?1, lease_until = 0, leases_lost = leases_lost + (state = 'sending'),
    attempts = attempts + (state = 'sending'), ripe = 1, updated_wall = ?2 WHERE seq = ?3"""
_POISON = """
UPDATE deliveries SET state = 'dead', resting = 'dead', dead_reason = 'poison', lease_until = 0,
    lease_token = lease_token + 1, leases_lost = leases_lost + 1, attempts = attempts + 1, updated_wall = ?,
    keep_until = ?, detail = 'its worker died each time it was tried' WHERE seq = ?"""
_EXPIRED = """
SELECT seq, box, app, vendor, order_key, keep_s FROM deliveries
WHERE box = ? AND unsent AND deadline <= ? ORDER BY deadline LIMIT ?"""
_EXPIRE = """
UPDATE deliveries SET state = 'dead', resting = 'dead', dead_reason = 'expired', blocked = 0, updated_wall = ?,
    keep_until = ?, lease_token = lease_token + 1,
    detail = 'its deadline passed before it could be sent' WHERE seq = ?"""
_UNAPPROVED = """
SELECT seq, box, app, vendor, order_key, keep_s FROM deliveries
WHERE box = ? AND state = 'parked' AND first_state = 'parked' AND ever_sent = 0 AND deadline <= ?
ORDER BY deadline LIMIT ?"""
_REFUSE = """
UPDATE deliveries SET state = 'dead', resting = 'dead', dead_reason = 'refused', blocked = 0, updated_wall = ?,
    keep_until = ?, lease_token = lease_token + 1, detail = ? WHERE seq = ?"""
_END_LEASES = "UPDATE deliveries SET lease_until = 0 WHERE box = ? AND leased AND boot <> ?"


def end_leases_of_others(connection: sqlite3.Connection, boot: int) -> None:
    """Let the leases of other lives of the proxy be over: one at a time uses the file."""
    for box in ("outbox", "inbox"):
        connection.execute(_END_LEASES, (box, boot))


def take_back_leases(connection: sqlite3.Connection, box: Box, now: StoreTime, retention: DeliveryRetention) -> None:
    """Take back leases that are over; one that has lost its third while it was tried is dead."""
    for row in connection.execute(_LEASES, (box, now.least, OVERDUE_MAX)).fetchall():
        if row["state"] == "sending" and row["leases_lost"] + 1 >= LEASES_LOST_MAX:
            connection.execute(_POISON, (now.wall, retention.dead_until(row["keep_s"], now), row["seq"]))
        else:
            unsure = "unknown" if box == "outbox" else "waiting"
            state = row["resting"] if row["state"] == "leased" else unsure
            connection.execute(_TAKE_BACK, (state, now.wall, row["seq"]))
        _let_next_go(connection, row)


def expire(connection: sqlite3.Connection, box: Box, now: StoreTime, retention: DeliveryRetention) -> None:
    """End those that were never sent and are past their deadline, and those that nobody has approved in time."""
    for row in connection.execute(_EXPIRED, (box, now.least, OVERDUE_MAX)).fetchall():
        connection.execute(_EXPIRE, (now.wall, retention.dead_until(row["keep_s"], now), row["seq"]))
        _let_next_go(connection, row)
    for row in connection.execute(_UNAPPROVED, (box, now.least, OVERDUE_MAX)).fetchall():
        until = retention.dead_until(row["keep_s"], now)
        connection.execute(_REFUSE, (now.wall, until, UNAPPROVED, row["seq"]))
        _let_next_go(connection, row)


def _let_next_go(connection: sqlite3.Connection, row: sqlite3.Row) -> None:
    key = order_key_of(row)
    if key is not None:
        let_next_go(connection, key)
