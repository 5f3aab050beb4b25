"""Tests of tidegate.proxy.store.postgres.delivery.delivery_accept."""

import asyncio

import pytest

from tests.proxy.store.delivering import FIRST, ROOM, accepted, claimed, new
from tests.proxy.store.places import at
from tests.proxy.store.postgres.conftest import CutWire, proxy_at
from tidegate.proxy.policies.delivery.delivery import Settlement
from tidegate.proxy.store.deliveries import Accepted, BacklogBounds, BacklogFull
from tidegate.proxy.store.postgres.postgres_store import PostgresStore


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


async def test_an_id_that_is_another_deliverys_is_a_mistake(store: PostgresStore) -> None:
    await accepted(store.deliveries, FIRST)
    with pytest.raises(ValueError, match="the id d0 is another delivery's"):
        await store.deliveries.accept(new(0, key="other"), at(), ROOM)
