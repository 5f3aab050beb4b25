"""Outbox and inbox in PostgreSQL. See tidegate.proxy.store.deliveries; what is done is in the room `delivery`.

Work whose answer was lost with its connection is done again; each piece knows its own traces, so nothing is done twice.
"""

import itertools
from collections.abc import Callable, Sequence

from tidegate.proxy.policies.delivery.backlog import BacklogBounds, BacklogFull
from tidegate.proxy.policies.delivery.delivery import Box, Delivery, DeliveryAttempt, NewDelivery, Settlement
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import (
    CLAIM_MAX,
    DEFAULT_RETENTION,
    Accepted,
    DeliveryAlarm,
    DeliveryFilter,
    DeliveryPage,
    Depth,
    HandMade,
    Repeated,
)
from tidegate.proxy.store.postgres.delivery import (
    delivery_accept,
    delivery_alarms,
    delivery_by_hand,
    delivery_claim,
    delivery_overdue,
    delivery_pages,
    delivery_rows,
    delivery_settle,
)
from tidegate.proxy.store.postgres.postgres_batches import PostgresBatches
from tidegate.proxy.store.postgres.postgres_connections import Connection, PostgresConnections, Work
from tidegate.proxy.store.postgres.postgres_hints import PostgresHints
from tidegate.world.world import World


def _sleep_on(box: Box) -> None:
    """Nobody drives the workers yet."""
    del box


