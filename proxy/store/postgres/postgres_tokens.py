"""The tokens of a store in PostgreSQL, which all proxies on it share. See tidegate.proxy.store.tokens."""

import itertools
from collections.abc import Callable

from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.postgres.postgres_connections import Connection, PostgresConnections
from tidegate.proxy.store.tokens import NO_ROW, TokenLease, TokenRow

TABLE_OF_CHAINS = """
CREATE TABLE tokens (
    name text PRIMARY KEY, version bigint NOT NULL, payload bytea NOT NULL, fence bigint NOT NULL,
    holder text NOT NULL, lease_until double precision NOT NULL
);
"""
_READ = "SELECT version, payload FROM tokens WHERE name = %s"
_LEASE = """
INSERT INTO tokens AS row VALUES (%(name)s, 0, '', 1, %(holder)s, %(until)s)
ON CONFLICT (name) DO UPDATE SET fence = row.fence + 1, holder = excluded.holder, lease_until = excluded.lease_until
WHERE row.holder = excluded.holder OR row.lease_until <= %(least)s
RETURNING fence, version, payload"""
_SAVE = "UPDATE tokens SET version = %s, payload = %s WHERE name = %s AND fence = %s AND version <= %s"
_RELEASE = "UPDATE tokens SET holder = '', lease_until = 0 WHERE name = %s AND fence = %s"


class PostgresTokens:
    """See TokenRows."""

    def __init__(self, connections: PostgresConnections, boot: Callable[[], int]) -> None:
        self._connections, self._boot, self._holders = connections, boot, itertools.count(1)

    def holder(self) -> str:
        """See TokenRows.holder."""
        return f"{self._boot()}-{next(self._holders)}"

    async def read(self, name: str) -> TokenRow:
        """See TokenRows.read."""

        async def work(connection: Connection) -> TokenRow:
            row = await (await connection.execute(_READ, (name,))).fetchone()
            return NO_ROW if row is None else TokenRow(*row)

        return await self._connections.ask(work)

    async def lease(self, name: str, holder: str, now: StoreTime, ttl_s: float) -> TokenLease | None:
        """See TokenRows.lease."""
        values = {"name": name, "holder": holder, "least": now.least, "until": now.most + ttl_s}

        async def work(connection: Connection) -> TokenLease | None:
            row = await (await connection.execute(_LEASE, values)).fetchone()
            return None if row is None else TokenLease(name, row[0], TokenRow(row[1], row[2]))

        return await self._connections.ask(work)

    async def save(self, lease: TokenLease, version: int, payload: bytes) -> bool:
        """See TokenRows.save."""
        values = (version, payload, lease.name, lease.fence, version)

        async def work(connection: Connection) -> bool:
            return (await connection.execute(_SAVE, values)).rowcount > 0

        return await self._connections.ask(work)

    async def release(self, lease: TokenLease) -> None:
        """See TokenRows.release."""

        async def work(connection: Connection) -> None:
            await connection.execute(_RELEASE, (lease.name, lease.fence))

        await self._connections.ask(work)
