"""The deliveries of a store, counted on their way in and out. It changes nothing of what passes through it."""

from collections.abc import Sequence

from tidegate.proxy.policies.delivery.backlog import BacklogBounds, BacklogFull
from tidegate.proxy.policies.delivery.delivery import (
    Delivery,
    NewDelivery,
    Settlement,
)
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import Accepted, Deliveries, DeliveryAlarm, HandMade, Repeated
from tidegate.proxy.store.wrapped_deliveries import WrappedDeliveries
from tidegate.proxy.telemetry.delivery_metrics import DeliveryMetrics

_RESULTS = {Accepted: "accepted", Repeated: "repeated", BacklogFull: "full"}


class CountedDeliveries(WrappedDeliveries):
    """See the module and Deliveries."""

    def __init__(self, deliveries: Deliveries, metrics: DeliveryMetrics) -> None:
        super().__init__(deliveries)
        self._metrics = metrics

    async def accept(
        self, new: NewDelivery, now: StoreTime, bounds: BacklogBounds
    ) -> Accepted | Repeated | BacklogFull:
        """See Deliveries.accept."""
        result = await self._of.accept(new, now, bounds)
        self._metrics.accepted[new.box, new.app, new.vendor, _RESULTS[type(result)]] += 1
        return result

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

    async def act(self, delivery_id: str, hand: HandMade, now: StoreTime) -> Delivery | None:
        """See Deliveries.act."""
        delivery = await self._of.act(delivery_id, hand, now)
        self._metrics.by_hand[hand.action, "refused" if delivery is None else "done"] += 1
        return delivery

    async def pass_on(self, alarms: Sequence[DeliveryAlarm], events: Sequence[NewDelivery], now: StoreTime) -> None:
        """See Deliveries.pass_on."""
        await self._of.pass_on(alarms, events, now)
        for alarm in alarms:
            new = alarm.delivery.new
            self._metrics.alarms[new.box, new.app, new.vendor, alarm.state, alarm.dead_reason] += 1