class PostgresDeliveries:
    """See Deliveries. `boot` tells the number of the proxy's life, of which PostgresBoots knows."""

    def __init__(self, world: World, connections: PostgresConnections, boot: Callable[[], int]) -> None:
        self._wake: Callable[[Box], None] = _sleep_on
        self.hints = PostgresHints(world, connections, boot, self._heard)
        """To the other proxies on the store, and from them."""
        self.retention = DEFAULT_RETENTION
        """See Deliveries.retention."""
        self._connections, self._boot = connections, boot
        self._backlog = delivery_accept.PostgresBacklog()
        self._batches: PostgresBatches[delivery_accept.Offered, delivery_accept.Answer | ValueError] = PostgresBatches(
            connections, self._accept_all
        )
        self._beginnings: PostgresBatches[delivery_settle.Beginning, int | None] = PostgresBatches(
            connections, delivery_settle.begin_all
        )
        self._endings: PostgresBatches[delivery_settle.Ending, bool | ValueError] = PostgresBatches(
            connections, self._settle_all
        )
        self._names = itertools.count(1)
        self._last_apps: dict[Box, str] = {}
        """Box → the app whose delivery was leased last: the next claim begins after it."""

    @property
    def wake(self) -> Callable[[Box], None]:
        """See Deliveries.wake. Hints of other proxies come as well, once it is set."""
        return self._wake

    @wake.setter
    def wake(self, wake: Callable[[Box], None]) -> None:
        self._wake = wake
        self.hints.start()

    def _heard(self, box: Box) -> None:
        self._wake(box)

    def _made_due(self, box: Box) -> None:
        self._wake(box)
        self.hints.tell(box)

    async def accept(
        self, new: NewDelivery, now: StoreTime, bounds: BacklogBounds
    ) -> Accepted | Repeated | BacklogFull:
        """See Deliveries.accept."""
        result: delivery_accept.Answer
        if new.order_key:  # its key's lock would be held by the whole batch
            result = await self._connections.run(self._accepting_alone(new, now, bounds))
        else:
            offered = delivery_accept.Offered(new, now, bounds)
            answer = await self._batches.run(offered, new.size)
            if isinstance(answer, ValueError):
                raise answer
            result = answer
        if isinstance(result, Accepted):
            self._made_due(new.box)
        return result

    def _accepting_alone(
        self, new: NewDelivery, now: StoreTime, bounds: BacklogBounds
    ) -> Work[Accepted | Repeated | BacklogFull]:
        async def work(connection: Connection, *, again: bool) -> Accepted | Repeated | BacklogFull:
            full = await self._backlog.full(connection, new, now, bounds)
            async with connection.transaction():
                result = await delivery_accept.accept(connection, new, now, full, again=again)
            if isinstance(result, Accepted):
                self._backlog.took(new.box, new.size)
            return result

        return work

    async def _accept_all(
        self, connection: Connection, offers: Sequence[delivery_accept.Offered], *, again: bool
    ) -> Sequence[delivery_accept.Answer | ValueError]:
        return await delivery_accept.accept_all(connection, offers, self._backlog, again=again)

    async def finish(self) -> None:
        """Wait until what was begun is carried out. To be called before the connections are closed."""
        for batches in (self._batches, self._beginnings, self._endings):
            await batches.settle()

    async def claim(
        self,
        box: Box,
        now: StoreTime,
        *,
        lease_s: float,
        limit: int = CLAIM_MAX,
        vendors: Sequence[str] | None = None,
        apps: Sequence[str] | None = None,
    ) -> list[Delivery]:
        """See Deliveries.claim."""
        boot = self._boot()
        claim = delivery_claim.PostgresClaim(
            box, now, lease_s, max(0, min(limit, CLAIM_MAX)), None if vendors is None else list(vendors),
            None if apps is None else list(apps), boot, f"{boot}-{next(self._names)}",
        )  # fmt: skip
        last_app = self._last_apps.get(box, "")

        async def work(connection: Connection, *, again: bool) -> list[Delivery]:
            async with connection.transaction():
                before = await delivery_claim.leased_before(connection, claim) if again else []
                if before:
                    return before
                await delivery_overdue.put_right(connection, box, now, self.retention)
            async with connection.transaction():
                return await delivery_claim.lease(connection, claim, last_app)

        leased = await self._connections.run(work)
        if leased:
            self._last_apps[box] = leased[-1].new.app
        return leased

    async def begin_attempt(self, delivery: Delivery, call_id: str, now: StoreTime) -> int | None:
        """See Deliveries.begin_attempt."""
        return await self._beginnings.run(delivery_settle.Beginning(delivery, call_id, now))

    async def settle(
        self, delivery: Delivery, settlement: Settlement, now: StoreTime, then: NewDelivery | None = None
    ) -> bool:
        """See Deliveries.settle. However much waits, `then` is accepted."""
        ending = delivery_settle.Ending(delivery, settlement, now, then)
        if delivery.new.order_key or (then is not None and then.order_key):  # as in `accept`
            [ours] = await self._connections.run(self._settling_alone(ending))
        else:
            ours = await self._endings.run(ending, len(settlement.answer_headers) + len(settlement.answer_body))
        if isinstance(ours, ValueError):
            raise ours
        if ours:
            if delivery.new.order_key or settlement.state in ("queued", "waiting", "unknown"):
                self._made_due(delivery.new.box)
            if then is not None:
                self._made_due(then.box)
        return ours

    def _settling_alone(self, ending: delivery_settle.Ending) -> Work[Sequence[bool | ValueError]]:
        async def work(connection: Connection, *, again: bool) -> Sequence[bool | ValueError]:
            return await self._settle_all(connection, [ending], again=again)

        return work

    async def _settle_all(
        self, connection: Connection, endings: Sequence[delivery_settle.Ending], *, again: bool
    ) -> Sequence[bool | ValueError]:
        return await delivery_settle.settle_all(connection, endings, self.retention, again=again)

    async def extend(self, deliveries: Sequence[Delivery], now: StoreTime, *, lease_s: float) -> set[str]:
        """See Deliveries.extend."""
        return await self._connections.ask(
            lambda connection: delivery_settle.extend(connection, deliveries, now, lease_s, self._boot())
        )

    async def act(self, delivery_id: str, hand: HandMade, now: StoreTime) -> Delivery | None:
        """See Deliveries.act."""
        mark = f"{self._boot()}-{next(self._names)}"

        async def work(connection: Connection) -> Delivery | None:
            async with connection.transaction():
                return await delivery_by_hand.act(connection, delivery_id, hand, now, self.retention, mark)

        changed = await self._connections.ask(work)
        if changed is not None:
            self._made_due(changed.new.box)
        return changed

    async def find(self, delivery_id: str) -> Delivery | None:
        """See Deliveries.find."""
        return await self._connections.ask(lambda connection: delivery_rows.find_delivery(connection, delivery_id))

    async def find_key(self, box: Box, app: str, vendor: str, operation: str, key: str) -> Delivery | None:
        """See Deliveries.find_key."""
        return await self._connections.ask(
            lambda connection: delivery_rows.find_by_key(connection, (box, app, vendor, operation, key))
        )

    async def attempts(self, delivery_id: str) -> Sequence[DeliveryAttempt]:
        """See Deliveries.attempts."""
        return await self._connections.ask(lambda connection: delivery_rows.find_attempts(connection, delivery_id))

    async def page(self, wanted: DeliveryFilter, *, after: str = "", limit: int = 50) -> DeliveryPage:
        """See Deliveries.page."""
        return await self._connections.ask(lambda connection: delivery_pages.page(connection, wanted, after, limit))

    async def depths(self) -> Sequence[Depth]:
        """See Deliveries.depths."""
        return await self._connections.ask(delivery_pages.depths)

    async def next_due(self, box: Box, now: StoreTime) -> float | None:
        """See Deliveries.next_due."""
        return await self._connections.ask(lambda connection: delivery_pages.next_due(connection, box, now))

    async def audit(self, delivery_id: str) -> Sequence[str]:
        """See Deliveries.audit."""
        return await self._connections.ask(lambda connection: delivery_by_hand.audit_of(connection, delivery_id))

    async def alarms(self) -> Sequence[DeliveryAlarm]:
        """See Deliveries.alarms."""
        return await self._connections.ask(delivery_alarms.alarms)

    async def pass_on(self, alarms: Sequence[DeliveryAlarm], events: Sequence[NewDelivery], now: StoreTime) -> None:
        """See Deliveries.pass_on."""

        async def work(connection: Connection, *, again: bool) -> None:
            async with connection.transaction():
                await delivery_alarms.forget(connection, [alarm.n for alarm in alarms])
                for event in events:
                    await delivery_accept.accept(connection, event, now, None, again=again)

        await self._connections.run(work)
        if events:
            self._made_due("inbox")

    async def sweep(self, now: StoreTime) -> int:
        """See Deliveries.sweep."""
        return await self._connections.ask(lambda connection: delivery_pages.sweep(connection, now))
