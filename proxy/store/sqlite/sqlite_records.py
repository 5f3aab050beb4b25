"""Keyed calls and unknown outcomes as rows of SQLite: the transactions around a decision about a record.

See tidegate.proxy.store.records for what they promise, and SqliteStore for what a boot is.
"""

import sqlite3
from dataclasses import fields, replace
from typing import NamedTuple

from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.call.reply import RawHeaders
from tidegate.proxy.policies.resilience.idempotency_record import (
    KEEP_AS,
    Begin,
    Decision,
    IdempotencyRecord,
    Resume,
    decide,
    resend_safe_s,
)
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.records import (
    LEASE_MARGIN_S,
    NO_ANSWER,
    SWEEP_ROWS_MAX,
    UNKNOWN_KEPT_S,
    KeyedCall,
    SettledAnswer,
    StoredCall,
    settled_answer,
)
from tidegate.proxy.store.store_clock import StoreClock
from tidegate.world.group_writer import GroupWriter

SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    id INTEGER PRIMARY KEY,
    app TEXT NOT NULL, vendor TEXT NOT NULL, operation TEXT NOT NULL, key TEXT NOT NULL,
    vendor_key TEXT NOT NULL, fingerprint TEXT NOT NULL, state TEXT NOT NULL, call_id TEXT NOT NULL UNIQUE,
    began_wall REAL NOT NULL, ended_wall REAL NOT NULL, lease_until REAL NOT NULL,
    status INTEGER NOT NULL, headers BLOB NOT NULL, body BLOB NOT NULL,
    keep_until REAL NOT NULL, resend_until REAL NOT NULL,
    boot INTEGER NOT NULL, resumed INTEGER NOT NULL, body_kept INTEGER NOT NULL, keep_s REAL NOT NULL,
    digest TEXT NOT NULL DEFAULT '', credential TEXT NOT NULL DEFAULT '',
    UNIQUE (app, vendor, operation, key)
);
CREATE INDEX IF NOT EXISTS records_by_end ON records (keep_until);
CREATE TABLE IF NOT EXISTS earlier_calls (
    call_id TEXT PRIMARY KEY, record INTEGER NOT NULL REFERENCES records (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS earlier_calls_by_record ON earlier_calls (record);
CREATE TABLE IF NOT EXISTS unkeyed_unknowns (
    call_id TEXT PRIMARY KEY, app TEXT NOT NULL, vendor TEXT NOT NULL, operation TEXT NOT NULL,
    began_wall REAL NOT NULL, ended_wall REAL NOT NULL, keep_until REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS unkeyed_unknowns_by_end ON unkeyed_unknowns (keep_until);
"""

_RECORD = tuple(field.name for field in fields(IdempotencyRecord))
"""The columns of a record are named like its fields."""
_SELECT = (
    f"SELECT {', '.join(_RECORD)}, id, boot, body_kept FROM records "  # noqa: S608 - column names
    "WHERE app = ? AND vendor = ? AND operation = ? AND key = ?"
)
_INSERT = """
INSERT INTO records (
    app, vendor, operation, key, vendor_key, fingerprint, call_id, began_wall, lease_until, keep_until,
    resend_until, boot, keep_s, credential, state, ended_wall, status, headers, body, resumed, body_kept
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', 0, 0, x'', x'', 0, 1)"""
_RESUME = """
UPDATE records SET state = 'running', call_id = ?, lease_until = ?, boot = ?, resumed = 1 WHERE id = ?"""
_WEAR = "UPDATE records SET credential = ? WHERE call_id = ? AND state = 'running'"
_SETTLE = """
UPDATE records SET state = ?1, ended_wall = ?2, lease_until = 0, status = ?3, headers = ?4, body = ?5,
    body_kept = ?6, keep_until = ?7 + CASE ?1 WHEN 'unknown' THEN ?8 ELSE keep_s END,
    digest = CASE digest WHEN '' THEN ?9 ELSE digest END
WHERE call_id = ?10 AND state = 'running'"""
_FIND = """
SELECT app, vendor, operation, CASE WHEN state = 'running' AND boot <> :boot THEN 'unknown' ELSE state END AS state,
    status, began_wall, ended_wall, TRUE AS keyed, credential
FROM records WHERE call_id = :call_id OR id = (SELECT record FROM earlier_calls WHERE call_id = :call_id)
UNION ALL
SELECT app, vendor, operation, 'unknown', 0, began_wall, ended_wall, FALSE, ''
FROM unkeyed_unknowns WHERE call_id = :call_id"""


class SqliteRecords:
    """See Records. `boot` is the number of the proxy's life, of which SqliteStore knows."""

    def __init__(self, writer: GroupWriter[sqlite3.Connection], clock: StoreClock) -> None:
        self.boot = 0
        self.now = clock.now
        """See Records.now."""
        self._writer = writer

    async def begin(self, call: KeyedCall, now: StoreTime) -> Decision:
        """See Records.begin."""
        boot = self.boot
        return await self._writer.run(lambda connection: _begin(connection, call, now, boot))

    async def finish(
        self,
        call_id: str,
        outcome: Outcome,
        *,
        now: StoreTime,
        settled: bool = False,
        status: int = 0,
        headers: RawHeaders = (),
        body: bytes = b"",
        whole: bool = True,
        digest: str = "",
    ) -> bool:
        """See Records.finish."""
        end = _End(settled_answer(status, headers, body, whole=whole), now, digest, settled)
        return await self._writer.run(lambda connection: _finish(connection, call_id, outcome, end))

    async def wear(self, call_id: str, credential: str) -> bool:
        """See Records.wear."""

        def work(connection: sqlite3.Connection) -> bool:
            return connection.execute(_WEAR, (credential, call_id)).rowcount > 0

        return await self._writer.run(work)

    async def note_unknown(
        self, call_id: str, app: str, vendor: str, operation: str, *, began_wall: float, now: StoreTime
    ) -> None:
        """See Records.note_unknown."""
        row = (call_id, app, vendor, operation, began_wall, now.wall, now.least + UNKNOWN_KEPT_S)

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO unkeyed_unknowns VALUES (?, ?, ?, ?, ?, ?, ?)", row)

        await self._writer.run(work)

    async def find_call(self, call_id: str) -> StoredCall | None:
        """See Records.find_call."""
        boot = self.boot
        return await self._writer.run(lambda connection: _find(connection, call_id, boot))

    async def sweep(self, now: StoreTime) -> int:
        """See Records.sweep."""

        def work(connection: sqlite3.Connection) -> int:
            return sum(
                connection.execute(
                    f"DELETE FROM {table} WHERE {key} IN "  # noqa: S608 - names from the tuple below
                    f"(SELECT {key} FROM {table} WHERE keep_until <= ? LIMIT ?)",
                    (now.least, SWEEP_ROWS_MAX),
                ).rowcount
                for table, key in (("records", "id"), ("unkeyed_unknowns", "call_id"))
            )

        return await self._writer.run(work)


class _End(NamedTuple):
    """How a call ended, beside its outcome. See Records.finish."""

    answer: SettledAnswer
    now: StoreTime
    digest: str
    settled: bool


def _begin(connection: sqlite3.Connection, call: KeyedCall, now: StoreTime, boot: int) -> Decision:
    row = connection.execute(_SELECT, (call.app, call.vendor, call.operation, call.key)).fetchone()
    record = _record_of(row, boot) if row is not None else None
    decision = decide(record, call.fingerprint, now)
    lease_until = now.least + call.longest_s + LEASE_MARGIN_S
    if isinstance(decision, Begin):
        if row is not None:  # a record that no longer counts
            connection.execute("DELETE FROM records WHERE id = ?", (row["id"],))
        keep_until = now.least + UNKNOWN_KEPT_S  # until it is settled it may become unknown
        values = (
            call.app, call.vendor, call.operation, call.key, call.vendor_key, call.fingerprint, call.call_id, now.wall,
            lease_until, keep_until, now.most + resend_safe_s(call.key_retention_s), boot, call.keep_s,
            call.credential,
        )  # fmt: skip
        connection.execute(_INSERT, values)  # by place: names cost 3 µs more
    elif isinstance(decision, Resume) and record is not None:
        connection.execute("INSERT OR IGNORE INTO earlier_calls VALUES (?, ?)", (record.call_id, row["id"]))
        connection.execute(_RESUME, (call.call_id, lease_until, boot, row["id"]))
    return decision


def _record_of(row: sqlite3.Row, boot: int) -> IdempotencyRecord:
    """The record as the decision should see it: see Records.begin."""
    record = IdempotencyRecord(**{name: row[name] for name in _RECORD})
    if record.state == "running" and row["boot"] != boot:
        return replace(record, lease_until=0.0)
    if record.state in ("done", "failed") and not row["body_kept"]:
        return replace(record, state="unknown")
    return record


def _finish(connection: sqlite3.Connection, call_id: str, outcome: Outcome, end: _End) -> bool:
    state = KEEP_AS[outcome]
    if state is not None:
        return _settle(connection, call_id, state, end)
    row = connection.execute(
        "SELECT id, resumed FROM records WHERE call_id = ? AND state = 'running'", (call_id,)
    ).fetchone()
    if row is None:
        return False
    if row["resumed"] and not end.settled:  # an earlier try may have happened, whatever became of this one
        return _settle(connection, call_id, "unknown", end)
    connection.execute("DELETE FROM records WHERE id = ?", (row["id"],))
    return True


def _settle(connection: sqlite3.Connection, call_id: str, state: str, end: _End) -> bool:
    stored, now = end.answer if state != "unknown" else NO_ANSWER, end.now
    values = (
        state, now.wall, stored.status, stored.headers, stored.body, stored.body_kept, now.least, UNKNOWN_KEPT_S,
        end.digest, call_id,
    )  # fmt: skip
    return connection.execute(_SETTLE, values).rowcount > 0


def _find(connection: sqlite3.Connection, call_id: str, boot: int) -> StoredCall | None:
    row = connection.execute(_FIND, {"call_id": call_id, "boot": boot}).fetchone()
    if row is None:
        return None
    return StoredCall(
        call_id=call_id,
        app=row["app"],
        vendor=row["vendor"],
        operation=row["operation"],
        state=row["state"],
        status=row["status"],
        began_wall=row["began_wall"],
        ended_wall=row["ended_wall"],
        keyed=bool(row["keyed"]),
        credential=row["credential"],
    )
