"""Tests of tidegate.proxy.store.postgres.delivery.delivery_claim."""

import asyncio

from tests.proxy.store.delivering import accepted, claimed, ids, new
from tests.proxy.store.postgres.conftest import CutWire, proxy_at
from tidegate.proxy.policies.delivery.delivery import Delivery
from tidegate.proxy.store.postgres.delivery.delivery_claim import chosen
from tidegate.proxy.store.postgres.postgres_store import PostgresStore


async def test_two_proxies_that_claim_at_once_never_lease_the_same(store: PostgresStore, url: str) -> None:
    await accepted(store.deliveries, *(new(n, app=f"app{n % 3}") for n in range(120)))
    async with proxy_at(url) as other:
        leased: list[str] = []
        while claims := await asyncio.gather(
            *(claimed(proxy.deliveries, 0, limit=7) for proxy in (store, other) for _ in range(4))
        ):
            before = len(leased)
            leased += [name for claim in claims for name in ids(claim)]
            if len(leased) == before:
                break
    assert sorted(leased) == sorted(f"d{n}" for n in range(120))


async def test_what_a_claim_leased_is_had_though_its_answer_was_lost(behind_wire: PostgresStore, wire: CutWire) -> None:
    await accepted(behind_wire.deliveries, *(new(n) for n in range(3)))
    leased: list[Delivery] = []
    for number in range(6):  # of the statements of a claim another one each time
        wire.lose_next_answer = True
        leased = await claimed(behind_wire.deliveries, number)
        assert [one.lease_token for one in leased] in ([], [1, 1, 1])
        if leased:
            break
    assert ids(leased) == ["d0", "d1", "d2"]


def row(rank: int, app: str, seq: int) -> dict[str, object]:
    return {"rank": rank, "app": app, "seq": seq}


def test_the_apps_of_one_priority_take_turns_from_the_one_after_the_last() -> None:
    rows = [row(0, "a", 1), row(0, "a", 2), row(0, "b", 3), row(0, "c", 4), row(-5, "c", 9), row(0, "a", 5)]
    assert chosen(rows, 10, "") == [9, 1, 3, 4, 2, 5]
    assert chosen(rows, 10, "a") == [9, 3, 4, 1, 2, 5]
    assert chosen(rows, 3, "b") == [9, 4, 1]
    assert chosen([], 3, "b") == []
