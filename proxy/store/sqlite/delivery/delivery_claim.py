"""Deliveries are leased: what nobody can go on with is put right first, then those that are due are chosen fairly.

One with a greater priority goes first. Of one priority the apps take turns, so that one with very many does not keep
the others waiting, and each app's go in the order in which they were accepted.
"""

import heapq
import json
import sqlite3
from collections import deque
from collections.abc import Collection, Iterator
from typing import NamedTuple

from tidegate.proxy.policies.delivery.delivery import Box, Delivery
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.sqlite.delivery.delivery_rows import FULL
from tidegate.proxy.store.stored_delivery import delivery_of

RIPEN_MAX = 500
"""At most so many whose time has come are looked at in one claim."""

_RIPEN = """
UPDATE deliveries SET ripe = 1 WHERE seq IN
    (SELECT seq FROM deliveries WHERE box = ? AND due AND ripe = 0 AND not_before <= ? ORDER BY not_before LIMIT ?)"""
_NEXT_GROUPS = tuple(
    f"SELECT rank, app, vendor FROM deliveries WHERE box = ? AND due AND ripe = 1 AND {after} "
    "ORDER BY rank, app, vendor LIMIT 1"
    for after in ("rank = ? AND app = ? AND vendor > ?", "rank = ? AND app > ?", "rank > ?")
)
"""The group after one, by its vendor, its app, its rank. One comparison of all three would step over each of its rows:
SQLite begins such a range with the rows that are equal."""
_OF_GROUP = """
SELECT seq, order_key <> '' AND EXISTS (
    SELECT 1 FROM deliveries e WHERE e.box = d.box AND e.app = d.app AND e.vendor = d.vendor
    AND e.order_key = d.order_key AND e.holds AND e.seq < d.seq)
FROM deliveries d WHERE box = ? AND due AND ripe = 1 AND rank = ? AND app = ? AND vendor = ? ORDER BY seq"""
_LEASE = """
UPDATE deliveries SET resting = state, state = 'leased', lease_token = lease_token + 1, lease_until = ?, boot = ?,
    updated_wall = ?
WHERE seq IN (SELECT value FROM json_each(?))"""


class Group(NamedTuple):
    """Those of one priority, app and vendor. `rank` is the priority with its sign turned."""

    rank: int
    app: str
    vendor: str


class SqliteClaim(NamedTuple):
    """What a worker asks for. See Deliveries.claim; `boot` is the life of the proxy."""

    box: Box
    now: StoreTime
    lease_s: float
    limit: int
    vendors: Collection[str] | None
    boot: int
    apps: Collection[str] | None = None


def ripen(connection: sqlite3.Connection, box: Box, now: StoreTime) -> None:
    """Note of those whose time has come that it has, so that they stand in the order of the others."""
    connection.execute(_RIPEN, (box, now.least, RIPEN_MAX))


def lease(connection: sqlite3.Connection, claim: SqliteClaim, last_app: str) -> list[Delivery]:
    """Choose what is due and lease it. `last_app` got something last time: the turn begins after it."""
    seqs = _choose(connection, claim, last_app)
    chosen = json.dumps(seqs)
    now = claim.now
    connection.execute(_LEASE, (now.least + claim.lease_s, claim.boot, now.wall, chosen))
    rows = connection.execute(FULL + "WHERE d.seq IN (SELECT value FROM json_each(?))", (chosen,))
    found = {row["seq"]: delivery_of(row) for row in rows}
    return [found[seq] for seq in seqs]


def _choose(connection: sqlite3.Connection, claim: SqliteClaim, last_app: str) -> list[int]:
    chosen: list[int] = []
    behind: list[int] = []
    rank: int | None = None
    of_rank: list[Group] = []
    for group in _groups(connection, claim):
        if group.rank != rank:
            chosen += _in_turn(connection, claim, of_rank, last_app, claim.limit - len(chosen), behind)
            rank, of_rank = group.rank, []
            if len(chosen) >= claim.limit:
                break
        of_rank.append(group)
    chosen += _in_turn(connection, claim, of_rank, last_app, claim.limit - len(chosen), behind)
    if behind:  # one that was accepted earlier is live again
        connection.execute(
            "UPDATE deliveries SET blocked = 1 WHERE seq IN (SELECT value FROM json_each(?))", (json.dumps(behind),)
        )
    return chosen


def _groups(connection: sqlite3.Connection, claim: SqliteClaim) -> Iterator[Group]:
    """The groups that have something to lease, in order: one step of the index for each."""
    last = Group(-(2**62), "", "")
    while True:
        row = None
        for count, sql in zip((3, 2, 1), _NEXT_GROUPS, strict=True):
            row = row or connection.execute(sql, (claim.box, *last[:count])).fetchone()
        if row is None:
            return
        last = Group(*row)
        its_turn = claim.apps is None or last.app in claim.apps
        if its_turn and (claim.vendors is None or last.vendor in claim.vendors):
            yield last


def _in_turn(
    connection: sqlite3.Connection,
    claim: SqliteClaim,
    groups: list[Group],
    last_app: str,
    limit: int,
    behind: list[int],
) -> list[int]:
    """Up to `limit` of the groups, the apps by turns. Those that have to wait after all are added to `behind`."""
    by_app: dict[str, list[Iterator[int]]] = {}
    for group in groups if limit > 0 else ():
        by_app.setdefault(group.app, []).append(_of_group(connection, claim, group, behind))
    apps = sorted(by_app)
    apps = [app for app in apps if app > last_app] + [app for app in apps if app <= last_app]
    turns = deque(heapq.merge(*by_app[app]) for app in apps)
    chosen: list[int] = []
    while turns and len(chosen) < limit:
        turn = turns.popleft()
        seq = next(turn, None)
        if seq is not None:
            chosen.append(seq)
            turns.append(turn)
    return chosen


def _of_group(connection: sqlite3.Connection, claim: SqliteClaim, group: Group, behind: list[int]) -> Iterator[int]:
    for seq, held in connection.execute(_OF_GROUP, (claim.box, *group)):
        if held:
            behind.append(seq)
        else:
            yield seq
