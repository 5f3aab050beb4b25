"""The use of calendar quotas in PostgreSQL: a row for each of a quota's last periods, with what all proxies used.

Each adds what it has used itself since it last wrote. Where the answer to that is lost it adds it again, so that what
is written is always at least what is used. See tidegate.proxy.store.quotas.
"""

from tidegate.proxy.store.postgres.postgres_connections import Connection, PostgresConnections
from tidegate.proxy.store.quotas import PERIODS_KEPT, QuotaUse

_LOAD = "SELECT name, period, used FROM quotas WHERE vendor = %s ORDER BY name, saved DESC"
_SAVE = """
INSERT INTO quotas AS row
SELECT %(vendor)s, %(name)s, %(period)s, %(used)s,
    1 + coalesce((SELECT max(saved) FROM quotas WHERE vendor = %(vendor)s AND name = %(name)s), 0)
ON CONFLICT (vendor, name, period) DO UPDATE SET used = row.used + %(more)s, saved = excluded.saved"""
_FORGET = """
DELETE FROM quotas WHERE vendor = %(vendor)s AND name = %(name)s AND period NOT IN
    (SELECT period FROM quotas WHERE vendor = %(vendor)s AND name = %(name)s ORDER BY saved DESC LIMIT %(kept)s)"""

_Row = tuple[str, str, int]


class PostgresQuotas:
    """See Quotas."""

    def __init__(self, connections: PostgresConnections) -> None:
        self._connections = connections
        self._written: dict[_Row, float] = {}
        """Of each row, what this proxy counts from: what it read first, and has written since."""

    async def load(self, vendor: str) -> dict[str, tuple[QuotaUse, ...]]:
        """See Quotas.load."""

        async def work(connection: Connection) -> list[tuple[str, int, float]]:
            return await (await connection.execute(_LOAD, (vendor,))).fetchall()

        uses: dict[str, tuple[QuotaUse, ...]] = {}
        for name, period, used in await self._connections.ask(work):
            uses[name] = (*uses.get(name, ()), QuotaUse(period, used))
            self._written.setdefault((vendor, name, period), used)
        return uses

    async def save(self, vendor: str, name: str, period: int, used: float) -> None:
        """See Quotas.save."""
        row = (vendor, name, period)
        more = used - self._written.get(row, 0.0)
        values = {"vendor": vendor, "name": name, "period": period, "used": used, "more": more, "kept": PERIODS_KEPT}

        async def work(connection: Connection) -> None:
            async with connection.transaction():
                await connection.execute(_SAVE, values)
                await connection.execute(_FORGET, values)

        await self._connections.ask(work)
        self._written[row] = used
        for known in [known for known in self._written if known[:2] == row[:2] and known[2] < period - PERIODS_KEPT]:
            del self._written[known]
