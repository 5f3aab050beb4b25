"""What a person does to a delivery, and the line about it that stays. See the room of the same name for SQLite."""

from tidegate.proxy.policies.delivery.delivery import Delivery, DeliveryState, awaits, may
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.audit.audit_log import ROWS_MAX
from tidegate.proxy.store.audit.hand_entry import hand_entry, hand_line, target_of
from tidegate.proxy.store.deliveries import REFUSED, DeliveryRetention, HandMade
from tidegate.proxy.store.postgres.delivery.delivery_order import (
    hold_back,
    is_held,
    let_next_go,
    lock_order,
    order_key_of,
)
from tidegate.proxy.store.postgres.delivery.delivery_rows import Row, find_by_key, find_delivery, row_of
from tidegate.proxy.store.postgres.postgres_audit import append_rows, is_appended
from tidegate.proxy.store.postgres.postgres_audit import rows_of as audit_rows
from tidegate.proxy.store.postgres.postgres_connections import Connection

_AGAIN = """
UPDATE deliveries SET state = %(state)s, resting = %(state)s, blocked = %(held)s, ripe = %(from)s <= %(age)s,
    not_before = %(from)s, attempts = 0, leases_lost = 0, ever_sent = %(ever_sent)s,
    deadline = %(from)s + (deadline - accepted), accepted = %(from)s,
    dead_reason = '', detail = '', keep_until = 0, updated_wall = %(wall)s
WHERE seq = %(seq)s RETURNING holds"""
_END = """
UPDATE deliveries SET state = %(state)s, blocked = false, dead_reason = '', keep_until = %(keep_until)s,
    updated_wall = %(wall)s, resting = CASE WHEN %(state)s::text = 'cancelled' AND box = 'outbox' AND ever_sent
        AND (state = 'parked' OR resting = 'unknown' OR dead_reason = 'poison'
            OR (dead_reason = 'rejected' AND status >= 500))
        THEN 'unknown' ELSE %(state)s::text END
WHERE seq = %(seq)s"""
"""What was perhaps carried out when it was given up rests as `unknown`: see Delivery.resting."""
_REFUSE = """
UPDATE deliveries SET state = 'dead', resting = 'dead', blocked = false, dead_reason = 'refused', detail = %(detail)s,
    lease_token = lease_token + 1, keep_until = %(keep_until)s, updated_wall = %(wall)s
WHERE seq = %(seq)s"""
_BODY = """
WITH edited AS (UPDATE delivery_bodies SET body = %(body)s WHERE seq = %(seq)s RETURNING length(headers) AS head)
UPDATE deliveries SET bytes = edited.head + %(size)s FROM edited WHERE seq = %(seq)s"""


async def act(
    connection: Connection, delivery_id: str, hand: HandMade, now: StoreTime, retention: DeliveryRetention, mark: str
) -> Delivery | None:
    """See Deliveries.act. `mark` is this act's own, by which it is known where its answer was lost."""
    row = await row_of(connection, "SELECT * FROM deliveries WHERE id = %s FOR UPDATE", (delivery_id,))
    if row is None:
        return None
    if await is_appended(connection, mark):
        return await find_delivery(connection, delivery_id)
    waits = awaits(row["state"], row["first_state"], ever_sent=row["ever_sent"])
    if not may(hand.action, row["state"], row["dead_reason"], awaits=waits):
        return None
    if hand.action == "redo" and not await _change_key(connection, row, hand.key):
        return None
    if hand.action == "replay" and hand.body is not None and _may_be_known(row):
        return None
    if hand.body is not None and hand.action in ("replay", "redo"):
        await connection.execute(_BODY, {"body": hand.body, "size": len(hand.body), "seq": row["seq"]})
    state = await _move(connection, row, hand, now, retention)
    done = await find_delivery(connection, delivery_id)
    entry = hand_entry(delivery_id, hand, row["state"], state, row["key"], now)
    await append_rows(connection, [entry], now, mark)
    return done


async def audit_of(connection: Connection, delivery_id: str) -> list[str]:
    """See Deliveries.audit."""
    return [hand_line(row) for row in await audit_rows(connection, 0, target_of(delivery_id), "", ROWS_MAX)]


async def _move(
    connection: Connection, row: Row, hand: HandMade, now: StoreTime, retention: DeliveryRetention
) -> DeliveryState:
    key = order_key_of(row)
    if key is not None:
        await lock_order(connection, key)
    values: dict[str, object] = {"age": now.least, "wall": now.wall, "seq": row["seq"]}
    state: DeliveryState
    if hand.action in ("replay", "redo", "approve"):
        state = "unknown" if hand.action == "replay" and _may_be_known(row) else "queued"
        held = key is not None and await is_held(connection, key, row["seq"])
        ever_sent = row["ever_sent"] and hand.action == "replay"  # under a new key nothing was
        values |= {"state": state, "held": held, "ever_sent": ever_sent, "from": max(now.least, hand.not_before)}
        moved = await row_of(connection, _AGAIN, values)
        if hand.action == "approve":
            values["deadline"] = max(now.least, hand.not_before) + hand.within_s
            await connection.execute("UPDATE deliveries SET deadline = %(deadline)s WHERE seq = %(seq)s", values)
        if key is not None and moved is not None and moved["holds"]:
            await hold_back(connection, key, row["seq"])
    elif hand.action == "refuse":
        state = "dead"
        values |= {"keep_until": retention.dead_until(row["keep_s"], now), "detail": REFUSED}
        await connection.execute(_REFUSE, values)
    else:
        state = "done" if hand.action == "confirm" else "cancelled"
        values |= {"state": state, "keep_until": retention.done_until(row["keep_s"], now)}
        await connection.execute(_END, values)
    if key is not None:
        await let_next_go(connection, key)
    return state


def _may_be_known(row: Row) -> bool:
    """Whether the vendor may know of it. An app tells a second post by its id."""
    return row["box"] == "outbox" and bool(row["ever_sent"])


async def _change_key(connection: Connection, row: Row, key: str) -> bool:
    """Give it another key, and let the one before still lead to it. False where the key is known."""
    if not key:
        raise ValueError("a redo needs a new key")
    scope = (row["box"], row["app"], row["vendor"], row["operation"])
    if await find_by_key(connection, (*scope, key)) is not None:
        return False
    await connection.execute(
        "INSERT INTO delivery_former_keys VALUES (%s, %s, %s, %s, %s, %s)", (*scope, row["key"], row["seq"])
    )
    await connection.execute("UPDATE deliveries SET key = %s WHERE seq = %s", (key, row["seq"]))
    return True
