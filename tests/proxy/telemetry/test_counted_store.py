"""Tests of tidegate.proxy.telemetry.counted_store."""

from pathlib import Path

from tests.proxy.desk.letters import letter
from tests.proxy.store.places import NOW, at
from tidegate.proxy.policies.delivery.backlog import BacklogBounds
from tidegate.proxy.store.sqlite.sqlite_store import SqliteStore
from tidegate.proxy.telemetry.counted_store import CountedStore
from tidegate.world.world import RealWorld


async def test_all_of_it_is_the_store_s_and_its_deliveries_are_counted(tmp_path: Path) -> None:
    store = SqliteStore(RealWorld(), str(tmp_path / "store.db"))
    counted = CountedStore(store)
    await counted.open(NOW)
    assert (counted.records, counted.quotas, counted.clock, counted.health) == (
        store.records, store.quotas, store.clock, store.health
    )  # fmt: skip
    assert counted.deliveries is counted.deliveries
    await counted.deliveries.accept(letter(1), at(), BacklogBounds())
    await counted.keep_clock(probing=True)
    assert not await counted.shrink()
    assert await store.deliveries.find("d1") is not None
    assert counted.counts.accepted == {("outbox", "shop", "stripe", "accepted"): 1}
    await counted.close()
