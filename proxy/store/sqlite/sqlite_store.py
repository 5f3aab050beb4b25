"""The store in one SQLite file, which one proxy at a time uses (tidegate.proxy.store.sqlite.file_lock).

Each start takes a new number, its *boot*; a record that is running under another boot belongs to a proxy that is dead,
so its lease is over whatever the clock says. So is that of a delivery.
"""

import sqlite3
from pathlib import Path

from tidegate.proxy.store.audit.audit_log import AUDIT_KEY_BYTES
from tidegate.proxy.store.sqlite.delivery.delivery_overdue import end_leases_of_others
from tidegate.proxy.store.sqlite.delivery.delivery_tables import make_tables
from tidegate.proxy.store.sqlite.sqlite_audit import SqliteAudit, make_audit
from tidegate.proxy.store.sqlite.sqlite_clock import PROBE_BYTES, load_clock, save_clock
from tidegate.proxy.store.sqlite.sqlite_clock import SCHEMA as CLOCK
from tidegate.proxy.store.sqlite.sqlite_deliveries import SqliteDeliveries
from tidegate.proxy.store.sqlite.sqlite_engine import SqliteEngine
from tidegate.proxy.store.sqlite.sqlite_migrations import migrate, run_statements
from tidegate.proxy.store.sqlite.sqlite_quotas import SCHEMA as QUOTAS
from tidegate.proxy.store.sqlite.sqlite_quotas import SqliteQuotas
from tidegate.proxy.store.sqlite.sqlite_records import SCHEMA as RECORDS
from tidegate.proxy.store.sqlite.sqlite_records import SqliteRecords
from tidegate.proxy.store.sqlite.sqlite_tokens import END_LEASES, SqliteTokens
from tidegate.proxy.store.sqlite.sqlite_tokens import SCHEMA as TOKENS
from tidegate.proxy.store.store_clock import StoreClock
from tidegate.proxy.store.store_error import StoreError
from tidegate.proxy.store.store_health import StoreHealth
from tidegate.world.world import World

FREE_PAGES_KEPT = 1024
"""So many pages (of 4 KiB) may be free, for what is written next; more are given back."""
SHRINK_PAGES = 2048
"""So many are given back at once, because writes wait meanwhile: about 10 ms."""
OWN_TABLE = "unkeyed_unknowns"
"""Files of every version have it."""
BOOTS = "CREATE TABLE IF NOT EXISTS boots (boot INTEGER PRIMARY KEY AUTOINCREMENT, wall REAL NOT NULL);"


class SqliteStore:
    """See tidegate.proxy.store.store.Store. The file is opened at once. Raises StoreError where it cannot be."""

    def __init__(self, world: World, path: str) -> None:
        self.health = StoreHealth()
        self.clock = StoreClock(world)
        self._opened = False
        self._writer = world.group_writer(Path(path), SqliteEngine(health=self.health, own=OWN_TABLE))
        self.records = SqliteRecords(self._writer, self.clock)
        self.quotas = SqliteQuotas(self._writer)
        self.tokens = SqliteTokens(self._writer)
        self.deliveries = SqliteDeliveries(self._writer)
        self.audit = SqliteAudit(self._writer)
        self._audit_key = world.random("audit key").randbytes(AUDIT_KEY_BYTES)

    async def open(self, wall: float) -> None:
        """See Store.open: bring the file to this version, go on with its clock, take a boot number."""

        def work(connection: sqlite3.Connection) -> int:
            migrate(connection, wall)
            run_statements(connection, BOOTS + RECORDS + QUOTAS + TOKENS + CLOCK)
            make_tables(connection)
            self.audit.key = make_audit(connection, self._audit_key)
            self.clock.go_on(load_clock(connection))
            save_clock(connection, self.clock.reading())
            boot = int(connection.execute("INSERT INTO boots (wall) VALUES (?)", (wall,)).lastrowid or 0)
            end_leases_of_others(connection, boot)
            connection.execute(END_LEASES)
            return boot

        self.records.boot = self.deliveries.boot = self.tokens.boot = await self._writer.run(work)
        self._opened = True

    async def keep_clock(self, *, probing: bool) -> None:
        """See Store.keep_clock."""
        reading = self.clock.reading()
        await self._writer.run(lambda connection: save_clock(connection, reading, PROBE_BYTES if probing else 0))
        if probing:
            self.health.works()

    async def shrink(self) -> bool:
        """See Store.shrink."""

        def work(connection: sqlite3.Connection) -> bool:
            free = _free_pages(connection) - FREE_PAGES_KEPT
            for _ in range(min(free, SHRINK_PAGES)):
                connection.execute("PRAGMA incremental_vacuum(1)")  # sqlite3 takes one step of it, whatever the number
            # A file that was too large to be written anew, or that somebody else wrote, cannot shrink.
            return free > SHRINK_PAGES and _free_pages(connection) - FREE_PAGES_KEPT < free

        return await self._writer.run(work)

    async def close(self) -> None:
        """See Store.close."""
        try:
            await self.deliveries.finish()
            if self._opened:
                await self.keep_clock(probing=False)
        except StoreError:
            pass  # the next life takes the reading before
        finally:
            await self._writer.close()


def _free_pages(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA freelist_count").fetchone()[0])
