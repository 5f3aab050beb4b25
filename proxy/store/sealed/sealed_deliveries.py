"""The deliveries of a store, sealed on their way in and opened on their way out: path, headers, bodies of both sides.

What cannot be opened is shown without them, with the reason. A worker never gets one whose request cannot be opened: it
ends as dead, or is parked where it may have been carried out. Only one whose key is missing and that was accepted just
now is put back: another proxy on the store may have the key already. It knows nothing of how deliveries are stored.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import replace

from tidegate.proxy.policies.delivery.backlog import BacklogBounds, BacklogFull
from tidegate.proxy.policies.delivery.delivery import (
    Box,
    Delivery,
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
    HandMade,
    Repeated,
)
from tidegate.proxy.store.sealed.seal import Seal
from tidegate.proxy.store.sealed.sealing_keys import Unopened, is_sealed
from tidegate.proxy.store.store_error import StoreError
from tidegate.proxy.store.wrapped_deliveries import WrappedDeliveries

KEY_GRACE_S = 600.0
"""While a key is brought to all proxies on a store, those that have it carry out what it seals."""
PUT_BACK_S = 5.0
_PATH = "path"
_REQUEST, _ANSWER = ("headers", "body"), ("answer headers", "answer body")


class SealedDeliveries(WrappedDeliveries):
    """See the module and Deliveries."""

    def __init__(self, deliveries: Deliveries, seal: Seal) -> None:
        super().__init__(deliveries)
        self._seal = seal

    async def accept(
        self, new: NewDelivery, now: StoreTime, bounds: BacklogBounds
    ) -> Accepted | Repeated | BacklogFull:
        """See Deliveries.accept."""
        result = await self._of.accept(self._sealed(new), now, bounds)
        return Repeated(self._opened(result.delivery)) if isinstance(result, Repeated) else result

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
        """See Deliveries.claim. One that cannot be opened is settled here, and is not among them."""
        leased = await self._of.claim(box, now, lease_s=lease_s, limit=limit, vendors=vendors, apps=apps)
        ready = []
        for delivery in leased:
            request = self._request(delivery)
            if not isinstance(request, Unopened):
                ready.append(self._opened(delivery))
                continue
            with contextlib.suppress(StoreError):  # its lease runs out, and it comes again
                await self._of.settle(delivery, _end_of(delivery, request, now), now)
        return ready

    async def settle(
        self, delivery: Delivery, settlement: Settlement, now: StoreTime, then: NewDelivery | None = None
    ) -> bool:
        """See Deliveries.settle."""
        new = delivery.new
        wanted = self._seal.wanted(new.vendor)
        headers, body = (
            self._seal.put(data, _place(new.id, part), wanted=wanted)
            for data, part in zip((settlement.answer_headers, settlement.answer_body), _ANSWER, strict=True)
        )
        if headers is not settlement.answer_headers or body is not settlement.answer_body:
            settlement = replace(settlement, answer_headers=headers, answer_body=body)
        return await self._of.settle(delivery, settlement, now, None if then is None else self._sealed(then))

    async def act(self, delivery_id: str, hand: HandMade, now: StoreTime) -> Delivery | None:
        """See Deliveries.act. A body that was edited is sealed again, under the newest key."""
        if hand.body is not None:
            before = await self._of.find(delivery_id)
            if before is None:
                return None
            wanted = self._seal.wanted(before.new.vendor) or is_sealed(before.new.body)
            hand = replace(hand, body=self._seal.put(hand.body, _place(delivery_id, "body"), wanted=wanted))
        changed = await self._of.act(delivery_id, hand, now)
        return None if changed is None else self._opened(changed)

    async def find(self, delivery_id: str) -> Delivery | None:
        """See Deliveries.find."""
        found = await self._of.find(delivery_id)
        return None if found is None else self._opened(found)

    async def page(self, wanted: DeliveryFilter, *, after: str = "", limit: int = 50) -> DeliveryPage:
        """See Deliveries.page. Without headers and bodies, so that only paths are opened."""
        found = await self._of.page(wanted, after=after, limit=limit)
        return DeliveryPage([self._with_path(delivery) for delivery in found.deliveries], found.next)

    async def alarms(self) -> Sequence[DeliveryAlarm]:
        """See Deliveries.alarms."""
        found = await self._of.alarms()
        return [replace(alarm, delivery=self._with_path(alarm.delivery)) for alarm in found]

    async def find_key(self, box: Box, app: str, vendor: str, operation: str, key: str) -> Delivery | None:
        """See Deliveries.find_key."""
        found = await self._of.find_key(box, app, vendor, operation, key)
        return None if found is None else self._opened(found)

    async def pass_on(self, alarms: Sequence[DeliveryAlarm], events: Sequence[NewDelivery], now: StoreTime) -> None:
        """See Deliveries.pass_on."""
        await self._of.pass_on(alarms, [self._sealed(event) for event in events], now)

    def _sealed(self, new: NewDelivery) -> NewDelivery:
        wanted = self._seal.wanted(new.vendor)
        headers, body = (
            self._seal.put(data, _place(new.id, part), wanted=wanted)
            for data, part in zip((new.headers, new.body), _REQUEST, strict=True)
        )
        path = self._seal.put_text(new.destination, _place(new.id, _PATH), wanted=wanted)
        same = headers is new.headers and body is new.body and path == new.destination
        return new if same else replace(new, destination=path, headers=headers, body=body)

    def _request(self, delivery: Delivery) -> tuple[bytes, ...] | Unopened:
        """Headers and body of a request, where its path can be opened too."""
        new = delivery.new
        path = self._seal.open_text(new.destination, _place(new.id, _PATH))
        if isinstance(path, Unopened):
            return path
        return self._seal.open_all((new.headers, new.body), _places(delivery, _REQUEST))

    def _with_path(self, delivery: Delivery) -> Delivery:
        """A delivery with its path as it was, the rest as it is stored; without one that cannot be opened."""
        new = delivery.new
        path = self._seal.open_text(new.destination, _place(new.id, _PATH))
        if path == new.destination:
            return delivery
        return replace(delivery, new=replace(new, destination="" if isinstance(path, Unopened) else path))

    def _opened(self, delivery: Delivery) -> Delivery:
        """A delivery as it was; without its request, or its answer, where that cannot be opened."""
        delivery = self._with_path(delivery)
        new, reason = delivery.new, ""
        stored = (new.headers, new.body), (delivery.answer_headers, delivery.answer_body)
        shown = []
        for parts, names in zip(stored, (_REQUEST, _ANSWER), strict=True):
            opened = self._seal.open_all(parts, _places(delivery, names))
            reason = opened.reason if isinstance(opened, Unopened) else reason
            shown.append((b"", b"") if isinstance(opened, Unopened) else opened)
        if tuple(shown) == stored:
            return delivery
        (headers, body), (answer_headers, answer_body) = shown
        new = replace(new, headers=headers, body=body)
        return replace(delivery, new=new, answer_headers=answer_headers, answer_body=answer_body, unopened=reason)


def _end_of(delivery: Delivery, request: Unopened, now: StoreTime) -> Settlement:
    """What becomes of a leased one that cannot be opened. Once its key is back, a person can replay it."""
    ended = Settlement("dead", dead_reason="sealed", detail=request.reason, counts=False, status=delivery.status)
    waits = request.keyless and delivery.tried_for_s(now) < KEY_GRACE_S
    match delivery.resting:
        case "queued" | "waiting" | "unknown" as resting if waits:
            return replace(ended, state=resting, dead_reason="", not_before=now.least + PUT_BACK_S)
        case "unknown" if delivery.new.box == "outbox":
            return replace(ended, state="parked", dead_reason="")
    return ended


def _places(delivery: Delivery, parts: Sequence[str]) -> list[str]:
    return [_place(delivery.new.id, part) for part in parts]


def _place(delivery_id: str, part: str) -> str:
    """What a part of a delivery is bound to."""
    return f"delivery {delivery_id} {part}"
