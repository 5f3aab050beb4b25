"""Tests of tidegate.proxy.desk.depth_watch: scrapes cost the store nothing."""

import asyncio
from typing import cast

from tests.proxy.store.places import NOW, at
from tidegate.proxy.desk.depth_watch import ANSWER_S, FRESH_S, DepthWatch
from tidegate.proxy.store.deliveries import Deliveries, Depth
from tidegate.proxy.store.store_error import StoreError
from tidegate.proxy.telemetry.delivery_metrics import DeliveryMetrics
from tidegate.world.world import World

DEAD = Depth("outbox", "shop", "stripe", "dead", "expired", 3, 300, NOW - 60)
GONE = Depth("outbox", "shop", "stripe", "queued", "", 0, 0, NOW)


class Counting:
    """A store that counts how often it is asked, and fails or hangs where it shall."""

    def __init__(self) -> None:
        self.count = 0
        self.fails = self.hangs = False

    async def depths(self) -> list[Depth]:
        self.count += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.fails:
            raise StoreError("away")
        return [DEAD, GONE]


class Ticking:
    """A world whose clock is put forward by the test; its timeouts are over at once where something hangs."""

    moment = 0.0

    def now(self) -> float:
        return self.moment

    def timeout(self, seconds: float) -> asyncio.Timeout:
        assert seconds == ANSWER_S
        return asyncio.Timeout(asyncio.get_running_loop().time())


async def test_the_store_is_asked_once_in_a_while_however_often_it_is_scraped() -> None:
    store, world, metrics = Counting(), Ticking(), DeliveryMetrics()
    watch = DepthWatch(cast("World", world), cast("Deliveries", store), at, metrics)
    for _ in range(20):
        await watch.look()
    assert (store.count, list(metrics.depths)) == (1, [DEAD, GONE])
    world.moment += FRESH_S
    await watch.look()
    assert store.count == 2
    assert watch.document() == [
        {"box": "outbox", "app": "shop", "vendor": "stripe", "state": "dead", "reason": "expired", "deliveries": 3,
         "bytes": 300, "oldest_s": 60.0}
    ]  # fmt: skip


async def test_a_store_that_fails_or_hangs_leaves_what_it_said_last() -> None:
    store, world, metrics = Counting(), Ticking(), DeliveryMetrics()
    watch = DepthWatch(cast("World", world), cast("Deliveries", store), at, metrics)
    await watch.look()
    store.fails = True
    world.moment += FRESH_S
    await watch.look()
    store.hangs = True
    world.moment += FRESH_S
    await watch.look()
    assert (store.count, list(metrics.depths)) == (3, [DEAD, GONE])
