"""How much of each calendar quota is used, on disk: a restart in the middle of a month must not begin it anew.

What is written is always at least what is used, because it is written ahead. It refuses to know what a period is.
"""

import sqlite3

from tidegate.world.world import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS quotas (
    vendor TEXT NOT NULL,
    name TEXT NOT NULL,
    period INTEGER NOT NULL,
    used REAL NOT NULL,
    PRIMARY KEY (vendor, name)
) WITHOUT ROWID;
"""
"""One row a quota: of an earlier period nobody needs to know."""


class Quotas:
    """The table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, vendor: str) -> dict[str, tuple[int, float]]:
        """Quota → the number of the period and what was used in it."""

        def work(connection: sqlite3.Connection) -> dict[str, tuple[int, float]]:
            found = connection.execute("SELECT name, period, used FROM quotas WHERE vendor = ?", (vendor,))
            return {name: (period, used) for name, period, used in found}

        return await self._database.read(work)

    async def save(self, vendor: str, name: str, period: int, used: float) -> None:
        """Write down what is used."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO quotas VALUES (?, ?, ?, ?)", (vendor, name, period, used))

        await self._database.write(work)
