"""Deliveries for the tests of the desk: accepted, tried, and dead, in a store of their own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import orjson

from tests.proxy.store.places import NOW, at, sqlite_at
from tidegate.proxy.desk.delivery_desk import DeliveryDesk
from tidegate.proxy.desk.delivery_pages import DeliveryPages
from tidegate.proxy.desk.depth_watch import DepthWatch
from tidegate.proxy.desk.page import Page
from tidegate.proxy.desk.vendor_terms import VendorTerms
from tidegate.proxy.policies.delivery.backlog import BacklogBounds
from tidegate.proxy.policies.delivery.delivery import DeadReason, NewDelivery, Settlement
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import Deliveries
from tidegate.proxy.telemetry.delivery_metrics import DeliveryMetrics
from tidegate.redaction.redactor import Redactor
from tidegate.world.world import RealWorld

CANARY = "sk_live_canary/+1"
"""A secret that the proxy knows, and that must be in no output."""
LEASE_S = 60.0
FIRST = NewDelivery(
    id="d0", box="outbox", app="shop", vendor="stripe", operation="PostRefunds", key="k0", fingerprint="f",
    method="POST", destination="/v1/refunds", headers=b'[["Content-Type", "application/json"]]', body=b'{"n": 0}',
    accepted_wall=NOW, deadline=86_400.0, keep_s=3600.0,
)  # fmt: skip


def letter(number: int, **changes: Any) -> NewDelivery:
    """A delivery of its own id and key."""
    return replace(FIRST, **({"id": f"d{number}", "key": f"k{number}"} | changes))


async def accept(deliveries: Deliveries, *many: NewDelivery, age_s: float = 0.0) -> None:
    for one in many:
        await deliveries.accept(one, at(age_s), BacklogBounds())


async def settle_all(
    deliveries: Deliveries, settlement: Settlement, *, age_s: float = 1.0, sent: bool = True, box: Any = "outbox"
) -> int:
    """Lease everything that is due, try it, and settle each in this way."""
    count = 0
    while leased := await deliveries.claim(box, at(age_s), lease_s=LEASE_S):
        for delivery in leased:
            if sent:
                await deliveries.begin_attempt(delivery, "call-1", at(age_s))
            count += await deliveries.settle(delivery, settlement, at(age_s))
    return count


def dead(reason: DeadReason = "rejected", **facts: Any) -> Settlement:
    return Settlement("dead", dead_reason=reason, detail="it said no", **facts)


class Desk:
    """The pages over a store, as the admin port asks them. `age_s` is how old the store is."""

    def __init__(self, deliveries: Deliveries, terms: VendorTerms) -> None:
        self.deliveries = deliveries
        self.age_s = 10.0
        world = RealWorld()
        depths = DepthWatch(world, deliveries, self.now, DeliveryMetrics())
        self.pages = DeliveryPages(
            DeliveryDesk(
                deliveries, self.now, lambda: Redactor([CANARY]), lambda: ("stripe", "twilio"), lambda *_: terms,
                Random(1), depths,
            )
        )  # fmt: skip

    def now(self) -> StoreTime:
        return at(self.age_s)

    async def get(self, path: str = "") -> Any:
        page = await self.ask("GET", path)
        assert page.status == 200, page.body
        return orjson.loads(page.body)

    async def ask(self, method: str, path: str = "", order: object = None) -> Page:
        bare, _, query = path.partition("?")
        return await self.pages.answer(method, f"/deliveries{bare}", query, orjson.dumps(order))

    async def post(self, path: str, **order: object) -> tuple[int, Any]:
        page = await self.ask("POST", path, {"by": "ada"} | order)
        return page.status, orjson.loads(page.body)


@asynccontextmanager
async def desk(folder: Path, terms: VendorTerms | None = None) -> AsyncIterator[Desk]:
    """A desk over an empty store."""
    async with sqlite_at(folder).opened() as store:
        yield Desk(store.deliveries, terms or VendorTerms(("/email",), rate_per_s=10.0, key_memory_s=86_400.0))
