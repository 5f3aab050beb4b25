"""Tests of tidegate.proxy.store.postgres.delivery.delivery_by_hand."""

import asyncio

from tests.proxy.store.delivering import FIRST, accepted, claimed, new
from tests.proxy.store.places import at
from tests.proxy.store.postgres.conftest import CutWire, proxy_at
from tidegate.proxy.policies.delivery.delivery import Settlement
from tidegate.proxy.store.deliveries import HandMade
from tidegate.proxy.store.postgres.postgres_store import PostgresStore


async def test_what_a_person_did_is_done_once_though_its_answer_was_lost(
    behind_wire: PostgresStore, wire: CutWire
) -> None:
    await accepted(behind_wire.deliveries, FIRST)
    wire.lose_next_answer = True
    changed = await behind_wire.deliveries.act("d0", HandMade("cancel", "ann"), at(1))
    assert changed is not None
    assert changed.state == "cancelled"
    assert len(await behind_wire.deliveries.audit("d0")) == 1


async def test_of_two_people_one_decides(store: PostgresStore, url: str) -> None:
    await accepted(store.deliveries, FIRST)
    async with proxy_at(url) as other:
        both = await asyncio.gather(
            *(
                proxy.deliveries.act("d0", HandMade("cancel", name), at(1))
                for proxy, name in ((store, "a"), (other, "b"))
            )
        )
    assert sum(changed is not None for changed in both) == 1


async def test_those_behind_one_that_is_live_again_are_not_due(store: PostgresStore) -> None:
    await accepted(store.deliveries, *(new(n, order_key="o") for n in range(2)))
    [one] = await claimed(store.deliveries, 0)
    await store.deliveries.settle(one, Settlement("dead", dead_reason="rejected"), at(0))
    assert await store.deliveries.act("d0", HandMade("replay", "ann"), at(1)) is not None
    [one] = await claimed(store.deliveries, 1)
    await store.deliveries.settle(one, Settlement("waiting", not_before=50.0), at(1))
    due_s = await store.deliveries.next_due("outbox", at(1))
    assert due_s == 49.0, "no worker comes for what it cannot have"
