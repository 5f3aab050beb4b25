"""Tests of tidegate.proxy.store.sqlite.sqlite_quotas: a row for each of the last periods. The rest is the contract."""

import sqlite3
from pathlib import Path

from tests.proxy.store.places import sqlite_at


async def test_a_period_has_one_row(tmp_path: Path) -> None:
    async with sqlite_at(tmp_path).opened() as store:
        for used in (1.0, 17.5):
            await store.quotas.save("things", "daily", 20_000, used)
        await store.quotas.save("things", "daily", 20_001, 3.0)
    with sqlite3.connect(tmp_path / "store.db") as connection:
        rows = connection.execute("SELECT vendor, name, period, used, saved FROM quotas").fetchall()
    connection.close()
    assert rows == [("things", "daily", 20_000, 17.5, 2), ("things", "daily", 20_001, 3.0, 3)]
