"""The tokens of a store in SQLite. See tidegate.proxy.store.tokens."""

import itertools
import sqlite3

from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.tokens import NO_ROW, TokenLease, TokenRow
from tidegate.world.group_writer import GroupWriter

SCHEMA = """
CREATE TABLE IF NOT EXISTS tokens (
    name TEXT PRIMARY KEY, version INTEGER NOT NULL, payload BLOB NOT NULL, fence INTEGER NOT NULL,
    holder TEXT NOT NULL, lease_until REAL NOT NULL
) WITHOUT ROWID;
"""
END_LEASES = "UPDATE tokens SET holder = '', lease_until = 0"
"""Of proxies that are dead: one at a time uses the file."""
_READ = "SELECT version, payload FROM tokens WHERE name = ?"
_LEASE = """
INSERT INTO tokens VALUES (:name, 0, x'', 1, :holder, :until)
ON CONFLICT (name) DO UPDATE SET fence = fence + 1, holder = excluded.holder, lease_until = excluded.lease_until
WHERE holder = excluded.holder OR lease_until <= :least
RETURNING fence, version, payload"""
_SAVE = "UPDATE tokens SET version = ?3, payload = ?4 WHERE name = ?1 AND fence = ?2 AND version <= ?3"
_RELEASE = "UPDATE tokens SET holder = '', lease_until = 0 WHERE name = ? AND fence = ?"


class SqliteTokens:
    """See TokenRows."""

    def __init__(self, writer: GroupWriter[sqlite3.Connection]) -> None:
        self._writer, self._holders = writer, itertools.count(1)
        self.boot = 0

    def holder(self) -> str:
        """See TokenRows.holder."""
        return f"{self.boot}-{next(self._holders)}"

    async def read(self, name: str) -> TokenRow:
        """See TokenRows.read."""

        def work(connection: sqlite3.Connection) -> TokenRow:
            row = connection.execute(_READ, (name,)).fetchone()
            return NO_ROW if row is None else TokenRow(*row)

        return await self._writer.run(work)

    async def lease(self, name: str, holder: str, now: StoreTime, ttl_s: float) -> TokenLease | None:
        """See TokenRows.lease."""
        values = {"name": name, "holder": holder, "least": now.least, "until": now.most + ttl_s}

        def work(connection: sqlite3.Connection) -> TokenLease | None:
            row = connection.execute(_LEASE, values).fetchone()
            return None if row is None else TokenLease(name, row[0], TokenRow(row[1], row[2]))

        return await self._writer.run(work)

    async def save(self, lease: TokenLease, version: int, payload: bytes) -> bool:
        """See TokenRows.save."""

        def work(connection: sqlite3.Connection) -> bool:
            return connection.execute(_SAVE, (lease.name, lease.fence, version, payload)).rowcount > 0

        return await self._writer.run(work)

    async def release(self, lease: TokenLease) -> None:
        """See TokenRows.release."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(_RELEASE, (lease.name, lease.fence))

        await self._writer.run(work)
