"""Tests of tidegate.proxy.store.sqlite.sqlite_deliveries: what is true beside the contract, and what it wakes."""

import sqlite3
from pathlib import Path

from tests.proxy.store.delivering import FIRST, LEASE_S, ROOM, accepted, claimed, new
from tests.proxy.store.places import at, sqlite_at
from tidegate.proxy.policies.delivery.backlog import BacklogBounds
from tidegate.proxy.policies.delivery.delivery import Settlement
from tidegate.proxy.store.deliveries import HandMade


async def test_whoever_drives_the_workers_is_woken_when_something_may_be_due(tmp_path: Path) -> None:
    async with sqlite_at(tmp_path).opened() as store:
        woken: list[str] = []
        deliveries = store.deliveries
        await accepted(deliveries, new(9))  # nobody drives them yet
        deliveries.wake = woken.append
        await accepted(deliveries, FIRST, new(1, box="inbox", order_key="o"))
        assert woken == ["outbox", "inbox"]
        await deliveries.accept(FIRST, at(), ROOM)
        await deliveries.accept(new(2), at(), BacklogBounds(rows=0))
        assert len(woken) == 2, "nothing new"
        for box in ("outbox", "inbox"):
            for one in await claimed(deliveries, 0, box=box):
                await deliveries.settle(one, Settlement("dead", dead_reason="quota"), at(0))
        assert woken[2:] == ["inbox"], "the next of its order key may go"
        await deliveries.act("d0", HandMade("replay", "ann"), at(1))
        assert woken[3:] == ["outbox"]


async def test_a_row_has_the_life_of_the_proxy_that_leased_it(tmp_path: Path) -> None:
    for _ in range(2):
        async with sqlite_at(tmp_path).opened() as store:
            await store.deliveries.accept(FIRST, at(), ROOM)
            await claimed(store.deliveries, 0)
    connection = sqlite3.connect(tmp_path / "store.db")
    assert connection.execute("SELECT boot, lease_until, lease_token FROM deliveries").fetchall() == [(2, LEASE_S, 2)]
    connection.close()
