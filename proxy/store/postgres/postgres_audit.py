"""The audit log in PostgreSQL: whoever appends holds the row of the chain's head, so there is one chain.

It is locked last in a transaction, and only here, so nobody waits for it who holds something that its holder needs. A
trigger refuses to change a row, or to delete one that is not before the chain's start. See tidegate.proxy.store.audit.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import LiteralString

from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.audit.audit_chain import NUMBER, AuditEntry, AuditHead, AuditRow, tail_of
from tidegate.proxy.store.audit.audit_log import AUDIT_KEPT_S, ROWS_MAX
from tidegate.proxy.store.postgres.postgres_connections import Connection, PostgresConnections
from tidegate.proxy.store.records import SWEEP_ROWS_MAX

AUDIT_TABLES = """
CREATE TABLE audit_rows (
    n bigint PRIMARY KEY, mark text NOT NULL UNIQUE, what text NOT NULL, target text NOT NULL,
    keep_until double precision NOT NULL, line text NOT NULL, digest text NOT NULL
);
CREATE TABLE audit_head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one), n bigint NOT NULL, digest text NOT NULL,
    start_n bigint NOT NULL, start_digest text NOT NULL, key bytea NOT NULL
);
CREATE INDEX audit_rows_by_target ON audit_rows (target, n);
CREATE INDEX audit_rows_by_kind ON audit_rows (what, n);
CREATE FUNCTION audit_rows_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.n <= (SELECT start_n FROM audit_head) THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER audit_rows_stay BEFORE UPDATE OR DELETE ON audit_rows
    FOR EACH ROW EXECUTE FUNCTION audit_rows_stay();
INSERT INTO audit_head (n, digest, start_n, start_digest, key) VALUES (0, repeat('0', 64), 0, repeat('0', 64), '');
DO $$
DECLARE
    old record; last text := repeat('0', 64); place bigint := 0; row_line text;
BEGIN
    FOR old IN SELECT * FROM delivery_audit ORDER BY n LOOP
        place := place + 1;
        row_line := jsonb_build_object('n', place, 'wall', old.line::jsonb -> 'wall',
            'what', 'delivery.' || (old.line::jsonb ->> 'action'), 'who', old.line::jsonb -> 'by',
            'target', 'delivery:' || old.delivery_id, 'reason', old.line::jsonb -> 'note',
            'facts', old.line::jsonb - ARRAY['wall', 'by', 'action', 'note'])::text;
        last := encode(sha256(convert_to(last || chr(10) || row_line, 'UTF8')), 'hex');
        INSERT INTO audit_rows VALUES (place, old.mark, 'delivery.' || (old.line::jsonb ->> 'action'),
            'delivery:' || old.delivery_id, old.keep_until, row_line, last);
    END LOOP;
    UPDATE audit_head SET n = place, digest = last;
END $$;
DROP TABLE delivery_audit;
"""
"""What people did to deliveries had a table of its own before: it stands first in the chain."""

_APPEND = """
WITH head AS (
    UPDATE audit_head SET n = n + 1, digest = encode(sha256(convert_to(
        digest || chr(10) || %(number)s || (n + 1)::text || %(tail)s, 'UTF8')), 'hex')
    RETURNING n, digest
)
INSERT INTO audit_rows (n, mark, what, target, keep_until, line, digest)
SELECT n, %(mark)s, %(what)s, %(target)s, %(keep_until)s, %(number)s || n::text || %(tail)s, digest FROM head
RETURNING n, line, digest"""
"""In one statement, because all others wait for the head's row meanwhile. The digest is audit_chain.digest_of's."""
_HEAD = "SELECT n, digest, start_n, start_digest FROM audit_head"
_ROWS: Mapping[tuple[bool, bool], LiteralString] = {
    (False, False): "SELECT n, line, digest FROM audit_rows WHERE n > %(after)s ORDER BY n LIMIT %(limit)s",
    (True, False): "SELECT n, line, digest FROM audit_rows WHERE target = %(target)s AND n > %(after)s "
    "ORDER BY n LIMIT %(limit)s",
    (False, True): "SELECT n, line, digest FROM audit_rows WHERE what = %(what)s AND n > %(after)s "
    "ORDER BY n LIMIT %(limit)s",
    (True, True): "SELECT n, line, digest FROM audit_rows WHERE target = %(target)s AND what = %(what)s "
    "AND n > %(after)s ORDER BY n LIMIT %(limit)s",
}
"""By target or not, by kind or not."""
_NEWEST: Mapping[tuple[bool, bool], LiteralString] = {
    (False, False): "SELECT n, line, digest FROM audit_rows WHERE n < %(before)s ORDER BY n DESC LIMIT %(limit)s",
    (True, False): "SELECT n, line, digest FROM audit_rows WHERE target = %(target)s AND n < %(before)s "
    "ORDER BY n DESC LIMIT %(limit)s",
    (False, True): "SELECT n, line, digest FROM audit_rows WHERE what = %(what)s AND n < %(before)s "
    "ORDER BY n DESC LIMIT %(limit)s",
    (True, True): "SELECT n, line, digest FROM audit_rows WHERE target = %(target)s AND what = %(what)s "
    "AND n < %(before)s ORDER BY n DESC LIMIT %(limit)s",
}
_OVER = "SELECT n, digest FROM audit_rows WHERE n > %s AND n <= %s AND keep_until <= %s ORDER BY n"


async def audit_key(connection: Connection, key: bytes) -> bytes:
    """The log's key; `key`, where it has none yet."""
    await connection.execute("UPDATE audit_head SET key = %s WHERE key = ''", (key,))
    row = await (await connection.execute("SELECT key FROM audit_head")).fetchone()
    assert row is not None
    return bytes(row[0])


