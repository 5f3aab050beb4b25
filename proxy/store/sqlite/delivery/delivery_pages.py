"""What there is: pages of deliveries without their bodies, counts of each kind, and when something may be due.

A page walks the newest of each kind that its filter allows, so that no row is read that the kind alone rules out. What
else the filter says is looked at row by row, so many at most; then the page may have less than it could, and a `next`.
"""

import heapq
import json
import sqlite3
from collections.abc import Iterator
from itertools import islice

from tidegate.proxy.policies.delivery.delivery import Box
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import PAGE_MAX, DeliveryFilter, DeliveryPage, Depth, NoSuchPage
from tidegate.proxy.store.sqlite.delivery.delivery_rows import PLAIN
from tidegate.proxy.store.stored_delivery import delivery_of

LOOKED_AT_MAX = 10_000
"""At most so many rows are looked at for one page."""
_SLICE = 500
"""So many are read at once, after the first ones: of those as many as the page has, which is enough where all fit."""

_KINDS = "SELECT box, app, vendor, state, dead_reason FROM delivery_counts WHERE rows > 0"
_NEWEST = "SELECT seq FROM deliveries WHERE seq < ? ORDER BY seq DESC LIMIT ?"
_NEWEST_OF_KIND = """
SELECT seq FROM deliveries WHERE box = ? AND app = ? AND vendor = ? AND state = ? AND dead_reason = ? AND seq < ?
ORDER BY seq DESC LIMIT ?"""
_ROWS = (
    PLAIN
    + """
WHERE d.seq IN (SELECT value FROM json_each(:seqs)) AND (:operation = '' OR d.operation = :operation)
    AND (:order_key = '' OR d.order_key = :order_key) AND d.accepted_wall >= :since AND d.accepted_wall < :until
    AND (:text = '' OR instr(d.id, :text) OR instr(d.key, :text) OR instr(d.order_key, :text)
        OR instr(d.detail, :text))
ORDER BY d.seq DESC"""
)
_DEPTHS = """
SELECT c.*, (SELECT accepted_wall FROM deliveries d WHERE d.box = c.box AND d.app = c.app AND d.vendor = c.vendor
    AND d.state = c.state AND d.dead_reason = c.dead_reason ORDER BY seq LIMIT 1) AS oldest_wall
FROM delivery_counts c WHERE c.rows > 0"""
_RIPE = "SELECT 1 FROM deliveries WHERE box = ? AND due AND ripe = 1 LIMIT 1"
_NEXT = (
    "SELECT min(not_before) FROM deliveries WHERE box = ? AND due AND ripe = 0",
    "SELECT min(lease_until) FROM deliveries WHERE box = ? AND leased",
    "SELECT min(deadline) FROM deliveries WHERE box = ? AND unsent",
)


def page(connection: sqlite3.Connection, wanted: DeliveryFilter, after: str, limit: int) -> DeliveryPage:
    """See Deliveries.page. Raises NoSuchPage where `after` was no page's `next`."""
    if after and not (after.isascii() and after.isdecimal() and len(after) <= 18):
        raise NoSuchPage(f"there is no page after {after[:40]!r}")
    limit = max(1, min(limit, PAGE_MAX))
    newest = _newest(connection, wanted, int(after) if after else 2**62)
    rows: list[sqlite3.Row] = []
    seqs: list[int] = []
    looked_at, size = 0, limit + 1
    while looked_at < LOOKED_AT_MAX:
        seqs = list(islice(newest, size))
        looked_at += len(seqs)
        rows += _matching(connection, wanted, seqs)
        if len(rows) > limit:
            return DeliveryPage([delivery_of(row) for row in rows[:limit]], str(rows[limit - 1]["seq"]))
        if len(seqs) < size:
            return DeliveryPage([delivery_of(row) for row in rows], "")
        size = min(_SLICE, LOOKED_AT_MAX - looked_at)
    return DeliveryPage([delivery_of(row) for row in rows], str(seqs[-1]))


def _newest(connection: sqlite3.Connection, wanted: DeliveryFilter, before: int) -> Iterator[int]:
    """The rows of every kind that is wanted, the newest first."""
    kinds = [tuple(row) for row in connection.execute(_KINDS)]
    allowed = [
        kind
        for kind in kinds
        if wanted.box in (None, kind[0])
        and wanted.app in ("", kind[1])
        and wanted.vendor in ("", kind[2])
        and (not wanted.states or kind[3] in wanted.states)
        and wanted.dead_reason in (None, kind[4])
    ]
    if len(allowed) == len(kinds):
        return (row[0] for row in connection.execute(_NEWEST, (before, LOOKED_AT_MAX)))
    streams = (connection.execute(_NEWEST_OF_KIND, (*kind, before, LOOKED_AT_MAX)) for kind in allowed)
    return heapq.merge(*((row[0] for row in stream) for stream in streams), reverse=True)


def _matching(connection: sqlite3.Connection, wanted: DeliveryFilter, seqs: list[int]) -> list[sqlite3.Row]:
    values = {
        "seqs": json.dumps(seqs), "operation": wanted.operation, "order_key": wanted.order_key, "text": wanted.text,
        "since": wanted.since_wall, "until": wanted.until_wall,
    }  # fmt: skip
    return connection.execute(_ROWS, values).fetchall()


def depths(connection: sqlite3.Connection) -> list[Depth]:
    """See Deliveries.depths."""
    return [
        Depth(
            row["box"], row["app"], row["vendor"], row["state"], row["dead_reason"], row["rows"], row["bytes"],
            row["oldest_wall"],
        )
        for row in connection.execute(_DEPTHS)
    ]  # fmt: skip


def next_due(connection: sqlite3.Connection, box: Box, now: StoreTime) -> float | None:
    """See Deliveries.next_due."""
    if connection.execute(_RIPE, (box,)).fetchone() is not None:
        return 0.0
    moments = [connection.execute(sql, (box,)).fetchone()[0] for sql in _NEXT]
    waits = [moment - now.least for moment in moments if moment is not None and moment != float("inf")]
    return max(0.0, min(waits)) if waits else None
