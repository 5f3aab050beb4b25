"""The use of calendar quotas in SQLite: one row a quota. See tidegate.proxy.store.quotas."""

import sqlite3

from tidegate.proxy.store.quotas import QuotaUse
from tidegate.world.group_writer import GroupWriter

SCHEMA = """
CREATE TABLE IF NOT EXISTS quotas (
    vendor TEXT NOT NULL,
    name TEXT NOT NULL,
    period INTEGER NOT NULL,
    used REAL NOT NULL,
    PRIMARY KEY (vendor, name)
) WITHOUT ROWID;
"""


class SqliteQuotas:
    """See Quotas."""

    def __init__(self, writer: GroupWriter[sqlite3.Connection]) -> None:
        self._writer = writer

    async def load(self, vendor: str) -> dict[str, QuotaUse]:
        """See Quotas.load."""

        def work(connection: sqlite3.Connection) -> dict[str, QuotaUse]:
            rows = connection.execute("SELECT name, period, used FROM quotas WHERE vendor = ?", (vendor,))
            return {row["name"]: QuotaUse(row["period"], row["used"]) for row in rows}

        return await self._writer.run(work)

    async def save(self, vendor: str, name: str, period: int, used: float) -> None:
        """See Quotas.save."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO quotas VALUES (?, ?, ?, ?)", (vendor, name, period, used))

        await self._writer.run(work)
