"""The points at which a proxy is killed, by name: where each is in the product, or what the vendor does for it."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.acceptance.kills.trigger import Moment, Trigger, When, put
from tidegate.proxy.durable.bulk_carrier import BulkCarrier
from tidegate.proxy.durable.outbox_door import OutboxDoor
from tidegate.proxy.durable.outcome_lookup import OutcomeLookup
from tidegate.proxy.durable.workers import Workers
from tidegate.proxy.store.postgres import postgres_store
from tidegate.proxy.store.postgres.postgres_connections import PostgresConnections
from tidegate.proxy.store.postgres.postgres_deliveries import PostgresDeliveries
from tidegate.proxy.store.postgres.postgres_migrations import migrate as postgres_migrate
from tidegate.proxy.store.postgres.postgres_records import PostgresRecords
from tidegate.proxy.store.sqlite import sqlite_engine, sqlite_store
from tidegate.proxy.store.sqlite.sqlite_deliveries import SqliteDeliveries
from tidegate.proxy.store.sqlite.sqlite_engine import SqliteEngine
from tidegate.proxy.store.sqlite.sqlite_migrations import migrate as sqlite_migrate
from tidegate.proxy.store.sqlite.sqlite_records import SqliteRecords
from tidegate.proxy.wire.pool_connection import Connection

Install = Callable[[Trigger], None]
DELIVERIES = (SqliteDeliveries, PostgresDeliveries)
RECORDS = (SqliteRecords, PostgresRecords)
FAST: Mapping[str, float] = {
    "IDLE_S": 0.5, "BUSY_S": 0.1, "STORE_AGAIN_S": 0.3, "UNKNOWN_AFTER_S": 0.3, "LOOK_EVERY_S": 0.3,
    "BEAT_EVERY_S": 0.5, "DEAD_AFTER_S": 3.0,
}  # fmt: skip
"""Constants of the product, in seconds, so that a round is short. None of them is what keeps a promise."""
SHORT_LEASES: Mapping[str, float] = {"LEASE_MIN_S": 1.5, "LEASE_MARGIN_S": -9.0}


@dataclass(frozen=True)
class Point:
    """Where a proxy dies. `extra` are further intents, as kind and manner; without `install` the town kills it."""

    install: Install | None = None
    town: str = ""
    """The place in the town at which it kills the proxy."""
    extra: tuple[tuple[str, str], ...] = ()
    nth_max: int = 4
    fast: Mapping[str, float] = field(default_factory=lambda: FAST)
    way: str = "load"
    """How it is come to: by load; by `stop` (SIGTERM under load), `replay` (a dead letter by hand), `recovery` (the
    second life dies, too), `migration` (an older store)."""


def _box(argument: Any) -> str:
    return str(argument if isinstance(argument, str) else getattr(argument, "new", argument).box)


def _deliveries(name: str, moment: Moment, box: str) -> Install:
    """A method of both stores, for deliveries of a box."""

    def when(arguments: tuple[Any, ...], result: Any) -> bool:
        return _box(arguments[1]) == box and (name != "claim" or moment != "after" or bool(result))

    return _of(DELIVERIES, name, moment, when)


def _of(owners: tuple[Any, ...], name: str, moment: Moment, when: When | None = None) -> Install:
    def install(trigger: Trigger) -> None:
        for owner in owners:
            trigger.around(owner, name, moment, when)

    return install


def _group_commit(moment: Moment) -> Install:
    """The commit of a group of at least two: in SQLite seen by its trace, in PostgreSQL by transactions and batches."""

    def install(trigger: Trigger) -> None:
        sizes = [0]
        run_group = sqlite_engine.run_group

        def sized(connection: sqlite3.Connection, works: list[Any]) -> list[Any]:
            sizes[0] = len(works)
            return run_group(connection, works)

        def traced(statement: str) -> None:
            if statement == "COMMIT" and sizes[0] > 1 and moment != "after":
                trigger.passes(late=moment == "during")

        def opened(engine: SqliteEngine, path: Path | None) -> sqlite3.Connection:
            connection = real_open(engine, path)
            connection.set_trace_callback(traced)
            return connection

        real_open = SqliteEngine.open
        put(sqlite_engine, "run_group", sized)
        put(SqliteEngine, "open", opened)
        if moment == "after":
            trigger.around(SqliteEngine, "commit", "after", lambda arguments, _: len(arguments[2]) > 1)
        trigger.around(psycopg.AsyncTransaction, "__aexit__", moment)
        trigger.around(PostgresConnections, "_tried", moment)

    return install


def _migration(trigger: Trigger) -> None:
    """Each statement that makes or changes the schema."""
    under_way = [False]

    def traced(statement: str) -> None:
        if under_way[0] and statement.strip():
            trigger.passes()

    def opened(engine: SqliteEngine, path: Path | None) -> sqlite3.Connection:
        connection = real_open(engine, path)
        connection.set_trace_callback(traced)
        return connection

    def migrate(connection: sqlite3.Connection, wall: float) -> None:
        under_way[0] = True
        real_migrate(connection, wall)

    async def migrate_postgres(connection: Any) -> None:
        trigger.around(psycopg.AsyncConnection, "execute", "during")
        await real_migrate_postgres(connection)
        trigger.passes()

    real_open, real_migrate, real_migrate_postgres = SqliteEngine.open, sqlite_migrate, postgres_migrate
    put(SqliteEngine, "open", opened)
    put(sqlite_store, "migrate", migrate)
    put(postgres_store, "migrate", migrate_postgres)


def _three(name: str, make: Callable[[Moment], Install], **more: Any) -> dict[str, Point]:
    moments: tuple[Moment, ...] = ("before", "during", "after")
    return {f"{name}, {moment}": Point(make(moment), **more) for moment in moments}


_HANG, _SLOW = (("payment", "drop"),) * 2, (("sale", "slow"),) * 2
_SLIPS = (("slip", "ok"),) * 4
_ASKED = (("note", "drop"), ("note", "lose"))

POINTS: Mapping[str, Point] = {
    **_three("write accepted", lambda at: _deliveries("accept", at, "outbox"), nth_max=8),
    **_three("group commit", _group_commit, nth_max=6),
    **_three("lease", lambda at: _deliveries("claim", at, "outbox"), nth_max=3),
    **_three("attempt row", lambda at: _deliveries("begin_attempt", at, "outbox"), nth_max=6),
    **_three("key record", lambda at: _of(RECORDS, "begin", at), nth_max=6),
    **_three("bytes leave", lambda at: _of((Connection,), "ask", at), nth_max=8),
    "vendor has it": Point(town="request", nth_max=8),
    "vendor did it": Point(town="effect", extra=_ASKED, nth_max=8),
    **_three("result", lambda at: _of(RECORDS, "finish", at), nth_max=6),
    **_three("settlement", lambda at: _deliveries("settle", at, "outbox"), nth_max=6),
    **_three("lookup", lambda at: _of((OutcomeLookup,), "ask", at), extra=_ASKED, nth_max=2),
    "vendor is asked": Point(town="lookup", extra=_ASKED, nth_max=2),
    **_three("joined request", lambda at: _of((BulkCarrier,), "_send", at), extra=_SLIPS, nth_max=2),
    "joined request is there": Point(town="joined request", extra=_SLIPS, nth_max=2),
    "half of a joined request": Point(town="half of a joined request", extra=_SLIPS, nth_max=2),
    "joined request is done": Point(town="joined effect", extra=(*_SLIPS, ("slip", "drop")), nth_max=3),
    **_three("lease extended", lambda at: _of(DELIVERIES, "extend", at), extra=_SLOW, nth_max=2,
             fast={**FAST, **SHORT_LEASES}),
    **_three("unknown taken up", lambda at: _of((OutboxDoor,), "follow_up", at), extra=_HANG, nth_max=2),
    **_three("webhook", lambda at: _deliveries("accept", at, "inbox"), nth_max=2),
    **_three("post to the app", lambda at: _deliveries("begin_attempt", at, "inbox"), nth_max=2),
    "app has it": Point(town="post", nth_max=2),
    "post settled, before": Point(_deliveries("settle", "before", "inbox"), nth_max=2),
    **_three("alarm", lambda at: _of(DELIVERIES, "pass_on", at), extra=(("sale", "reject"),), nth_max=1),
    **_three("replay by hand", lambda at: _of(DELIVERIES, "act", at), way="replay", nth_max=1),
    **_three("stop", lambda at: _of((Workers,), "drain", at), way="stop", extra=_SLOW, nth_max=1),
    "recovery": Point(_deliveries("claim", "after", "outbox"), way="recovery", nth_max=1),
    "recovered attempt": Point(_deliveries("begin_attempt", "after", "outbox"), way="recovery", nth_max=2),
    "migration": Point(_migration, way="migration", nth_max=20),
}  # fmt: skip
