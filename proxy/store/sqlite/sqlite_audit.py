"""The audit log in SQLite. Triggers refuse to change a row, or to delete one that is not before the chain's start.

See tidegate.proxy.store.audit. What appends within a transaction of its own (delivery_by_hand) calls `append_rows`.
"""

import sqlite3
from collections.abc import Sequence

from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.audit.audit_chain import BEGIN, AuditEntry, AuditHead, AuditRow, after, next_row
from tidegate.proxy.store.audit.audit_log import AUDIT_KEPT_S, ROWS_MAX
from tidegate.proxy.store.records import SWEEP_ROWS_MAX
from tidegate.world.group_writer import GroupWriter

_TABLES = (
    """
CREATE TABLE IF NOT EXISTS audit_rows (
    n INTEGER PRIMARY KEY, what TEXT NOT NULL, target TEXT NOT NULL, keep_until REAL NOT NULL,
    line TEXT NOT NULL, digest TEXT NOT NULL
)""",
    """
CREATE TABLE IF NOT EXISTS audit_head (
    one INTEGER PRIMARY KEY CHECK (one = 1), n INTEGER NOT NULL, digest TEXT NOT NULL,
    start_n INTEGER NOT NULL, start_digest TEXT NOT NULL, key BLOB NOT NULL
)""",
    "CREATE INDEX IF NOT EXISTS audit_rows_by_target ON audit_rows (target, n)",
    "CREATE INDEX IF NOT EXISTS audit_rows_by_kind ON audit_rows (what, n)",
    """
CREATE TRIGGER IF NOT EXISTS audit_rows_stay BEFORE UPDATE ON audit_rows
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    """
CREATE TRIGGER IF NOT EXISTS audit_rows_kept BEFORE DELETE ON audit_rows
    WHEN old.n > (SELECT start_n FROM audit_head)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
)
_BY = {"target": "AND target = :target", "what": "AND what = :what"}
_OVER = "SELECT n, digest FROM audit_rows WHERE n <= ? AND keep_until <= ? ORDER BY n"


def make_audit(connection: sqlite3.Connection, key: bytes) -> bytes:
    """Make what is not there, within the transaction that is open. Returns the log's key, `key` where it is new."""
    for statement in _TABLES:
        connection.execute(statement)
    connection.execute("INSERT OR IGNORE INTO audit_head VALUES (1, 0, ?1, 0, ?1, ?2)", (BEGIN, key))
    connection.execute("UPDATE audit_head SET key = ? WHERE key = x''", (key,))
    return bytes(connection.execute("SELECT key FROM audit_head").fetchone()[0])


def append_rows(connection: sqlite3.Connection, entries: Sequence[AuditEntry], now: StoreTime) -> list[AuditRow]:
    """Append within the transaction that is open."""
    head, rows = head_of(connection), []
    for entry in entries:
        row = next_row(head, entry)
        keep_until = now.least + AUDIT_KEPT_S
        connection.execute(
            "INSERT INTO audit_rows VALUES (?, ?, ?, ?, ?, ?)",
            (row.n, entry.what, entry.target, keep_until, row.line, row.digest),
        )
        head = after(head, row)
        rows.append(row)
    connection.execute("UPDATE audit_head SET n = ?, digest = ?", (head.n, head.digest))
    return rows


def head_of(connection: sqlite3.Connection) -> AuditHead:
    """See AuditLog.head."""
    return AuditHead(*connection.execute("SELECT n, digest, start_n, start_digest FROM audit_head").fetchone())


def rows_of(connection: sqlite3.Connection, start: int, target: str, what: str, limit: int) -> list[AuditRow]:
    """See AuditLog.rows."""
    values = {"start": start, "target": target, "what": what, "limit": limit}
    by = " ".join(condition for name, condition in _BY.items() if values[name])
    query = f"SELECT n, line, digest FROM audit_rows WHERE n > :start {by} ORDER BY n LIMIT :limit"  # noqa: S608 - ours
    return [AuditRow(*row) for row in connection.execute(query, values)]


def newest_of(connection: sqlite3.Connection, before: int, target: str, what: str, limit: int) -> list[AuditRow]:
    """See AuditLog.newest."""
    values = {"before": before, "target": target, "what": what, "limit": limit}
    by = " ".join(condition for name, condition in _BY.items() if values[name])
    query = f"SELECT n, line, digest FROM audit_rows WHERE n < :before {by} ORDER BY n DESC LIMIT :limit"  # noqa: S608 - ours
    return [AuditRow(*row) for row in connection.execute(query, values)]


class SqliteAudit:
    """See AuditLog."""

    def __init__(self, writer: GroupWriter[sqlite3.Connection]) -> None:
        self._writer = writer
        self.key = b""

    async def append(self, entries: Sequence[AuditEntry], now: StoreTime) -> list[AuditRow]:
        """See AuditLog.append."""
        return await self._writer.run(lambda connection: append_rows(connection, entries, now))

    async def rows(self, *, after: int = 0, limit: int = ROWS_MAX, target: str = "", what: str = "") -> list[AuditRow]:
        """See AuditLog.rows."""
        at_most = max(0, min(limit, ROWS_MAX))
        return await self._writer.run(lambda connection: rows_of(connection, after, target, what, at_most))

    async def newest(self, *, before: int, limit: int, target: str = "", what: str = "") -> list[AuditRow]:
        """See AuditLog.newest."""
        at_most = max(0, min(limit, ROWS_MAX))
        return await self._writer.run(lambda connection: newest_of(connection, before, target, what, at_most))

    async def head(self) -> AuditHead:
        """See AuditLog.head."""
        return await self._writer.run(head_of)

    async def sweep(self, now: StoreTime) -> int:
        """See AuditLog.sweep."""

        def work(connection: sqlite3.Connection) -> int:
            first = head_of(connection).start_n
            over = connection.execute(_OVER, (first + SWEEP_ROWS_MAX, now.least)).fetchall()
            # Only a whole run from the start may go: what is left must be one chain.
            run = [row for place, row in enumerate(over, first + 1) if row["n"] == place]
            if run:
                connection.execute("UPDATE audit_head SET start_n = ?, start_digest = ?", tuple(run[-1]))
                connection.execute("DELETE FROM audit_rows WHERE n <= ?", (run[-1]["n"],))
            return len(run)

        return await self._writer.run(work)
