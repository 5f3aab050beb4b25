"""The schema of the store in PostgreSQL, brought to this version in one transaction that one proxy at a time is in.

Each step leads from one version to the next, and none is ever changed once it was released. Whoever opens a store of
this version waits for nobody.
"""

from typing import Any, LiteralString

from psycopg import sql

from tidegate.proxy.store.postgres.delivery.delivery_alarms import ALARM_TABLES
from tidegate.proxy.store.postgres.delivery.delivery_tables import DELIVERY_TABLES
from tidegate.proxy.store.postgres.postgres_audit import AUDIT_TABLES
from tidegate.proxy.store.postgres.postgres_connections import Connection
from tidegate.proxy.store.postgres.postgres_tokens import TABLE_OF_CHAINS
from tidegate.proxy.store.store_error import StoreError

_LOCK = 0x7469_6465_6761_7465
"""The advisory lock of whoever changes the schema: `tidegate` in ASCII."""
MIGRATION_S = 60.0
"""A step of a large store may take so long, and so may those who wait for it."""
ENCODINGS = ("UTF8", "SQL_ASCII")
"""Of databases that keep every letter as it is."""

_TO_1 = """
CREATE SEQUENCE store_turns;
CREATE TABLE boots (
    boot bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    beat bigint NOT NULL DEFAULT 0, wall double precision NOT NULL, probe bytea NOT NULL DEFAULT ''
);
ALTER TABLE boots ALTER COLUMN probe SET STORAGE EXTERNAL;
CREATE TABLE store_ages (
    machine text PRIMARY KEY,
    least double precision NOT NULL, most double precision NOT NULL, uptime double precision NOT NULL,
    wall double precision NOT NULL, turn bigint NOT NULL
);
CREATE TABLE records (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    app text NOT NULL, vendor text NOT NULL, operation text NOT NULL, key text NOT NULL,
    vendor_key text NOT NULL, fingerprint text NOT NULL, state text NOT NULL, call_id text NOT NULL UNIQUE,
    began_wall double precision NOT NULL, ended_wall double precision NOT NULL DEFAULT 0,
    lease_until double precision NOT NULL, status integer NOT NULL DEFAULT 0,
    headers bytea NOT NULL DEFAULT '', body bytea NOT NULL DEFAULT '',
    keep_until double precision NOT NULL, resend_until double precision NOT NULL,
    boot bigint NOT NULL, resumed boolean NOT NULL DEFAULT false, body_kept boolean NOT NULL DEFAULT true,
    keep_s double precision NOT NULL, digest text NOT NULL DEFAULT '',
    UNIQUE (app, vendor, operation, key)
);
CREATE INDEX records_by_end ON records (keep_until);
CREATE INDEX records_running ON records (boot) WHERE state = 'running';
CREATE TABLE earlier_calls (
    call_id text PRIMARY KEY, record bigint NOT NULL REFERENCES records (id) ON DELETE CASCADE
);
CREATE INDEX earlier_calls_by_record ON earlier_calls (record);
CREATE TABLE unkeyed_unknowns (
    call_id text PRIMARY KEY, app text NOT NULL, vendor text NOT NULL, operation text NOT NULL,
    began_wall double precision NOT NULL, ended_wall double precision NOT NULL, keep_until double precision NOT NULL
);
CREATE INDEX unkeyed_unknowns_by_end ON unkeyed_unknowns (keep_until);
CREATE TABLE quotas (
    vendor text NOT NULL, name text NOT NULL, period bigint NOT NULL, used double precision NOT NULL,
    saved bigint NOT NULL, PRIMARY KEY (vendor, name, period)
);
"""
_TO_2 = DELIVERY_TABLES + ALARM_TABLES
_TO_5 = """
CREATE INDEX deliveries_awaiting ON deliveries (box, deadline)
    WHERE state = 'parked' AND first_state = 'parked' AND NOT ever_sent;
CREATE TRIGGER deliveries_held AFTER INSERT ON deliveries FOR EACH ROW
    WHEN (new.state = 'parked') EXECUTE FUNCTION note_delivery_alarm();
"""
_TO_6 = "ALTER TABLE records ADD COLUMN credential text NOT NULL DEFAULT ''"
_TO_7 = """
ALTER TABLE delivery_attempts ADD COLUMN began double precision NOT NULL DEFAULT 0;
UPDATE delivery_attempts SET began = coalesce((SELECT max(least) FROM store_ages), 0) WHERE ended_wall = 0;
"""
STEPS = (_TO_1, _TO_2, AUDIT_TABLES, TABLE_OF_CHAINS, _TO_5, _TO_6, _TO_7)
"""The step at place n leads from version n to version n + 1."""
VERSION = len(STEPS)
"""Of the schema. A store of a higher one was made by a newer Tidegate."""


async def migrate(connection: Connection) -> None:
    """Bring the store to this version. Raises StoreError where it is of a newer one, psycopg.Error where it cannot."""
    if await _version(connection) == VERSION:
        return
    async with connection.transaction():
        wait_ms = str(int(MIGRATION_S * 1000))
        for setting in ("statement_timeout", "lock_timeout"):
            await connection.execute("SELECT set_config(%s, %s, true)", (setting, wait_ms))
        [schema, there] = await _row(
            connection, "SELECT (parse_ident(current_setting('search_path')))[1], current_schema()"
        )
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        version = await _version(connection)
        if version > VERSION:
            raise StoreError(f"the store has version {version}, this Tidegate knows {VERSION}: a newer one made it")
        if version == 0:
            await _refuse_poor_encoding(connection)
            if there is None:  # who may make none in the database may not ask for it either, though it is there
                await connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
            await connection.execute("CREATE TABLE IF NOT EXISTS store_version (version integer NOT NULL)")
            await connection.execute("INSERT INTO store_version VALUES (0)")
        for step in STEPS[version:]:
            await connection.execute(step)
        await connection.execute("UPDATE store_version SET version = %s", (VERSION,))


async def _version(connection: Connection) -> int:
    """The version of our schema; 0 where there is none."""
    [there] = await _row(
        connection,
        "SELECT EXISTS (SELECT FROM pg_tables WHERE tablename = 'store_version' AND schemaname = current_schema())",
    )
    if not there:
        return 0
    row = await (await connection.execute("SELECT max(version) FROM store_version")).fetchone()
    return 0 if row is None or row[0] is None else int(row[0])


async def _refuse_poor_encoding(connection: Connection) -> None:
    """Raise StoreError where keys and paths of calls could not be stored in every letter."""
    [encoding] = await _row(connection, "SELECT current_setting('server_encoding')")
    if encoding not in ENCODINGS:
        raise StoreError(f"the database's encoding is {encoding}; create one with ENCODING 'UTF8' TEMPLATE template0")


async def _row(connection: Connection, query: LiteralString) -> tuple[Any, ...]:
    row = await (await connection.execute(query)).fetchone()
    assert row is not None
    return row
