"""Keyed calls and unknown outcomes, as rows that outlive the proxy.

A row is written before the first byte leaves and settled after the last one came. What it means is decided in
tidegate.proxy.policies.resilience.idempotency_record; here are the transactions around that decision.

One proxy at a time uses a store (`tidegate serve` holds a lock on it). Each start takes a new number, its *boot*; a row
that is running under another boot belongs to a proxy that is dead, so its lease is over whatever the clock says.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import orjson

from tidegate.problems import UsageError
from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.call.reply import RawHeaders
from tidegate.proxy.policies.resilience.idempotency_record import (
    KEEP_AS,
    Begin,
    Decision,
    IdempotencyRecord,
    Resume,
    decide,
)
from tidegate.world.world import Database

VERSION = 1
BODY_KEPT_BYTES_MAX = 1024 * 1024
"""A longer answer is not kept. The vendor is asked again under the same key, which makes it replay its own."""
UNKNOWN_KEPT_S = 90 * 86400.0
"""An unknown outcome waits so long for a person, however short the operation keeps its records."""
SWEEP_ROWS_MAX = 500
LEASE_MARGIN_S = 15.0
"""A lease is the longest that a call may take, and this: no call may outlive its own."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS boots (boot INTEGER PRIMARY KEY AUTOINCREMENT, wall REAL NOT NULL);
CREATE TABLE IF NOT EXISTS records (
    id INTEGER PRIMARY KEY,
    app TEXT NOT NULL, vendor TEXT NOT NULL, operation TEXT NOT NULL, key TEXT NOT NULL,
    vendor_key TEXT NOT NULL, fingerprint TEXT NOT NULL, state TEXT NOT NULL, call_id TEXT NOT NULL UNIQUE,
    began_wall REAL NOT NULL, ended_wall REAL NOT NULL, lease_until_wall REAL NOT NULL,
    status INTEGER NOT NULL, headers BLOB NOT NULL, body BLOB NOT NULL,
    keep_until_wall REAL NOT NULL, key_expires_wall REAL NOT NULL,
    boot INTEGER NOT NULL, resumed INTEGER NOT NULL, body_kept INTEGER NOT NULL, keep_s REAL NOT NULL,
    UNIQUE (app, vendor, operation, key)
);
CREATE INDEX IF NOT EXISTS records_by_end ON records (keep_until_wall);
CREATE TABLE IF NOT EXISTS earlier_calls (
    call_id TEXT PRIMARY KEY, record INTEGER NOT NULL REFERENCES records (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS earlier_calls_by_record ON earlier_calls (record);
CREATE TABLE IF NOT EXISTS unkeyed_unknowns (
    call_id TEXT PRIMARY KEY, app TEXT NOT NULL, vendor TEXT NOT NULL, operation TEXT NOT NULL,
    began_wall REAL NOT NULL, ended_wall REAL NOT NULL, keep_until_wall REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS unkeyed_unknowns_by_end ON unkeyed_unknowns (keep_until_wall);
"""

_RECORD = (
    "app, vendor, operation, key, vendor_key, fingerprint, state, call_id, began_wall, ended_wall, lease_until_wall, "
    "status, headers, body, keep_until_wall, key_expires_wall"
)
_SELECT = (
    f"SELECT {_RECORD}, id, boot, body_kept FROM records "  # noqa: S608 - column names
    "WHERE app = ? AND vendor = ? AND operation = ? AND key = ?"
)
_INSERT = (
    f"INSERT INTO records ({_RECORD}, boot, resumed, body_kept, keep_s) "  # noqa: S608 - column names
    "VALUES (?, ?, ?, ?, ?, ?, 'running', ?, ?, 0, ?, 0, x'', x'', ?, ?, ?, 0, 1, ?)"
)


@dataclass(frozen=True, slots=True)
class KeyedCall:
    """A call that carries an idempotency key, as it asks to begin. Times are seconds; `vendor_key` is ours to send.

    `longest_s` is how long the call may take, a streamed answer included. `key_retention_s` is how long a resend under
    the vendor's key is safe: 0 where nothing makes it safe, infinite where the method does.
    """

    app: str
    vendor: str
    operation: str
    key: str
    vendor_key: str
    fingerprint: str
    call_id: str
    longest_s: float
    keep_s: float
    key_retention_s: float


@dataclass(frozen=True, slots=True)
class StoredCall:
    """What the store knows of a call. `state` is running, done, failed (applied but failed) or unknown."""

    call_id: str
    app: str
    vendor: str
    operation: str
    state: str
    status: int
    began_wall: float
    ended_wall: float
    keyed: bool = field(kw_only=True)


class Records:
    """The rows. `await open(wall)` comes first."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._boot = 0

    async def open(self, wall: float) -> None:
        """Take a boot number. Raises UsageError where a newer Tidegate made the store."""

        def work(connection: sqlite3.Connection) -> int:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > VERSION:
                raise UsageError(f"the store has version {version}, this Tidegate knows {VERSION}: a newer one made it")
            connection.execute(f"PRAGMA user_version = {VERSION}")
            return int(connection.execute("INSERT INTO boots (wall) VALUES (?)", (wall,)).lastrowid or 0)

        self._boot = await self._database.write(work)

    async def close(self) -> None:
        """Finish what was asked for, then close the database."""
        await self._database.close()

    async def begin(self, call: KeyedCall, now_wall: float) -> Decision:
        """Decide about a keyed call, and write down in the same transaction that it is running, where it is to run."""
        boot = self._boot
        return await self._database.write(lambda connection: _begin(connection, call, now_wall, boot))

    async def finish(
        self,
        call_id: str,
        outcome: Outcome,
        *,
        now_wall: float,
        settled: bool = False,
        status: int = 0,
        headers: RawHeaders = (),
        body: bytes = b"",
        whole: bool = True,
    ) -> bool:
        """Settle a running record. False where it is not this call's any more; then nothing is changed.

        `not applied` frees the key; only a resumed call keeps it as unknown even then, unless `settled`: the vendor's
        own answer under the key says that nothing was applied, so the earlier try is settled too. A body that is not
        `whole` is not kept.
        """
        kept = whole and len(body) <= BODY_KEPT_BYTES_MAX
        answer = (status, _dump(headers), body if kept else b"", kept)
        return await self._database.write(
            lambda connection: _finish(connection, call_id, outcome, answer, now_wall, settled=settled)
        )

    async def note_unknown(
        self, call_id: str, app: str, vendor: str, operation: str, *, began_wall: float, now_wall: float
    ) -> None:
        """Keep the unknown outcome of a write that had no key, so that it can be asked for."""
        row = (call_id, app, vendor, operation, began_wall, now_wall, now_wall + UNKNOWN_KEPT_S)

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO unkeyed_unknowns VALUES (?, ?, ?, ?, ?, ?, ?)", row)

        await self._database.write(work)

    async def find_call(self, call_id: str) -> StoredCall | None:
        """What is known of a call, an earlier call of a resumed record included."""
        boot = self._boot
        return await self._database.read(lambda connection: _find(connection, call_id, boot))

    async def sweep(self, now_wall: float) -> int:
        """Delete what need not be kept any longer, at most SWEEP_ROWS_MAX rows of a kind. Returns how many went."""

        def work(connection: sqlite3.Connection) -> int:
            return sum(
                connection.execute(
                    f"DELETE FROM {table} WHERE {key} IN "  # noqa: S608 - names from the tuple below
                    f"(SELECT {key} FROM {table} WHERE keep_until_wall <= ? LIMIT ?)",
                    (now_wall, SWEEP_ROWS_MAX),
                ).rowcount
                for table, key in (("records", "id"), ("unkeyed_unknowns", "call_id"))
            )

        return await self._database.write(work)


def headers_of(record: IdempotencyRecord) -> RawHeaders:
    """The header lines of a kept answer."""
    return tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in orjson.loads(record.headers))


def _dump(headers: RawHeaders) -> bytes:
    return orjson.dumps([(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers])


def _begin(connection: sqlite3.Connection, call: KeyedCall, now_wall: float, boot: int) -> Decision:
    row = connection.execute(
        _SELECT,
        (call.app, call.vendor, call.operation, call.key),
    ).fetchone()
    found = _as_found(row, boot) if row is not None else None
    decision = decide(found, call.fingerprint, now_wall)
    if isinstance(decision, Begin):
        if row is not None:
            connection.execute("DELETE FROM records WHERE id = ?", (row[-3],))
        _insert(connection, call, now_wall, boot)
    elif isinstance(decision, Resume) and found is not None:
        connection.execute("INSERT OR IGNORE INTO earlier_calls VALUES (?, ?)", (found.call_id, row[-3]))
        connection.execute(
            "UPDATE records SET state = 'running', call_id = ?, lease_until_wall = ?, boot = ?, resumed = 1 "
            "WHERE id = ?",
            (call.call_id, now_wall + call.longest_s + LEASE_MARGIN_S, boot, row[-3]),
        )
    return decision


def _as_found(row: Sequence[object], boot: int) -> IdempotencyRecord:
    """The record as the decision should see it."""
    record = IdempotencyRecord(*row[:-3])  # type: ignore[arg-type]  # the columns of _RECORD, in order
    if record.state == "running" and row[-2] != boot:
        return replace(record, lease_until_wall=0.0)
    if record.state in ("done", "failed") and not row[-1]:
        return replace(record, state="unknown")
    return record


def _insert(connection: sqlite3.Connection, call: KeyedCall, now_wall: float, boot: int) -> None:
    connection.execute(
        _INSERT,
        (
            call.app, call.vendor, call.operation, call.key, call.vendor_key, call.fingerprint, call.call_id, now_wall,
            now_wall + call.longest_s + LEASE_MARGIN_S, now_wall + UNKNOWN_KEPT_S, now_wall + call.key_retention_s,
            boot, call.keep_s,
        ),
    )  # fmt: skip


def _finish(
    connection: sqlite3.Connection,
    call_id: str,
    outcome: Outcome,
    answer: tuple[int, bytes, bytes, bool],
    now_wall: float,
    *,
    settled: bool,
) -> bool:
    state = KEEP_AS[outcome]
    if state is not None:
        return _settle(connection, call_id, state, answer, now_wall)
    row = connection.execute(
        "SELECT id, resumed FROM records WHERE call_id = ? AND state = 'running'", (call_id,)
    ).fetchone()
    if row is None:
        return False
    if row[1] and not settled:
        return _settle(connection, call_id, "unknown", answer, now_wall)
    connection.execute("DELETE FROM records WHERE id = ?", (row[0],))
    return True


def _settle(
    connection: sqlite3.Connection, call_id: str, state: str, answer: tuple[int, bytes, bytes, bool], now_wall: float
) -> bool:
    status, headers, body, kept = answer if state != "unknown" else (0, b"", b"", True)
    found = connection.execute(
        "UPDATE records SET state = ?1, ended_wall = ?2, lease_until_wall = 0, status = ?3, headers = ?4, body = ?5, "
        "body_kept = ?6, keep_until_wall = ?2 + CASE ?1 WHEN 'unknown' THEN ?7 ELSE keep_s END "
        "WHERE call_id = ?8 AND state = 'running'",
        (state, now_wall, status, headers, body, kept, UNKNOWN_KEPT_S, call_id),
    )
    return found.rowcount > 0


def _find(connection: sqlite3.Connection, call_id: str, boot: int) -> StoredCall | None:
    row = connection.execute(
        "SELECT app, vendor, operation, CASE WHEN state = 'running' AND boot <> ?2 THEN 'unknown' ELSE state END, "
        "status, began_wall, ended_wall, TRUE FROM records "
        "WHERE call_id = ?1 OR id = (SELECT record FROM earlier_calls WHERE call_id = ?1) "
        "UNION ALL SELECT app, vendor, operation, 'unknown', 0, began_wall, ended_wall, FALSE FROM unkeyed_unknowns "
        "WHERE call_id = ?1",
        (call_id, boot),
    ).fetchone()
    if row is None:
        return None
    *known, keyed = row
    return StoredCall(call_id, *known, keyed=bool(keyed))
