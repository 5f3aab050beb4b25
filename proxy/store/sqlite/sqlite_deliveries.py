"""Outbox and inbox in SQLite. See tidegate.proxy.store.deliveries; what is done is in the room `delivery`."""

import sqlite3
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
from tidegate.proxy.store.sqlite.delivery import (
    delivery_accept,
    delivery_alarms,
    delivery_by_hand,
    delivery_claim,
    delivery_overdue,
    delivery_pages,
    delivery_rows,
    delivery_settle,
    delivery_sweep,
)
from tidegate.proxy.store.sqlite.delivery.accept_batches import AcceptBatches
from tidegate.proxy.store.sqlite.delivery.delivery_backlog import SqliteBacklog
from tidegate.world.group_writer import GroupWriter


def _sleep_on(box: Box) -> None:
    """Nobody drives the workers yet."""
    del box


class SqliteDeliveries:
    """See Deliveries. `boot` is the number of the proxy's life, of which SqliteStore knows."""

    def __init__(self, writer: GroupWriter[sqlite3.Connection]) -> None:
        self.boot = 0
        self.wake: Callable[[Box], None] = _sleep_on
        """See Deliveries.wake."""
        self.retention = DEFAULT_RETENTION
        """See Deliveries.retention."""
        self._writer = writer
        self._backlog = SqliteBacklog()
        self._accepting = AcceptBatches(writer, self._backlog)
        self._last_apps: dict[Box, str] = {}
        """Box → the app whose delivery was leased last: the next claim begins after it."""

    async def accept(
        self, new: NewDelivery, now: StoreTime, bounds: BacklogBounds
    ) -> Accepted | Repeated | BacklogFull:
        """See Deliveries.accept."""
        result = await self._accepting.run(delivery_accept.Offer(new, now, bounds))
        if isinstance(result, Accepted):
            self.wake(new.box)
        return result

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
        of_vendors, of_apps = (None if names is None else frozenset(names) for names in (vendors, apps))
        at_most = max(0, min(limit, CLAIM_MAX))
        wanted = delivery_claim.SqliteClaim(box, now, lease_s, at_most, of_vendors, self.boot, of_apps)
        last_app, retention = self._last_apps.get(box, ""), self.retention

        def work(connection: sqlite3.Connection) -> list[Delivery]:
            delivery_overdue.take_back_leases(connection, box, now, retention)
            delivery_overdue.expire(connection, box, now, retention)
            delivery_claim.ripen(connection, box, now)
            return delivery_claim.lease(connection, wanted, last_app)

        leased = await self._writer.run(work)
        if leased:
            self._last_apps[box] = leased[-1].new.app
        return leased

    async def begin_attempt(self, delivery: Delivery, call_id: str, now: StoreTime) -> int | None:
        """See Deliveries.begin_attempt."""
        return await self._writer.run(
            lambda connection: delivery_settle.begin_attempt(connection, delivery, call_id, now)
        )

    async def settle(
        self, delivery: Delivery, settlement: Settlement, now: StoreTime, then: NewDelivery | None = None
    ) -> bool:
        """See Deliveries.settle. However much waits, `then` is accepted."""
        backlog, retention = self._backlog, self.retention

        def work(connection: sqlite3.Connection) -> bool:
            ours = delivery_settle.settle(connection, delivery, settlement, now, retention)
            if ours and then is not None:
                delivery_accept.accept(connection, delivery_accept.Offer(then, now, None), backlog)
            return ours

        ours = await self._writer.run(work)
        if ours:
            if delivery.new.order_key or settlement.state in ("queued", "waiting", "unknown"):
                self.wake(delivery.new.box)
            if then is not None:
                self.wake(then.box)
        return ours

    async def extend(self, deliveries: Sequence[Delivery], now: StoreTime, *, lease_s: float) -> set[str]:
        """See Deliveries.extend."""
        return await self._writer.run(lambda connection: delivery_settle.extend(connection, deliveries, now, lease_s))

    async def act(self, delivery_id: str, hand: HandMade, now: StoreTime) -> Delivery | None:
        """See Deliveries.act."""
        if hand.action == "redo":
            self._backlog.former_keys = True
        retention = self.retention
        changed = await self._writer.run(
            lambda connection: delivery_by_hand.act(connection, delivery_id, hand, now, retention)
        )
        if changed is not None:
            self.wake(changed.new.box)
        return changed

    async def find(self, delivery_id: str) -> Delivery | None:
        """See Deliveries.find."""
        return await self._writer.run(lambda connection: delivery_rows.find_delivery(connection, delivery_id))

    async def find_key(self, box: Box, app: str, vendor: str, operation: str, key: str) -> Delivery | None:
        """See Deliveries.find_key."""
        wanted = (box, app, vendor, operation, key)
        return await self._writer.run(lambda connection: delivery_rows.find_by_key(connection, wanted))

    async def attempts(self, delivery_id: str) -> Sequence[DeliveryAttempt]:
        """See Deliveries.attempts."""
        return await self._writer.run(lambda connection: delivery_rows.find_attempts(connection, delivery_id))

    async def page(self, wanted: DeliveryFilter, *, after: str = "", limit: int = 50) -> DeliveryPage:
        """See Deliveries.page."""
        return await self._writer.run(lambda connection: delivery_pages.page(connection, wanted, after, limit))

    async def depths(self) -> Sequence[Depth]:
        """See Deliveries.depths."""
        return await self._writer.run(delivery_pages.depths)

    async def next_due(self, box: Box, now: StoreTime) -> float | None:
        """See Deliveries.next_due."""
        return await self._writer.run(lambda connection: delivery_pages.next_due(connection, box, now))

    async def audit(self, delivery_id: str) -> Sequence[str]:
        """See Deliveries.audit."""
        return await self._writer.run(lambda connection: delivery_by_hand.audit_of(connection, delivery_id))

    async def alarms(self) -> Sequence[DeliveryAlarm]:
        """See Deliveries.alarms."""
        return await self._writer.run(delivery_alarms.alarms)

    async def pass_on(self, alarms: Sequence[DeliveryAlarm], events: Sequence[NewDelivery], now: StoreTime) -> None:
        """See Deliveries.pass_on."""
        backlog = self._backlog

        def work(connection: sqlite3.Connection) -> None:
            delivery_alarms.forget(connection, [alarm.n for alarm in alarms])
            for event in events:
                delivery_accept.accept(connection, delivery_accept.Offer(event, now, None), backlog)

        await self._writer.run(work)
        if events:
            self.wake("inbox")

    async def finish(self) -> None:
        """Wait until what was begun is carried out. To be called before the file is closed."""
        await self._accepting.finish()

    async def sweep(self, now: StoreTime) -> int:
        """See Deliveries.sweep."""
        return await self._writer.run(lambda connection: delivery_sweep.sweep(connection, now))
