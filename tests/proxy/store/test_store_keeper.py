"""Tests of tidegate.proxy.store.store_keeper: what it notices, tells and mends, over a file that a test spoils."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.proxy.store.delivering import FIRST, accepted, claimed
from tests.proxy.store.machine import Machine
from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.policies.delivery.delivery import Settlement
from tidegate.proxy.store.records import KeyedCall
from tidegate.proxy.store.sqlite.sqlite_store import SqliteStore
from tidegate.proxy.store.store_error import StoreError
from tidegate.proxy.store.store_keeper import KEEP_EVERY_S, StoreKeeper

CALL = KeyedCall("shop", "stripe", "PostRefunds", "k", "k", "f", "c1", 20.0, 3600.0, 86400.0)


@dataclass
class Kept:
    """A store, its machine and its keeper, and what the keeper has told."""

    machine: Machine
    store: SqliteStore
    keeper: StoreKeeper
    notes: list[tuple[str, dict[str, str | float]]] = field(default_factory=list)


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Kept]:
    class Monotonic(Machine):
        def now(self) -> float:
            return self.up_s

    machine = Monotonic()
    store = SqliteStore(machine, str(tmp_path / "store.db"))
    await store.open(machine.wall())
    made = Kept(machine, store, StoreKeeper(machine, store, lambda text, facts: made.notes.append((text, facts))))
    yield made
    await store.close()


async def query_only(store: SqliteStore, *, on: bool) -> None:
    store._writer._connection.execute(f"PRAGMA query_only={int(on)}")  # type: ignore[attr-defined]  # as a disk would


async def test_a_jump_of_the_wall_clock_is_told_and_nothing_is_swept_for_it(kept: Kept) -> None:
    await kept.store.records.begin(CALL, kept.store.records.now())
    await kept.store.records.finish("c1", Outcome.DONE, now=kept.store.records.now(), status=200)
    kept.machine.jump(2 * 86_400.0)
    kept.machine.passes(KEEP_EVERY_S)
    await kept.keeper.look()
    assert kept.notes == [("the wall clock jumped", {"by_s": 172_800.0, "means": "records and leases keep their age"})]
    assert await kept.store.records.find_call("c1") is not None
    kept.machine.passes(3600.0)
    await kept.keeper.look()
    assert await kept.store.records.find_call("c1") is None, "but when its time has passed"


async def test_deliveries_that_have_ended_go_in_their_time(kept: Kept) -> None:
    await accepted(kept.store.deliveries, FIRST)
    [one] = await claimed(kept.store.deliveries, 0)
    await kept.store.deliveries.settle(one, Settlement("done"), kept.store.clock.now())
    for passed, there in ((FIRST.keep_s - 1.0, True), (KEEP_EVERY_S, False)):
        kept.machine.passes(passed)
        await kept.keeper.look()
        assert (await kept.store.deliveries.find("d0") is not None) == there


async def test_trouble_is_told_once_and_so_is_its_end(kept: Kept) -> None:
    await query_only(kept.store, on=True)
    for number in range(3):
        with pytest.raises(StoreError):
            await kept.store.records.begin(CALL, kept.store.records.now())
        await kept.keeper.look()
        assert len(kept.notes) == 1, number
    assert "readonly" in kept.store.health.trouble
    await query_only(kept.store, on=False)
    await kept.keeper.look()
    assert kept.store.health.trouble == ""
    assert [text for text, _ in kept.notes] == [
        "the store takes no records; keyed writes are refused",
        "the store takes records again",
    ]


async def test_trouble_is_found_where_nobody_writes(kept: Kept) -> None:
    await query_only(kept.store, on=True)
    kept.machine.passes(KEEP_EVERY_S)
    await kept.keeper.look()
    assert "readonly" in kept.store.health.trouble
