"""The store in one SQLite file, which one proxy at a time uses (tidegate.proxy.store.sqlite.file_lock).

Each start takes a new number, its *boot*; a record that is running under another boot belongs to a proxy that is dead,
so its lease is over whatever the clock says.
"""

import sqlite3
from pathlib import Path

from tidegate.proxy.store.sqlite.sqlite_engine import SqliteEngine
from tidegate.proxy.store.sqlite.sqlite_quotas import SCHEMA as QUOTAS
from tidegate.proxy.store.sqlite.sqlite_quotas import SqliteQuotas
from tidegate.proxy.store.sqlite.sqlite_records import SCHEMA as RECORDS
from tidegate.proxy.store.sqlite.sqlite_records import SqliteRecords
from tidegate.proxy.store.store import StoreError
from tidegate.world.world import World

VERSION = 1
"""Of the schema. A file of a higher one was made by a newer Tidegate."""

BOOTS = "CREATE TABLE IF NOT EXISTS boots (boot INTEGER PRIMARY KEY AUTOINCREMENT, wall REAL NOT NULL);"


class SqliteStore:
    """See tidegate.proxy.store.store.Store. The file is opened at once. Raises StoreError where it cannot be."""

    def __init__(self, world: World, path: str) -> None:
        self._writer = world.group_writer(Path(path), SqliteEngine(BOOTS + RECORDS + QUOTAS))
        self.records = SqliteRecords(self._writer)
        self.quotas = SqliteQuotas(self._writer)

    async def open(self, wall: float) -> None:
        """See Store.open: take a boot number."""

        def work(connection: sqlite3.Connection) -> int:
            version = connection.execute("PRAGMA user_version").fetchone()["user_version"]
            if version > VERSION:
                raise StoreError(f"the store has version {version}, this Tidegate knows {VERSION}: a newer one made it")
            connection.execute(f"PRAGMA user_version = {VERSION}")
            return int(connection.execute("INSERT INTO boots (wall) VALUES (?)", (wall,)).lastrowid or 0)

        self.records.boot = await self._writer.run(work)

    async def close(self) -> None:
        """See Store.close."""
        await self._writer.close()
