"""What ends by itself: leases of workers that are gone, and what was never sent and is past its deadline.

One proxy at a time looks after a box, a bounded number of deliveries at once. What is ended here takes the next lease
token, as if it had been leased for that: so each end of a delivery has a token of its own.
"""

from tidegate.proxy.policies.delivery.delivery import LEASES_LOST_MAX, Box
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import UNAPPROVED, DeliveryRetention
from tidegate.proxy.store.postgres.delivery.delivery_order import let_next_go, order_key_of
from tidegate.proxy.store.postgres.delivery.delivery_rows import Row, row_of, rows_of
from tidegate.proxy.store.postgres.postgres_connections import Connection

OVERDUE_MAX = 200
"""At most so many of each kind are put right in one claim."""
RIPEN_MAX = 500
"""At most so many whose time has come are looked at in one claim."""

_TRY_LOCK = """
SELECT pg_try_advisory_xact_lock(hashtextextended(concat_ws(chr(1), current_schema(), %s::text), 1)) AS ours"""
_LEASES = """
UPDATE deliveries d SET
    state = l.becomes, resting = l.becomes, dead_reason = CASE WHEN l.poison THEN 'poison' ELSE '' END,
    detail = CASE WHEN l.poison THEN 'its worker died each time it was tried' ELSE d.detail END,
    keep_until = CASE WHEN l.poison THEN %(age)s + greatest(d.keep_s, %(dead_s)s) ELSE 0 END,
    attempts = d.attempts + l.tried, leases_lost = d.leases_lost + l.tried, lease_until = 0, ripe = true,
    lease_token = d.lease_token + l.poison::int,
    updated_wall = %(wall)s
FROM (
    SELECT seq, poison, (o.state = 'sending')::int AS tried, CASE WHEN poison THEN 'dead'
        WHEN o.state = 'leased' THEN resting WHEN box = 'outbox' THEN 'unknown' ELSE 'waiting' END AS becomes
    FROM (SELECT *, state = 'sending' AND leases_lost + 1 >= %(most)s AS poison FROM deliveries
        WHERE box = %(box)s AND leased AND lease_until <= %(age)s
        ORDER BY lease_until LIMIT %(limit)s FOR UPDATE SKIP LOCKED) o
) l
WHERE d.seq = l.seq
RETURNING d.box, d.app, d.vendor, d.order_key"""
_EXPIRE = """
UPDATE deliveries SET state = 'dead', resting = 'dead', dead_reason = 'expired', blocked = false,
    updated_wall = %(wall)s, keep_until = %(age)s + greatest(keep_s, %(dead_s)s),
    lease_token = lease_token + 1, detail = 'its deadline passed before it could be sent'
WHERE seq IN (SELECT seq FROM deliveries WHERE box = %(box)s AND unsent AND deadline <= %(age)s
    ORDER BY deadline LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING box, app, vendor, order_key"""
_UNAPPROVED = """
UPDATE deliveries SET state = 'dead', resting = 'dead', dead_reason = 'refused', blocked = false,
    updated_wall = %(wall)s, keep_until = %(age)s + greatest(keep_s, %(dead_s)s),
    lease_token = lease_token + 1, detail = %(unapproved)s
WHERE seq IN (SELECT seq FROM deliveries WHERE box = %(box)s AND state = 'parked' AND first_state = 'parked'
    AND NOT ever_sent AND deadline <= %(age)s ORDER BY deadline LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING box, app, vendor, order_key"""
_RIPEN = """
UPDATE deliveries SET ripe = true WHERE seq IN
    (SELECT seq FROM deliveries WHERE box = %(box)s AND due AND NOT ripe AND not_before <= %(age)s
    ORDER BY not_before LIMIT %(ripen)s FOR UPDATE SKIP LOCKED)"""


async def put_right(connection: Connection, box: Box, now: StoreTime, retention: DeliveryRetention) -> None:
    """Take back leases that are over, end what is past its deadline, and note whose time has come."""
    ours = await row_of(connection, _TRY_LOCK, (box,))
    if ours is None or not ours["ours"]:
        return  # another proxy is at it
    values = {
        "box": box, "age": now.least, "wall": now.wall, "limit": OVERDUE_MAX, "dead_s": retention.dead_s,
        "most": LEASES_LOST_MAX, "ripen": RIPEN_MAX, "unapproved": UNAPPROVED,
    }  # fmt: skip
    changed: list[Row] = []
    for query in (_LEASES, _EXPIRE, _UNAPPROVED):
        changed += await rows_of(connection, query, values)
    for key in sorted({key for row in changed if (key := order_key_of(row)) is not None}):
        await let_next_go(connection, key)
    await connection.execute(_RIPEN, values)
