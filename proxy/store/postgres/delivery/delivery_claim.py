"""Deliveries are leased by several proxies at once: each passes over what another is leasing (SKIP LOCKED).

One with a greater priority goes first. Of one priority the apps take turns, and each app's go in the order in which
they were accepted. See tidegate.proxy.store.sqlite.delivery.delivery_claim.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from tidegate.proxy.policies.delivery.delivery import Box, Delivery
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.postgres.delivery.delivery_rows import FULL, Row, rows_of
from tidegate.proxy.store.postgres.postgres_connections import Connection
from tidegate.proxy.store.stored_delivery import delivery_of

_CANDIDATES = """
WITH RECURSIVE groups AS (
    (SELECT rank, app, vendor FROM deliveries WHERE box = %(box)s AND due AND ripe ORDER BY rank, app, vendor LIMIT 1)
    UNION ALL
    SELECT n.rank, n.app, n.vendor FROM groups g, LATERAL (
        SELECT rank, app, vendor FROM deliveries WHERE box = %(box)s AND due AND ripe
        AND (rank, app, vendor) > (g.rank, g.app, g.vendor) ORDER BY rank, app, vendor LIMIT 1) n
)
SELECT g.rank, g.app, c.seq FROM groups g, LATERAL (
    SELECT d.seq FROM deliveries d WHERE d.box = %(box)s AND d.due AND d.ripe AND d.rank = g.rank AND d.app = g.app
    AND d.vendor = g.vendor AND (d.order_key = '' OR NOT EXISTS (
        SELECT FROM deliveries e WHERE e.box = d.box AND e.app = d.app AND e.vendor = d.vendor
        AND e.order_key = d.order_key AND e.holds AND e.seq < d.seq))
    ORDER BY d.seq LIMIT %(limit)s FOR UPDATE SKIP LOCKED) c
WHERE (%(vendors)s::text[] IS NULL OR g.vendor = ANY(%(vendors)s))
    AND (%(apps)s::text[] IS NULL OR g.app = ANY(%(apps)s))"""
_LEASE = """
UPDATE deliveries SET resting = state, state = 'leased', lease_token = lease_token + 1, lease_until = %s, boot = %s,
    claim = %s, updated_wall = %s
WHERE seq = ANY(%s)"""


class PostgresClaim(NamedTuple):
    """What a worker asks for. See Deliveries.claim; `boot` is the life of the proxy, `name` is this claim's own."""

    box: Box
    now: StoreTime
    lease_s: float
    limit: int
    vendors: Sequence[str] | None
    apps: Sequence[str] | None
    boot: int
    name: str


async def leased_before(connection: Connection, claim: PostgresClaim) -> list[Delivery]:
    """What this very claim has leased, where its answer was lost."""
    rows = await rows_of(connection, FULL + "WHERE d.claim = %s AND d.leased ORDER BY d.seq", (claim.name,))
    return [delivery_of(row) for row in rows]


async def lease(connection: Connection, claim: PostgresClaim, last_app: str) -> list[Delivery]:
    """Choose what is due and lease it. `last_app` got something last time: the turn begins after it."""
    values = {"box": claim.box, "limit": claim.limit, "vendors": claim.vendors, "apps": claim.apps}
    seqs = chosen(await rows_of(connection, _CANDIDATES, values), claim.limit, last_app)
    if not seqs:
        return []
    now = claim.now
    await connection.execute(_LEASE, (now.least + claim.lease_s, claim.boot, claim.name, now.wall, seqs))
    found = {row["seq"]: delivery_of(row) for row in await rows_of(connection, FULL + "WHERE d.seq = ANY(%s)", (seqs,))}
    return [found[seq] for seq in seqs]


def chosen(candidates: list[Row], limit: int, last_app: str) -> list[int]:
    """Up to `limit` of the candidates: greater priority first, then the apps by turns."""
    seqs: list[int] = []
    ordered = sorted(candidates, key=lambda row: (row["rank"], row["app"] <= last_app, row["app"], row["seq"]))
    for _, level in groupby(ordered, key=lambda row: row["rank"]):
        by_app = [list(of_app) for _, of_app in groupby(level, key=lambda row: row["app"])]
        turns: deque[Iterator[Row]] = deque(iter(of_app) for of_app in by_app)
        while turns and len(seqs) < limit:
            turn = turns.popleft()
            row = next(turn, None)
            if row is not None:
                seqs.append(row["seq"])
                turns.append(turn)
    return seqs
