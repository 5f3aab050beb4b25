"""Tests of tidegate.proxy.store.postgres.delivery.delivery_accept."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.proxy.store.delivering import FIRST, ROOM, accepted, claimed, new
from tests.proxy.store.places import at
from tests.proxy.store.postgres.conftest import CutWire, proxy_at
from tidegate.proxy.policies.delivery.backlog import BacklogBounds, BacklogFull
from tidegate.proxy.policies.delivery.delivery import Settlement
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import Accepted, DeliveryFilter
from tidegate.proxy.store.postgres.delivery import delivery_accept
from tidegate.proxy.store.postgres.postgres_connections import Connection
from tidegate.proxy.store.postgres.postgres_store import PostgresStore
from tidegate.proxy.store.store_error import StoreError


@pytest.mark.parametrize("order_key", ["", "o"])
async def test_one_whose_answer_was_lost_is_accepted_once(
    behind_wire: PostgresStore, wire: CutWire, order_key: str
) -> None:
    await accepted(behind_wire.deliveries, new(1))  # so that a connection is there, and what waits is known
    wire.lose_next_answer = True
    assert await behind_wire.deliveries.accept(new(0, order_key=order_key), at(), ROOM) == Accepted()
    assert sum(depth.rows for depth in await behind_wire.deliveries.depths()) == 2


async def test_of_two_proxies_one_accepts_a_key(store: PostgresStore, url: str) -> None:
    async with proxy_at(url) as other:
        answers = await asyncio.gather(
            *(proxy.deliveries.accept(new(n, key="k"), at(), ROOM) for n, proxy in enumerate((store, other) * 10))
        )
    assert sum(answer == Accepted() for answer in answers) == 1


async def test_what_another_proxy_took_counts_within_a_second(store: PostgresStore, url: str) -> None:
    bounds = BacklogBounds(rows=3)
    async with proxy_at(url) as other:
        assert await store.deliveries.accept(FIRST, at(), bounds) == Accepted()
        await accepted(other.deliveries, new(1), new(2))
        assert await store.deliveries.accept(new(3), at(1), bounds) == BacklogFull("rows")
        [one] = await claimed(other.deliveries, 1, limit=1)
        await other.deliveries.settle(one, Settlement("done"), at(1))
        assert await store.deliveries.accept(new(3), at(1), bounds) == Accepted(), "counted again before it is refused"


@pytest.mark.parametrize(("offered", "counts"), [(1, 1), (30, 2)])
async def test_a_full_box_is_counted_once_for_all_that_come_at_once(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch, offered: int, counts: int
) -> None:
    count, counted = delivery_accept.PostgresBacklog.count, list[str]()

    async def seen(self: delivery_accept.PostgresBacklog, connection: Connection, box: str, now: StoreTime) -> Any:
        counted.append(box)
        return await count(self, connection, box, now)

    bounds, key = BacklogBounds(rows=3), "o" if offered == 1 else ""
    await accepted(store.deliveries, *(new(n) for n in range(3)))
    monkeypatch.setattr(delivery_accept.PostgresBacklog, "count", seen)
    answers = await asyncio.gather(
        *(store.deliveries.accept(new(100 + n, order_key=key), at(9), bounds) for n in range(offered))
    )
    assert set(answers) == {BacklogFull("rows")}
    assert len(counted) <= counts


async def test_what_is_refused_for_its_length_leaves_its_room_to_others(store: PostgresStore) -> None:
    bounds = BacklogBounds(bytes=2000)
    large, small = (replace(new(n), body=b"x" * length) for n, length in ((1, 1950), (2, 900)))
    await accepted(store.deliveries, new(0))
    answers = await asyncio.gather(*(store.deliveries.accept(one, at(9), bounds) for one in (large, large, small)))
    assert answers.count(Accepted()) == 1


async def test_an_id_that_is_another_deliverys_is_a_mistake(store: PostgresStore) -> None:
    await accepted(store.deliveries, FIRST)
    with pytest.raises(ValueError, match="the id d0 is another delivery's"):
        await store.deliveries.accept(new(0, key="other"), at(), ROOM)


async def test_two_proxies_that_are_offered_the_same_keys_in_opposite_order_wait_for_none(
    store: PostgresStore, url: str
) -> None:
    keys = [f"k{n:02}" for n in range(60)]
    async with proxy_at(url) as other:
        offers = [store.deliveries.accept(new(0, id=f"a{key}", key=key), at(), ROOM) for key in keys]
        offers += [other.deliveries.accept(new(0, id=f"b{key}", key=key), at(), ROOM) for key in reversed(keys)]
        answers = await asyncio.gather(*offers)
    assert answers.count(Accepted()) == len(keys)
    [depth] = await store.deliveries.depths()
    assert depth.rows == len(keys)


async def test_many_at_once_are_written_in_the_order_of_their_keys(store: PostgresStore) -> None:
    names = [f"{n * 7 % 30:02}" for n in range(30)]
    await asyncio.gather(*(store.deliveries.accept(new(0, id=name, key=name), at(), ROOM) for name in names))
    page = await store.deliveries.page(DeliveryFilter(), limit=30)
    assert [one.new.id for one in page.deliveries] == sorted(names, reverse=True)


async def test_a_former_key_is_looked_up_by_its_index_though_the_plan_was_made_when_there_was_none(
    store: PostgresStore,
) -> None:
    async def work(connection: Connection) -> tuple[int, ...] | None:
        async with connection.transaction():
            await delivery_accept._insert(connection, [(new(n), at()) for n in range(20)])
            cursor = await connection.execute("""SELECT pg_stat_get_xact_numscans('delivery_former_keys'::regclass),
                pg_stat_get_xact_numscans('delivery_former_keys_pkey'::regclass)""")
            return await cursor.fetchone()

    assert await store._connections.ask(work) == (0, 20)


async def test_what_the_database_cannot_hold_fails_alone(store: PostgresStore) -> None:
    many = [new(0), new(1, trace="\0"), new(2)]
    offers = (store.deliveries.accept(one, at(), ROOM) for one in many)
    answers = await asyncio.gather(*offers, return_exceptions=True)
    assert [type(answer) for answer in answers] == [Accepted, StoreError, Accepted]
