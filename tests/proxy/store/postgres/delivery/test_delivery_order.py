"""Tests of tidegate.proxy.store.postgres.delivery.delivery_order: two proxies, few keys, everything at once."""

import asyncio

from tests.proxy.store.delivering import ROOM, new
from tests.proxy.store.places import at
from tests.proxy.store.postgres.conftest import proxy_at
from tidegate.proxy.policies.delivery.delivery import Settlement
from tidegate.proxy.store.deliveries import Accepted
from tidegate.proxy.store.postgres.postgres_store import PostgresStore

KEYS, EACH = 4, 25


class Drain:
    """Workers of several proxies that note what they deliver, in the order in which they do."""

    def __init__(self) -> None:
        self.running: set[str] = set()
        self.delivered: dict[str, list[int]] = {}

    async def work(self, proxy: PostgresStore, total: int) -> None:
        while sum(map(len, self.delivered.values())) < total:
            for one in await proxy.deliveries.claim("outbox", at(1), lease_s=60.0, limit=3):
                key = one.new.order_key
                assert key not in self.running, "two of one order key at once"
                self.running.add(key)
                assert await proxy.deliveries.begin_attempt(one, "c", at(1)) == 1
                self.delivered.setdefault(key, []).append(int(one.new.id[1:]))
                self.running.discard(key)
                assert await proxy.deliveries.settle(one, Settlement("done"), at(1))


async def test_the_order_of_a_key_holds_while_two_proxies_accept_and_drain_at_once(
    store: PostgresStore, url: str
) -> None:
    async with proxy_at(url) as other:
        drain = Drain()

        async def accept(proxy: PostgresStore, key: int) -> None:
            for number in range(EACH):
                one = new(key * 100 + number, order_key=f"o{key}")
                assert await proxy.deliveries.accept(one, at(1), ROOM) == Accepted()

        await asyncio.gather(
            *(accept(proxy, key) for key, proxy in enumerate((store, other) * (KEYS // 2))),
            *(drain.work(proxy, KEYS * EACH) for proxy in (store, other) for _ in range(2)),
        )
    assert drain.delivered == {f"o{key}": [key * 100 + n for n in range(EACH)] for key in range(KEYS)}
