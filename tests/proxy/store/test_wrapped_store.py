"""Tests of tidegate.proxy.store.wrapped_store."""

from pathlib import Path

from tests.proxy.store.places import NOW
from tidegate.proxy.store.deliveries import Deliveries
from tidegate.proxy.store.sqlite.sqlite_store import SqliteStore
from tidegate.proxy.store.wrapped_deliveries import WrappedDeliveries
from tidegate.proxy.store.wrapped_store import WrappedStore
from tidegate.world.world import RealWorld


async def test_all_but_its_deliveries_is_the_store_s_and_those_are_wrapped_once(tmp_path: Path) -> None:
    store, given = SqliteStore(RealWorld(), str(tmp_path / "store.db")), list[Deliveries]()

    def wrap(deliveries: Deliveries) -> WrappedDeliveries:
        given.append(deliveries)
        return WrappedDeliveries(deliveries)

    wrapped = WrappedStore(store, wrap)
    await wrapped.open(NOW)
    assert (wrapped.records, wrapped.quotas, wrapped.clock, wrapped.health) == (
        store.records, store.quotas, store.clock, store.health
    )  # fmt: skip
    assert wrapped.deliveries is wrapped.deliveries
    assert given == [store.deliveries]
    assert repr(wrapped) == repr(store)
    await wrapped.keep_clock(probing=True)
    assert not await wrapped.shrink()
    await wrapped.close()
