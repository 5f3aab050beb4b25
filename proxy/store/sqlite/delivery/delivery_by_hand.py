"""What a person does to a delivery, and the line about it that stays."""

import json
import sqlite3

from tidegate.proxy.policies.delivery.delivery import MAY, Delivery, DeliveryState
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import DeliveryRetention, HandMade
from tidegate.proxy.store.sqlite.delivery.delivery_order import is_held, let_next_go, order_key_of
from tidegate.proxy.store.sqlite.delivery.delivery_rows import find_by_key, find_delivery

AUDIT_KEPT_S = 400 * 86_400.0
"""What a person did stays on record so long, though the delivery has gone."""

_ROW = "SELECT *, (SELECT length(headers) FROM delivery_bodies b WHERE b.seq = d.seq) AS head_bytes FROM deliveries d "
_AGAIN = """
UPDATE deliveries SET state = ?1, resting = ?1, blocked = ?2, ripe = ?3 <= ?7, not_before = ?3, attempts = 0,
    leases_lost = 0, ever_sent = ?6, deadline = ?3 + (deadline - accepted), accepted = ?3, dead_reason = '',
    detail = '', keep_until = 0, updated_wall = ?4
WHERE seq = ?5"""
_END = """
UPDATE deliveries SET state = ?1, resting = ?1, blocked = 0, dead_reason = '', keep_until = ?2,
    updated_wall = ?3
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
    if row is None or row["state"] not in MAY[hand.action]:
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
    line = {
        "wall": now.wall, "by": hand.by, "action": hand.action, "note": hand.note, "was": row["state"], "is": state,
        "edited": hand.body is not None,
    }  # fmt: skip
    if hand.action == "redo":
        line |= {"key": hand.key, "former_key": row["key"]}
    connection.execute(
        "INSERT INTO delivery_audit (delivery_id, keep_until, line) VALUES (?, ?, ?)",
        (delivery_id, now.least + AUDIT_KEPT_S, json.dumps(line)),
    )
    return find_delivery(connection, delivery_id)


def audit_of(connection: sqlite3.Connection, delivery_id: str) -> list[str]:
    """See Deliveries.audit."""
    return [
        row[0]
        for row in connection.execute(
            "SELECT line FROM delivery_audit WHERE delivery_id = ? ORDER BY n", (delivery_id,)
        )
    ]


def _move(
    connection: sqlite3.Connection, row: sqlite3.Row, hand: HandMade, now: StoreTime, retention: DeliveryRetention
) -> DeliveryState:
    key = order_key_of(row)
    state: DeliveryState
    if hand.action in ("replay", "redo"):
        state = "unknown" if hand.action == "replay" and _may_be_known(row) else "queued"
        held = key is not None and is_held(connection, key, row["seq"])
        ever_sent = row["ever_sent"] if hand.action == "replay" else 0  # under a new key nothing was
        at = max(now.least, hand.not_before)
        connection.execute(_AGAIN, (state, held, at, now.wall, row["seq"], ever_sent, now.least))
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
