"""Tests of tidegate.proxy.store.quotas."""

from pathlib import Path

from tidegate.proxy.store.quotas import SCHEMA, Quotas
from tidegate.world.world import RealWorld


async def test_what_is_used_outlives_the_process(tmp_path: Path) -> None:
    database = RealWorld().database(tmp_path / "store.db", SCHEMA)
    await Quotas(database).save("things", "daily", 20_000, 17.5)
    await Quotas(database).save("things", "daily", 20_001, 3.0)
    await Quotas(database).save("other", "monthly", 600, 4.0)
    await database.close()
    again = RealWorld().database(tmp_path / "store.db", SCHEMA)
    assert await Quotas(again).load("things") == {"daily": (20_001, 3.0)}
    assert await Quotas(again).load("nobody") == {}
    await again.close()
