"""A leased delivery is tried, kept longer, and settled. Whoever has lost the lease changes nothing."""

import sqlite3
from collections.abc import Sequence

from tidegate.proxy.policies.delivery.delivery import FOLLOWS, Delivery, Settlement
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import DeliveryRetention
from tidegate.proxy.store.sqlite.delivery.delivery_order import let_next_go, order_key_of

ATTEMPTS_KEPT = 100
"""Of each delivery so many attempts are kept, the last ones."""

_OURS = "SELECT * FROM deliveries WHERE id = ? AND lease_token = ? AND leased"
_SEND = "UPDATE deliveries SET state = 'sending', resting = 'sending', ever_sent = 1, updated_wall = ? WHERE seq = ?"
_BEGIN = "INSERT INTO delivery_attempts (seq, n, lease_token, began_wall, call_id, began) VALUES (?, ?, ?, ?, ?, ?)"
_END = """
UPDATE delivery_attempts SET ended_wall = ?, outcome = ?, status = ?, problem = ?, late = ?
WHERE seq = (SELECT seq FROM deliveries WHERE id = ?) AND lease_token = ? AND ended_wall = 0"""
_SETTLE = """
UPDATE deliveries SET state = ?1, resting = ?12, attempts = attempts + ?2, not_before = ?3, ripe = ?3 <= ?4,
    updated_wall = ?5, lease_until = 0, dead_reason = ?6, detail = ?7, status = ?8,
    reference = CASE ?9 WHEN '' THEN reference ELSE ?9 END, keep_until = ?10
WHERE seq = ?11"""
_EXTEND = "UPDATE deliveries SET lease_until = ? WHERE id = ? AND lease_token = ? AND leased"


def begin_attempt(connection: sqlite3.Connection, delivery: Delivery, call_id: str, now: StoreTime) -> int | None:
    """See Deliveries.begin_attempt. A lease that is over is lost, even where nobody has taken it back yet."""
    row = connection.execute(_OURS, (delivery.new.id, delivery.lease_token)).fetchone()
    if row is None or row["state"] != "leased" or row["lease_until"] <= now.least:
        return None
    seq = row["seq"]
    last = connection.execute("SELECT max(n) FROM delivery_attempts WHERE seq = ?", (seq,)).fetchone()[0]
    n = 1 + int(last or 0)
    connection.execute(_SEND, (now.wall, seq))
    connection.execute(_BEGIN, (seq, n, delivery.lease_token, now.wall, call_id, now.least))
    if n > ATTEMPTS_KEPT:
        connection.execute("DELETE FROM delivery_attempts WHERE seq = ? AND n <= ?", (seq, n - ATTEMPTS_KEPT))
    return n


def settle(
    connection: sqlite3.Connection,
    delivery: Delivery,
    settlement: Settlement,
    now: StoreTime,
    retention: DeliveryRetention,
) -> bool:
    """See Deliveries.settle. Raises ValueError where that state cannot follow."""
    row = connection.execute(_OURS, (delivery.new.id, delivery.lease_token)).fetchone()
    end = (now.wall, settlement.outcome, settlement.status, settlement.problem)
    connection.execute(_END, (*end, row is None, delivery.new.id, delivery.lease_token))
    if row is None:
        return False
    if settlement.state not in FOLLOWS[row["state"]]:
        raise ValueError(f"a delivery that is {row['state']} does not become {settlement.state}")
    values = (
        settlement.state, settlement.counts, settlement.not_before, now.least, now.wall, settlement.dead_reason,
        settlement.detail, settlement.status, settlement.reference,
        _keep_until(settlement, row["keep_s"], now, retention), row["seq"],
        settlement.resting,
    )  # fmt: skip
    connection.execute(_SETTLE, values)
    if settlement.answer_headers or settlement.answer_body:
        answer = (row["seq"], settlement.answer_headers, settlement.answer_body)
        connection.execute("INSERT OR REPLACE INTO delivery_answers VALUES (?, ?, ?)", answer)
    key = order_key_of(row)
    if key is not None:
        let_next_go(connection, key)
    return True


def extend(connection: sqlite3.Connection, deliveries: Sequence[Delivery], now: StoreTime, lease_s: float) -> set[str]:
    """See Deliveries.extend."""
    until = now.least + lease_s
    return {
        delivery.new.id
        for delivery in deliveries
        if connection.execute(_EXTEND, (until, delivery.new.id, delivery.lease_token)).rowcount
    }


def _keep_until(settlement: Settlement, keep_s: float, now: StoreTime, retention: DeliveryRetention) -> float:
    if settlement.state == "dead":
        return retention.dead_until(keep_s, now)
    return retention.done_until(keep_s, now) if settlement.state == "done" else 0.0
