"""The store in a PostgreSQL database, which several proxies on several machines share.

A background task counts the proxy's beats, keeps the age of the store, and catches up on what the store could not take.
docs/decisions/0011-postgres-store.md has the reasons.
"""

import asyncio

from tidegate.proxy.policies.resilience.peer_watch import BEAT_EVERY_S
from tidegate.proxy.store.audit.audit_log import AUDIT_KEY_BYTES
from tidegate.proxy.store.postgres.postgres_audit import PostgresAudit, audit_key
from tidegate.proxy.store.postgres.postgres_boots import PostgresBoots
from tidegate.proxy.store.postgres.postgres_clock import PostgresClock
from tidegate.proxy.store.postgres.postgres_connections import OPERATION_S, Connection, PostgresConnections
from tidegate.proxy.store.postgres.postgres_deliveries import PostgresDeliveries
from tidegate.proxy.store.postgres.postgres_errors import StoreAddress
from tidegate.proxy.store.postgres.postgres_hints import BOXES
from tidegate.proxy.store.postgres.postgres_migrations import MIGRATION_S, migrate
from tidegate.proxy.store.postgres.postgres_quotas import PostgresQuotas
from tidegate.proxy.store.postgres.postgres_records import PostgresRecords
from tidegate.proxy.store.postgres.postgres_tokens import PostgresTokens
from tidegate.proxy.store.records import BODY_KEPT_BYTES_MAX
from tidegate.proxy.store.store_clock import StoreClock
from tidegate.proxy.store.store_error import StoreError
from tidegate.proxy.store.store_health import StoreHealth
from tidegate.world.world import World

PROBE_BYTES = BODY_KEPT_BYTES_MAX // 16
"""So much is written to find out whether the store takes records again: more than an ordinary record has."""


class PostgresStore:
    """See tidegate.proxy.store.store.Store. Connects in `open`. Raises StoreError for a URL that is none."""

    def __init__(self, world: World, url: str) -> None:
        self._world = world
        self._address = StoreAddress(url)
        self.health = StoreHealth()
        self.clock = StoreClock(world)
        self._connections = PostgresConnections(world, self._address, self.health)
        self._boots, self._age = PostgresBoots(), PostgresClock(self.clock)
        self.records = PostgresRecords(self._connections, self.clock, lambda: self._boots.boot)
        self.quotas = PostgresQuotas(self._connections)
        self.tokens = PostgresTokens(self._connections, lambda: self._boots.boot)
        self.deliveries = PostgresDeliveries(world, self._connections, lambda: self._boots.boot)
        self.audit = PostgresAudit(self._connections, lambda: self._boots.boot)
        self._audit_key = world.random("audit key").randbytes(AUDIT_KEY_BYTES)
        self._beating: asyncio.Task[None] | None = None
        self._beat_lock = asyncio.Lock()
        self._noise = world.random("store probe")

    def __repr__(self) -> str:
        return f"PostgresStore({self._address!r})"

    async def open(self, wall: float) -> None:
        """See Store.open: bring the schema to this version, go on with the store's age, take a boot number."""
        await self._connections.open()

        async def prepare(connection: Connection) -> None:
            try:
                await migrate(connection)
            except StoreError as error:
                raise self._address.error(str(error)) from None
            async with connection.transaction():
                await self._age.go_on(connection)
                await self._boots.begin(connection, wall)
                self.audit.key = await audit_key(connection, self._audit_key)

        await self._connections.ask(prepare, patient=True, within_s=MIGRATION_S + OPERATION_S)
        self._beating = asyncio.get_running_loop().create_task(self._beat_on())

    async def keep_clock(self, *, probing: bool) -> None:
        """See Store.keep_clock."""
        if probing:
            try:
                await self._connections.reach()
            except StoreError:
                if not self._connections.has_some:  # else it may be that the server has no more for us
                    raise
        await self._beat(self._noise.randbytes(PROBE_BYTES) if probing else b"")
        if probing:
            self.health.works()

    async def shrink(self) -> bool:
        """See Store.shrink: the server does it by itself (autovacuum)."""
        return False

    async def close(self) -> None:
        """See Store.close. The calls that still run are given up, so that another proxy may resume them."""
        await self.deliveries.hints.close()
        if self._beating is not None:
            self._beating.cancel()

            async def leave(connection: Connection) -> None:
                async with connection.transaction():
                    await self._age.save(connection)
                    await self._boots.end(connection)
                await self.deliveries.hints.notify(connection, BOXES)  # what it had leased may be due

            try:
                await self.records.settle()
                await self.deliveries.finish()
                await self._connections.settle()
                await self._connections.ask(leave)
            except StoreError:
                pass  # the others see that it does not beat
        await self._connections.close()

    async def _beat_on(self) -> None:
        while True:
            await self._world.sleep(BEAT_EVERY_S)
            try:
                await self._beat(b"")
            except StoreError:
                continue  # noted in the health

    async def _beat(self, probe: bytes) -> None:
        async def work(connection: Connection) -> None:
            async with connection.transaction():
                await self._age.save(connection)
                await self._boots.beat(connection, self._world.uptime(), self._world.wall(), probe)

        async with self._beat_lock:
            await self._connections.ask(work, patient=bool(probe))
            await self.records.catch_up(self.clock.now())
