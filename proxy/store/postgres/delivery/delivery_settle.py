"""A leased delivery is tried, kept longer, and settled. Whoever has lost the lease changes nothing.

`again` means that the same may have been done before, and its answer was lost with the connection.
"""

from collections.abc import Sequence

from tidegate.proxy.policies.delivery.delivery import FOLLOWS, Delivery, Settlement
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import DeliveryRetention
from tidegate.proxy.store.postgres.delivery.delivery_order import let_next_go, order_key_of
from tidegate.proxy.store.postgres.delivery.delivery_rows import row_of, rows_of
from tidegate.proxy.store.postgres.postgres_connections import Connection

ATTEMPTS_KEPT = 100
"""Of each delivery so many attempts are kept, the last ones."""

_OURS = """
SELECT seq, box, app, vendor, order_key, state, keep_s FROM deliveries
WHERE id = %s AND lease_token = %s AND leased FOR UPDATE"""
_BEGIN = """
WITH ours AS (
    UPDATE deliveries SET state = 'sending', resting = 'sending', ever_sent = true, updated_wall = %(wall)s
    WHERE id = %(id)s AND lease_token = %(token)s AND state = 'leased' AND lease_until > %(age)s RETURNING seq
), old AS (
    DELETE FROM delivery_attempts t USING ours o WHERE t.seq = o.seq AND t.n <=
        (SELECT max(n) FROM delivery_attempts m WHERE m.seq = o.seq) + 1 - %(kept)s
)
INSERT INTO delivery_attempts (seq, n, lease_token, began_wall, call_id)
SELECT seq, 1 + coalesce((SELECT max(n) FROM delivery_attempts m WHERE m.seq = ours.seq), 0), %(token)s, %(wall)s,
    %(call_id)s
FROM ours RETURNING n"""
_BEGUN = """
SELECT n FROM delivery_attempts WHERE seq = (SELECT seq FROM deliveries WHERE id = %s) AND lease_token = %s
    AND call_id = %s AND ended_wall = 0"""
_END = """
UPDATE delivery_attempts SET ended_wall = %s, outcome = %s, status = %s, problem = %s, late = %s
WHERE seq = (SELECT seq FROM deliveries WHERE id = %s) AND lease_token = %s AND ended_wall = 0"""
_SETTLE = """
UPDATE deliveries SET state = %(state)s, resting = %(state)s, attempts = attempts + %(counts)s::int,
    not_before = %(not_before)s, ripe = %(not_before)s <= %(age)s, updated_wall = %(wall)s, lease_until = 0,
    settled_token = lease_token, dead_reason = %(dead_reason)s, detail = %(detail)s, status = %(status)s,
    reference = CASE %(reference)s WHEN '' THEN reference ELSE %(reference)s END, keep_until = %(keep_until)s
WHERE seq = %(seq)s"""
_ANSWER = """
INSERT INTO delivery_answers VALUES (%s, %s, %s)
ON CONFLICT (seq) DO UPDATE SET answer_headers = excluded.answer_headers, answer_body = excluded.answer_body"""
_SETTLED = "SELECT 1 AS yes FROM deliveries WHERE id = %s AND settled_token = %s"
_EXTEND = """
UPDATE deliveries d SET lease_until = %s, boot = %s FROM unnest(%s::text[], %s::bigint[]) AS held (id, token)
WHERE d.id = held.id AND d.lease_token = held.token AND d.leased RETURNING d.id"""


async def begin_attempt(
    connection: Connection, delivery: Delivery, call_id: str, now: StoreTime, *, again: bool
) -> int | None:
    """See Deliveries.begin_attempt. A lease that is over is lost, even where nobody has taken it back yet."""
    token = delivery.lease_token
    values: dict[str, object] = {
        "id": delivery.new.id, "token": token, "age": now.least, "wall": now.wall, "call_id": call_id,
        "kept": ATTEMPTS_KEPT,
    }  # fmt: skip
    row = await row_of(connection, _BEGIN, values)
    if row is None and again:
        row = await row_of(connection, _BEGUN, (delivery.new.id, token, call_id))
    return None if row is None else int(row["n"])


async def settle(
    connection: Connection,
    delivery: Delivery,
    settlement: Settlement,
    now: StoreTime,
    retention: DeliveryRetention,
    *,
    again: bool,
) -> bool:
    """See Deliveries.settle. Raises ValueError where that state cannot follow. Within a transaction."""
    held = (delivery.new.id, delivery.lease_token)
    row = await row_of(connection, _OURS, held)
    if row is None and again and await row_of(connection, _SETTLED, held) is not None:
        return True
    end = (now.wall, settlement.outcome, settlement.status, settlement.problem, row is None)
    await connection.execute(_END, (*end, *held))
    if row is None:
        return False
    if settlement.state not in FOLLOWS[row["state"]]:
        raise ValueError(f"a delivery that is {row['state']} does not become {settlement.state}")
    names = ("state", "counts", "not_before", "dead_reason", "detail", "status", "reference")
    values: dict[str, object] = {name: getattr(settlement, name) for name in names}
    values |= {
        "age": now.least, "wall": now.wall, "seq": row["seq"],
        "keep_until": _keep_until(settlement, row["keep_s"], now, retention),
    }  # fmt: skip
    await connection.execute(_SETTLE, values)
    if settlement.answer_headers or settlement.answer_body:
        await connection.execute(_ANSWER, (row["seq"], settlement.answer_headers, settlement.answer_body))
    key = order_key_of(row)
    if key is not None:
        await let_next_go(connection, key)
    return True


async def extend(
    connection: Connection, deliveries: Sequence[Delivery], now: StoreTime, lease_s: float, boot: int
) -> set[str]:
    """See Deliveries.extend. They are of this boot then: a proxy that was paused has another than it leased by."""
    held = ([one.new.id for one in deliveries], [one.lease_token for one in deliveries])
    return {row["id"] for row in await rows_of(connection, _EXTEND, (now.least + lease_s, boot, *held))}


def _keep_until(settlement: Settlement, keep_s: float, now: StoreTime, retention: DeliveryRetention) -> float:
    if settlement.state == "dead":
        return retention.dead_until(keep_s, now)
    return retention.done_until(keep_s, now) if settlement.state == "done" else 0.0
