"""Tests of tidegate.proxy.store.sealed.sealed_store."""

from pathlib import Path
from random import Random

from tests.proxy.store.delivering import accepted, new
from tests.proxy.store.places import NOW
from tidegate.proxy.store.sealed.seal import Seal
from tidegate.proxy.store.sealed.sealed_store import SealedStore
from tidegate.proxy.store.sealed.sealing_keys import SealingKeys, is_sealed
from tidegate.proxy.store.sqlite.sqlite_store import SqliteStore
from tidegate.world.world import RealWorld


async def test_all_of_it_is_the_store_s_and_its_deliveries_are_sealed(tmp_path: Path) -> None:
    store = SqliteStore(RealWorld(), str(tmp_path / "store.db"))
    sealed = SealedStore(store, Seal(Random(1), SealingKeys([b"k" * 32]), lambda _: True))
    await sealed.open(NOW)
    assert (sealed.records, sealed.quotas, sealed.clock, sealed.health) == (
        store.records, store.quotas, store.clock, store.health
    )  # fmt: skip
    assert sealed.deliveries is sealed.deliveries
    assert repr(sealed) == repr(store)
    await accepted(sealed.deliveries, new(1))
    await sealed.keep_clock(probing=True)
    assert not await sealed.shrink()
    found = await store.deliveries.find("d1")
    assert found is not None
    assert is_sealed(found.new.body)
    await sealed.close()
