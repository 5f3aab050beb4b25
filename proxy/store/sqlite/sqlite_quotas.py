"""The use of calendar quotas in SQLite: a row for each of a quota's last periods. See tidegate.proxy.store.quotas."""

import sqlite3

from tidegate.proxy.store.quotas import PERIODS_KEPT, QuotaUse
from tidegate.world.group_writer import GroupWriter

SCHEMA = """
CREATE TABLE IF NOT EXISTS quotas (
    vendor TEXT NOT NULL, name TEXT NOT NULL, period INTEGER NOT NULL, used REAL NOT NULL, saved INTEGER NOT NULL,
    PRIMARY KEY (vendor, name, period)
) WITHOUT ROWID;
"""
_SAVE = """
INSERT OR REPLACE INTO quotas SELECT ?1, ?2, ?3, ?4,
    1 + coalesce((SELECT max(saved) FROM quotas WHERE vendor = ?1 AND name = ?2), 0)"""
_FORGET = """
DELETE FROM quotas WHERE vendor = ?1 AND name = ?2 AND period NOT IN
    (SELECT period FROM quotas WHERE vendor = ?1 AND name = ?2 ORDER BY saved DESC LIMIT ?3)"""


class SqliteQuotas:
    """See Quotas."""

    def __init__(self, writer: GroupWriter[sqlite3.Connection]) -> None:
        self._writer = writer

    async def load(self, vendor: str) -> dict[str, tuple[QuotaUse, ...]]:
        """See Quotas.load."""

        def work(connection: sqlite3.Connection) -> dict[str, tuple[QuotaUse, ...]]:
            uses: dict[str, tuple[QuotaUse, ...]] = {}
            rows = connection.execute(
                "SELECT name, period, used FROM quotas WHERE vendor = ? ORDER BY name, saved DESC", (vendor,)
            )
            for name, period, used in rows:
                uses[name] = (*uses.get(name, ()), QuotaUse(period, used))
            return uses

        return await self._writer.run(work)

    async def save(self, vendor: str, name: str, period: int, used: float) -> None:
        """See Quotas.save."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(_SAVE, (vendor, name, period, used))
            connection.execute(_FORGET, (vendor, name, PERIODS_KEPT))

        await self._writer.run(work)
