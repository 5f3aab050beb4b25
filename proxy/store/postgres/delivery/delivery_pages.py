"""What there is: pages of deliveries without their bodies, counts of each kind, and when something may be due.

A page walks the newest of each kind that its filter allows, so that no row is read that the kind alone rules out. What
else the filter says is looked at row by row, so many at most; then the page may have less than it could, and a `next`.
"""

from tidegate.proxy.policies.delivery.delivery import Box
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import PAGE_MAX, DeliveryFilter, DeliveryPage, Depth, NoSuchPage
from tidegate.proxy.store.postgres.delivery.delivery_rows import PLAIN, Row, row_of, rows_of
from tidegate.proxy.store.postgres.postgres_connections import Connection
from tidegate.proxy.store.records import SWEEP_ROWS_MAX
from tidegate.proxy.store.stored_delivery import delivery_of

LOOKED_AT_MAX = 10_000
"""At most so many rows are looked at for one page."""
_SLICE = 500
"""So many are read at once, after the first ones: of those as many as the page has, which is enough where all fit."""

_KINDS = """
WITH RECURSIVE kinds AS (
    (SELECT box, app, vendor, state, dead_reason FROM deliveries
    ORDER BY box, app, vendor, state, dead_reason LIMIT 1)
    UNION ALL
    SELECT n.* FROM kinds k, LATERAL (
        SELECT box, app, vendor, state, dead_reason FROM deliveries
        WHERE (box, app, vendor, state, dead_reason) > (k.box, k.app, k.vendor, k.state, k.dead_reason)
        ORDER BY box, app, vendor, state, dead_reason LIMIT 1) n
)
"""
_ALLOWED = """
WHERE (%(box)s::text IS NULL OR k.box = %(box)s) AND (%(app)s = '' OR k.app = %(app)s)
    AND (%(vendor)s = '' OR k.vendor = %(vendor)s) AND (%(states)s::text[] = '{}' OR k.state = ANY(%(states)s))
    AND (%(dead_reason)s::text IS NULL OR k.dead_reason = %(dead_reason)s)"""
_NEWEST = f"""
{_KINDS} SELECT s.seq FROM kinds k, LATERAL (
    SELECT seq FROM deliveries d WHERE d.box = k.box AND d.app = k.app AND d.vendor = k.vendor AND d.state = k.state
    AND d.dead_reason = k.dead_reason AND d.seq < %(before)s ORDER BY seq DESC LIMIT %(slice)s) s
{_ALLOWED} ORDER BY s.seq DESC LIMIT %(slice)s"""
_ROWS = f"""{PLAIN}
WHERE d.seq = ANY(%(seqs)s) AND (%(operation)s = '' OR d.operation = %(operation)s)
    AND (%(order_key)s = '' OR d.order_key = %(order_key)s) AND d.accepted_wall >= %(since)s
    AND d.accepted_wall < %(until)s
    AND (%(text)s = '' OR position(%(text)s IN d.id) > 0 OR position(%(text)s IN d.key) > 0
        OR position(%(text)s IN d.order_key) > 0 OR position(%(text)s IN d.detail) > 0)
ORDER BY d.seq DESC"""
_DEPTHS = """
SELECT box, app, vendor, state, dead_reason, count(*) AS rows, sum(bytes)::bigint AS bytes,
    min(accepted_wall) AS oldest_wall
FROM deliveries GROUP BY box, app, vendor, state, dead_reason"""
_NEXT = """
SELECT (SELECT seq FROM deliveries WHERE box = %(box)s AND due AND ripe ORDER BY rank, app, vendor, seq LIMIT 1)
    IS NOT NULL AS ripe, least(
    (SELECT min(not_before) FROM deliveries WHERE box = %(box)s AND due AND NOT ripe),
    (SELECT min(lease_until) FROM deliveries WHERE box = %(box)s AND leased),
    (SELECT min(deadline) FROM deliveries WHERE box = %(box)s AND unsent)) AS moment"""
_SWEEP = """
DELETE FROM deliveries WHERE seq IN (SELECT seq FROM deliveries WHERE NOT live AND keep_until <= %s
    ORDER BY keep_until LIMIT %s FOR UPDATE SKIP LOCKED)"""


async def page(connection: Connection, wanted: DeliveryFilter, after: str, limit: int) -> DeliveryPage:
    """See Deliveries.page. Raises NoSuchPage where `after` was no page's `next`."""
    if after and not (after.isascii() and after.isdecimal() and len(after) <= 18):
        raise NoSuchPage(f"there is no page after {after[:40]!r}")
    limit = max(1, min(limit, PAGE_MAX))
    looked_at, size = 0, limit + 1
    values = {
        "box": wanted.box, "app": wanted.app, "vendor": wanted.vendor, "states": list(wanted.states),
        "dead_reason": wanted.dead_reason, "operation": wanted.operation, "order_key": wanted.order_key,
        "text": wanted.text, "since": wanted.since_wall, "until": wanted.until_wall, "slice": size,
        "before": int(after) if after else 2**62,
    }  # fmt: skip
    rows: list[Row] = []
    while looked_at < LOOKED_AT_MAX:
        seqs = [row["seq"] for row in await rows_of(connection, _NEWEST, values)]
        rows += await rows_of(connection, _ROWS, values | {"seqs": seqs})
        if len(rows) > limit:
            return DeliveryPage([delivery_of(row) for row in rows[:limit]], str(rows[limit - 1]["seq"]))
        looked_at += len(seqs)
        if len(seqs) < size:
            return DeliveryPage([delivery_of(row) for row in rows], "")
        size = min(_SLICE, LOOKED_AT_MAX - looked_at)
        values |= {"before": seqs[-1], "slice": size}
    return DeliveryPage([delivery_of(row) for row in rows], str(values["before"]))


async def depths(connection: Connection) -> list[Depth]:
    """See Deliveries.depths."""
    return [Depth(**row) for row in await rows_of(connection, _DEPTHS)]


async def next_due(connection: Connection, box: Box, now: StoreTime) -> float | None:
    """See Deliveries.next_due."""
    row = await row_of(connection, _NEXT, {"box": box})
    assert row is not None
    if row["ripe"]:
        return 0.0
    moment = row["moment"]
    return None if moment is None or moment == float("inf") else max(0.0, moment - now.least)


async def sweep(connection: Connection, now: StoreTime) -> int:
    """See Deliveries.sweep: at most SWEEP_ROWS_MAX rows."""
    return (await connection.execute(_SWEEP, (now.least, SWEEP_ROWS_MAX))).rowcount
