"""The deliveries of a store, counted on their way in and out. It changes nothing of what passes through it."""

from collections.abc import Callable, Sequence

from tidegate.proxy.policies.delivery.delivery import (
    Box,
    Delivery,
    DeliveryAttempt,
    NewDelivery,
    Settlement,
)
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import (
    CLAIM_MAX,
    Accepted,
    BacklogBounds,
    BacklogFull,
    Deliveries,
    DeliveryAlarm,
    DeliveryFilter,
    DeliveryPage,
    DeliveryRetention,
    Depth,
    HandMade,
    Repeated,
)
from tidegate.proxy.telemetry.delivery_metrics import DeliveryMetrics

_RESULTS = {Accepted: "accepted", Repeated: "repeated", BacklogFull: "full"}


class CountedDeliveries:
    """See the module and Deliveries."""

    def __init__(self, deliveries: Deliveries, metrics: DeliveryMetrics) -> None:
        self._of = deliveries
        self._metrics = metrics

    @property
    def wake(self) -> Callable[[Box], None]:
        """See Deliveries.wake."""
        return self._of.wake

    @wake.setter
    def wake(self, wake: Callable[[Box], None]) -> None:
        self._of.wake = wake

    @property
    def retention(self) -> DeliveryRetention:
        """See Deliveries.retention."""
        return self._of.retention

    @retention.setter
    def retention(self, retention: DeliveryRetention) -> None:
        self._of.retention = retention

    async def accept(
        self, new: NewDelivery, now: StoreTime, bounds: BacklogBounds
    ) -> Accepted | Repeated | BacklogFull:
        """See Deliveries.accept."""
        result = await self._of.accept(new, now, bounds)
        self._metrics.accepted[new.box, new.app, new.vendor, _RESULTS[type(result)]] += 1
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
        return await self._of.claim(box, now, lease_s=lease_s, limit=limit, vendors=vendors, apps=apps)

    async def begin_attempt(self, delivery: Delivery, call_id: str, now: StoreTime) -> int | None:
        """See Deliveries.begin_attempt."""
        n = await self._of.begin_attempt(delivery, call_id, now)
        if n is not None:
            self._metrics.attempts[delivery.new.box, delivery.new.app, delivery.new.vendor] += 1
        return n

    async def settle(
        self, delivery: Delivery, settlement: Settlement, now: StoreTime, then: NewDelivery | None = None
    ) -> bool:
        """See Deliveries.settle."""
        ours = await self._of.settle(delivery, settlement, now, then)
        new, state = delivery.new, settlement.state if ours else "lease lost"
        self._metrics.settled[new.box, new.app, new.vendor, state, settlement.dead_reason] += 1
        if ours and then is not None:
            self._metrics.accepted[then.box, then.app, then.vendor, "accepted"] += 1
        return ours

    async def extend(self, deliveries: Sequence[Delivery], now: StoreTime, *, lease_s: float) -> set[str]:
        """See Deliveries.extend."""
        return await self._of.extend(deliveries, now, lease_s=lease_s)

    async def act(self, delivery_id: str, hand: HandMade, now: StoreTime) -> Delivery | None:
        """See Deliveries.act."""
        delivery = await self._of.act(delivery_id, hand, now)
        self._metrics.by_hand[hand.action, "refused" if delivery is None else "done"] += 1
        return delivery

    async def find(self, delivery_id: str) -> Delivery | None:
        """See Deliveries.find."""
        return await self._of.find(delivery_id)

    async def find_key(self, box: Box, app: str, vendor: str, operation: str, key: str) -> Delivery | None:
        """See Deliveries.find_key."""
        return await self._of.find_key(box, app, vendor, operation, key)

    async def attempts(self, delivery_id: str) -> Sequence[DeliveryAttempt]:
        """See Deliveries.attempts."""
        return await self._of.attempts(delivery_id)

    async def page(self, wanted: DeliveryFilter, *, after: str = "", limit: int = 50) -> DeliveryPage:
        """See Deliveries.page."""
        return await self._of.page(wanted, after=after, limit=limit)

    async def depths(self) -> Sequence[Depth]:
        """See Deliveries.depths."""
        return await self._of.depths()

    async def next_due(self, box: Box, now: StoreTime) -> float | None:
        """See Deliveries.next_due."""
        return await self._of.next_due(box, now)

    async def audit(self, delivery_id: str) -> Sequence[str]:
        """See Deliveries.audit."""
        return await self._of.audit(delivery_id)

    async def alarms(self) -> Sequence[DeliveryAlarm]:
        """See Deliveries.alarms."""
        return await self._of.alarms()

    async def pass_on(self, alarms: Sequence[DeliveryAlarm], events: Sequence[NewDelivery], now: StoreTime) -> None:
        """See Deliveries.pass_on."""
        await self._of.pass_on(alarms, events, now)
        for alarm in alarms:
            new = alarm.delivery.new
            self._metrics.alarms[new.box, new.app, new.vendor, alarm.state, alarm.dead_reason] += 1

    async def sweep(self, now: StoreTime) -> int:
        """See Deliveries.sweep."""
        return await self._of.sweep(now)
