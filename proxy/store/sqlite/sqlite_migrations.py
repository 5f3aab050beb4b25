"""Older files of the store become files of today, in the transaction that opens them.

Each step leads from one version of the schema to the next, and none is ever changed once it was released.
"""

import sqlite3
from collections.abc import Callable, Mapping

from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.audit.audit_log import AUDIT_KEPT_S
from tidegate.proxy.store.audit.hand_entry import entry_of_line
from tidegate.proxy.store.sqlite.delivery.delivery_tables import compute_anew
from tidegate.proxy.store.sqlite.sqlite_audit import append_rows, make_audit
from tidegate.proxy.store.store_error import StoreError

VERSION = 7
"""Of the schema. A file of a higher one was made by a newer Tidegate."""

_TO_2 = """
ALTER TABLE records RENAME COLUMN lease_until_wall TO lease_until;
ALTER TABLE records RENAME COLUMN keep_until_wall TO keep_until;
ALTER TABLE records RENAME COLUMN key_expires_wall TO resend_until;
ALTER TABLE records ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE unkeyed_unknowns RENAME COLUMN keep_until_wall TO keep_until;
UPDATE records SET lease_until = 0,
    resend_until = CASE WHEN began_wall > :wall THEN 0
        ELSE resend_until - min(0.1 * (resend_until - began_wall), 3600) - :wall END,
    keep_until = CASE WHEN state IN ('done', 'failed') THEN keep_s ELSE 7776000 END;
UPDATE unkeyed_unknowns SET keep_until = 7776000;
ALTER TABLE quotas RENAME TO quotas_1;
CREATE TABLE quotas (
    vendor TEXT NOT NULL, name TEXT NOT NULL, period INTEGER NOT NULL, used REAL NOT NULL, saved INTEGER NOT NULL,
    PRIMARY KEY (vendor, name, period)
) WITHOUT ROWID;
INSERT INTO quotas SELECT vendor, name, period, used, 0 FROM quotas_1;
DROP TABLE quotas_1;
"""
"""From the wall clock to the store's own age, which begins at 0 here. The wall clock may have been wrong all the time,
so a settled record is kept as long again as if it had ended now, and a resend is safe only for what the wall clock
leaves of it; not at all where it has gone back."""


def _to_2(connection: sqlite3.Connection, wall: float) -> None:
    run_statements(connection, _TO_2, {"wall": wall})


def _to_3(connection: sqlite3.Connection, wall: float) -> None:
    """The tables of deliveries are new: they are made when the file is opened, as they are today."""
    del connection, wall


def _to_4(connection: sqlite3.Connection, wall: float) -> None:
    """What people did to deliveries had a table of its own; now it stands in the audit log, the oldest first."""
    make_audit(connection, b"")
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'delivery_audit'").fetchone() is None:
        return
    for row in connection.execute("SELECT delivery_id, keep_until, line FROM delivery_audit ORDER BY n").fetchall():
        age = row["keep_until"] - AUDIT_KEPT_S
        append_rows(connection, [entry_of_line(row["delivery_id"], row["line"])], StoreTime(age, age, wall))
    connection.execute("DROP TABLE delivery_audit")


def _to_5(connection: sqlite3.Connection, wall: float) -> None:
    """A record names the member of a pool that its call was sent under."""
    del wall
    connection.execute("ALTER TABLE records ADD COLUMN credential TEXT NOT NULL DEFAULT ''")


def _to_6(connection: sqlite3.Connection, wall: float) -> None:
    """Whoever accepts deliveries counts them, no trigger; and what a state means is computed without a list."""
    del wall
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'deliveries'").fetchone() is not None:
        compute_anew(connection)


def _to_7(connection: sqlite3.Connection, wall: float) -> None:
    """An attempt has the age of the store at which it began; one whose end nobody knows began no later than now."""
    del wall
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'delivery_attempts'").fetchone() is not None:
        connection.execute("ALTER TABLE delivery_attempts ADD COLUMN began REAL NOT NULL DEFAULT 0")
        connection.execute(
            "UPDATE delivery_attempts SET began = coalesce((SELECT least FROM store_clock), 0) WHERE ended_wall = 0"
        )


_STEPS: Mapping[int, Callable[[sqlite3.Connection, float], None]] = {
    1: _to_2, 2: _to_3, 3: _to_4, 4: _to_5, 5: _to_6, 6: _to_7,
}  # fmt: skip


def migrate(connection: sqlite3.Connection, wall: float) -> None:
    """Bring a file to this version; one that was just made is of it. Raises StoreError where it is of a newer one."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise StoreError(f"the store has version {version}, this Tidegate knows {VERSION}: a newer one made it")
    tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'records'").fetchone()[0]
    if tables:
        for step in range(max(version, 1), VERSION):
            _STEPS[step](connection, wall)
    connection.execute(f"PRAGMA user_version = {VERSION}")


def run_statements(connection: sqlite3.Connection, script: str, values: Mapping[str, object] | None = None) -> None:
    """Run several statements within the transaction that is open: `executescript` would end it."""
    for statement in filter(str.strip, script.split(";")):
        connection.execute(statement, {key: value for key, value in (values or {}).items() if f":{key}" in statement})
