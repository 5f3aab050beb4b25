"""What a person does to a delivery, and the line about it that stays."""

import sqlite3

from tidegate.proxy.policies.delivery.delivery import Delivery, DeliveryState, awaits, may
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.audit.audit_log import ROWS_MAX
from tidegate.proxy.store.audit.hand_entry import hand_entry, hand_line, target_of
from tidegate.proxy.store.deliveries import REFUSED, DeliveryRetention, HandMade
from tidegate.proxy.store.sqlite.delivery.delivery_order import is_held, let_next_go, order_key_of
from tidegate.proxy.store.sqlite.delivery.delivery_rows import find_by_key, find_delivery
from tidegate.proxy.store.sqlite.sqlite_audit import append_rows, rows_of

_ROW = "SELECT *, (SELECT length(headers) FROM delivery_bodies b WHERE b.seq = d.seq) AS head_bytes FROM deliveries d "
_AGAIN = """
UPDATE deliveries SET state = ?1, resting = ?1, blocked = ?2, ripe = ?3 <= ?7, not_before = ?3, attempts = 0,
    leases_lost = 0, ever_sent = ?6, deadline = ?3 + (deadline - accepted), accepted = ?3, dead_reason = '',
    detail = '', keep_until = 0, updated_wall = ?4
WHERE seq = ?5"""
_END = """
UPDATE deliveries SET state = ?1, blocked = 0, dead_reason = '', keep_until = ?2, updated_wall = ?3,
    resting = CASE WHEN ?1 = 'cancelled' AND box = 'outbox' AND ever_sent AND (state = 'parked'
        OR resting = 'unknown' OR dead_reason = 'poison' OR (dead_reason = 'rejected' AND status >= 500))
        THEN 'unknown' ELSE ?1 END
WHERE seq = ?4"""
"""What was perhaps carried out when it was given up rests as `unknown`: see Delivery.resting."""


_REFUSE = """
UPDATE deliveries SET state = 'dead', resting = 'dead', blocked = 0, dead_reason = 'refused', detail = ?1,
    lease_token = lease_token + 1, keep_until = ?2, updated_wall = ?3
WHERE seq = ?4"""


def act(
    connection: sqlite3.Connection, delivery_id: str, hand: HandMade, now: StoreTime, retention: DeliveryRetention
) -> Delivery | None:
    """See Deliveries.act. Raises ValueError where a redo has no new key.

    A replay begins anew: its attempts count from 0, its deadline is as far away as it was at first, and so is the bound
    on its age. What was ever
    sent from the outbox is not replayed with another body, which would be another write under its key: that is a redo.
    """
    row = connection.execute(_ROW + "WHERE id = ?", (delivery_id,)).fetchone()
    if row is None:
        return None
    waits = awaits(row["state"], row["first_state"], ever_sent=bool(row["ever_sent"]))
    if not may(hand.action, row["state"], row["dead_reason"], awaits=waits):
        return None
    if hand.action == "redo" and not _change_key(connection, row, hand.key):
        return None
    if hand.action == "replay" and hand.body is not None and _may_be_known(row):
        return None
    if hand.body is not None and hand.action in ("replay", "redo"):
        connection.execute("UPDATE delivery_bodies SET body = ? WHERE seq = ?", (hand.body, row["seq"]))
        size = row["head_bytes"] + len(hand.body)
        connection.execute("UPDATE deliveries SET bytes = ? WHERE seq = ?", (size, row["seq"]))
    state = _move(connection, row, hand, now, retention)
    append_rows(connection, [hand_entry(delivery_id, hand, row["state"], state, row["key"], now)], now)
    return find_delivery(connection, delivery_id)


def audit_of(connection: sqlite3.Connection, delivery_id: str) -> list[str]:
    """See Deliveries.audit."""
    return [hand_line(row) for row in rows_of(connection, 0, target_of(delivery_id), "", ROWS_MAX)]


def _move(
    connection: sqlite3.Connection, row: sqlite3.Row, hand: HandMade, now: StoreTime, retention: DeliveryRetention
) -> DeliveryState:
    key = order_key_of(row)
    state: DeliveryState
    if hand.action in ("replay", "redo", "approve"):
        state = "unknown" if hand.action == "replay" and _may_be_known(row) else "queued"
        held = key is not None and is_held(connection, key, row["seq"])
        ever_sent = row["ever_sent"] if hand.action == "replay" else 0  # under a new key nothing was
        at = max(now.least, hand.not_before)
        connection.execute(_AGAIN, (state, held, at, now.wall, row["seq"], ever_sent, now.least))
        if hand.action == "approve":
            connection.execute("UPDATE deliveries SET deadline = ? WHERE seq = ?", (at + hand.within_s, row["seq"]))
    elif hand.action == "refuse":
        state = "dead"
        until = retention.dead_until(row["keep_s"], now)
        connection.execute(_REFUSE, (REFUSED, until, now.wall, row["seq"]))
    else:
        state = "done" if hand.action == "confirm" else "cancelled"
        connection.execute(_END, (state, retention.done_until(row["keep_s"], now), now.wall, row["seq"]))
    if key is not None:
        let_next_go(connection, key)
    return state


def _may_be_known(row: sqlite3.Row) -> bool:
    """Whether the vendor may know of it. An app tells a second post by its id."""
    return row["box"] == "outbox" and bool(row["ever_sent"])


def _change_key(connection: sqlite3.Connection, row: sqlite3.Row, key: str) -> bool:
    """Give it another key, and let the one before still lead to it. False where the key is known."""
    if not key:
        raise ValueError("a redo needs a new key")
    scope = (row["box"], row["app"], row["vendor"], row["operation"])
    if find_by_key(connection, (*scope, key)) is not None:
        return False
    connection.execute("INSERT INTO delivery_former_keys VALUES (?, ?, ?, ?, ?, ?)", (*scope, row["key"], row["seq"]))
    connection.execute("UPDATE deliveries SET key = ? WHERE seq = ?", (key, row["seq"]))
    return True