async def append_rows(
    connection: Connection, entries: Sequence[AuditEntry], now: StoreTime, mark: str
) -> list[AuditRow]:
    """Append within the transaction that is open, which does nothing after it. `mark` is known nowhere else."""
    rows: list[AuditRow] = []
    for place, entry in enumerate(entries):
        values = {
            "number": NUMBER, "tail": tail_of(entry), "mark": f"{mark}.{place}", "what": entry.what,
            "target": entry.target, "keep_until": now.least + AUDIT_KEPT_S,
        }  # fmt: skip
        row = await (await connection.execute(_APPEND, values)).fetchone()
        assert row is not None
        rows.append(AuditRow(*row))
    return rows


async def is_appended(connection: Connection, mark: str) -> bool:
    """Whether rows of this mark are there already: the answer to their commit was lost."""
    found = await connection.execute("SELECT 1 FROM audit_rows WHERE mark = %s", (f"{mark}.0",))
    return await found.fetchone() is not None


async def rows_of(connection: Connection, start: int, target: str, what: str, limit: int) -> list[AuditRow]:
    """See AuditLog.rows."""
    values = {"after": start, "target": target, "what": what, "limit": limit}
    return [
        AuditRow(*row) for row in await (await connection.execute(_ROWS[bool(target), bool(what)], values)).fetchall()
    ]


async def newest_of(connection: Connection, before: int, target: str, what: str, limit: int) -> list[AuditRow]:
    """See AuditLog.newest."""
    values = {"before": before, "target": target, "what": what, "limit": limit}
    found = await connection.execute(_NEWEST[bool(target), bool(what)], values)
    return [AuditRow(*row) for row in await found.fetchall()]


class PostgresAudit:
    """See AuditLog. `boot` tells the number of the proxy's life."""

    def __init__(self, connections: PostgresConnections, boot: Callable[[], int]) -> None:
        self._connections, self._boot = connections, boot
        self._names = itertools.count(1)
        self.key = b""

    async def append(self, entries: Sequence[AuditEntry], now: StoreTime) -> list[AuditRow]:
        """See AuditLog.append."""
        mark = f"{self._boot()}-a{next(self._names)}"

        async def work(connection: Connection, *, again: bool) -> list[AuditRow]:
            async with connection.transaction():
                if again and await is_appended(connection, mark):
                    query = "SELECT n, line, digest FROM audit_rows WHERE mark LIKE %s ORDER BY n"
                    found = await connection.execute(query, (f"{mark}.%",))
                    return [AuditRow(*row) for row in await found.fetchall()]
                return await append_rows(connection, entries, now, mark)

        return await self._connections.run(work) if entries else []

    async def rows(self, *, after: int = 0, limit: int = ROWS_MAX, target: str = "", what: str = "") -> list[AuditRow]:
        """See AuditLog.rows."""
        at_most = max(0, min(limit, ROWS_MAX))
        return await self._connections.ask(lambda connection: rows_of(connection, after, target, what, at_most))

    async def newest(self, *, before: int, limit: int, target: str = "", what: str = "") -> list[AuditRow]:
        """See AuditLog.newest."""
        at_most = max(0, min(limit, ROWS_MAX))
        return await self._connections.ask(lambda connection: newest_of(connection, before, target, what, at_most))

    async def head(self) -> AuditHead:
        """See AuditLog.head."""
        return await self._connections.ask(lambda connection: _head(connection, lock=False))

    async def sweep(self, now: StoreTime) -> int:
        """See AuditLog.sweep."""

        async def work(connection: Connection) -> int:
            async with connection.transaction():
                first = (await _head(connection, lock=True)).start_n
                over = await connection.execute(_OVER, (first, first + SWEEP_ROWS_MAX, now.least))
                rows = await over.fetchall()
                # Only a whole run from the start may go: what is left must be one chain.
                run = [row for place, row in enumerate(rows, first + 1) if row[0] == place]
                if run:
                    await connection.execute("UPDATE audit_head SET start_n = %s, start_digest = %s", run[-1])
                    await connection.execute("DELETE FROM audit_rows WHERE n <= %s", (run[-1][0],))
                return len(run)

        return await self._connections.ask(work)


async def _head(connection: Connection, *, lock: bool) -> AuditHead:
    row = await (await connection.execute(f"{_HEAD} FOR UPDATE" if lock else _HEAD)).fetchone()
    assert row is not None
    return AuditHead(*row)
