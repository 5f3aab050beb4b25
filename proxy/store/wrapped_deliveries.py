"""Deliveries that pass through: what every wrapper of a store's deliveries is made of.

A wrapper overrides what it changes or watches; a method that the port gains is passed on here, once.
"""

from collections.abc import Callable, Sequence

from tidegate.proxy.policies.delivery.backlog import BacklogBounds, BacklogFull
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
    Deliveries,
    DeliveryAlarm,
    DeliveryFilter,
    DeliveryPage,
    DeliveryRetention,
    Depth,
    HandMade,
    Repeated,
)


class WrappedDeliveries:
    """See the module and Deliveries. Subclasses call the deliveries within, `_of`."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._of = deliveries

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
        return await self._of.accept(new, now, bounds)

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
        return await self._of.begin_attempt(delivery, call_id, now)

    async def settle(
        self, delivery: Delivery, settlement: Settlement, now: StoreTime, then: NewDelivery | None = None
    ) -> bool:
        """See Deliveries.settle."""
        return await self._of.settle(delivery, settlement, now, then)

    async def extend(self, deliveries: Sequence[Delivery], now: StoreTime, *, lease_s: float) -> set[str]:
        """See Deliveries.extend."""
        return await self._of.extend(deliveries, now, lease_s=lease_s)

    async def act(self, delivery_id: str, hand: HandMade, now: StoreTime) -> Delivery | None:
        """See Deliveries.act."""
        return await self._of.act(delivery_id, hand, now)

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

    async def sweep(self, now: StoreTime) -> int:
        """See Deliveries.sweep."""
        return await self._of.sweep(now)
