"""Tests of tidegate.proxy.store.sqlite.sqlite_quotas: one row a quota. The rest is the contract."""

import sqlite3
from pathlib import Path

from tests.proxy.store.places import sqlite_at


async def test_a_new_period_takes_the_row_of_the_old_one(tmp_path: Path) -> None:
    async with sqlite_at(tmp_path).opened() as store:
        await store.quotas.save("things", "daily", 20_000, 17.5)
        await store.quotas.save("things", "daily", 20_001, 3.0)
    with sqlite3.connect(tmp_path / "store.db") as connection:
        rows = connection.execute("SELECT vendor, name, period, used FROM quotas").fetchall()
    connection.close()
    assert rows == [("things", "daily", 20_001, 3.0)]
