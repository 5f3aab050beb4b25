"""Deliveries that outlive the proxy: the port of outbox and inbox, and what passes through it.

What becomes of a delivery is decided in tidegate.proxy.policies.delivery; a store makes one transaction of a decision
and what follows from it. Every method that changes something returns once that is on the disk. It refuses to know where
deliveries are stored.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tidegate.proxy.policies.delivery.backlog import BacklogBounds, BacklogFull
from tidegate.proxy.policies.delivery.delivery import (
    Box,
    ByHand,
    DeadReason,
    Delivery,
    DeliveryAttempt,
    DeliveryState,
    NewDelivery,
    Settlement,
)
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.store_error import StoreError

CLAIM_MAX = 64
"""At most so many deliveries are leased at once."""
PAGE_MAX = 500
"""At most so many deliveries are on a page."""
ALARMS_MAX = 100
"""At most so many alarms are passed on at once."""


REFUSED = "A person refused it."
UNAPPROVED = "Nobody approved it in time."


class NoSuchPage(StoreError):
    """`after` is the `next` of no page."""


@dataclass(frozen=True, slots=True)
class DeliveryRetention:
    """How long what has ended is kept, in seconds, and never shorter than its key is known (NewDelivery.keep_s).

    What is parked is kept until a person has settled it. A change holds for what ends from then on.
    """

    dead_s: float = 30 * 86_400.0
    done_s: float = 0.0
    """What was carried out, or given up."""

    def dead_until(self, keep_s: float, now: StoreTime) -> float:
        """Until which age of the store one that is dead now is kept."""
        return now.least + max(keep_s, self.dead_s)

    def done_until(self, keep_s: float, now: StoreTime) -> float:
        """Until which age of the store one that is done or cancelled now is kept."""
        return now.least + max(keep_s, self.done_s)


DEFAULT_RETENTION = DeliveryRetention()


@dataclass(frozen=True, slots=True)
class Accepted:
    """It is on the disk."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """It was accepted before, as this one. Whether it is the same is for the fingerprint to say."""

    delivery: Delivery


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries are looked for. What is empty says nothing."""

    box: Box | None = None
    states: tuple[DeliveryState, ...] = ()
    dead_reason: DeadReason | None = None
    app: str = ""
    vendor: str = ""
    operation: str = ""
    order_key: str = ""
    text: str = ""
    """Stands in the id, the key, the order key or the detail."""
    since_wall: float = 0.0
    until_wall: float = float("inf")


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Some deliveries, the newest first. `next` leads to those after them; empty where these are the last."""

    deliveries: Sequence[Delivery]
    next: str


@dataclass(frozen=True, slots=True)
class Depth:
    """What there is of one kind. `oldest_wall` is when the oldest was accepted."""

    box: Box
    app: str
    vendor: str
    state: DeliveryState
    dead_reason: str
    rows: int
    bytes: int
    oldest_wall: float


@dataclass(frozen=True, slots=True)
class DeliveryAlarm:
    """A delivery that became dead or parked, which nobody has been told of. `n` is the alarm's number."""

    n: int
    delivery: Delivery
    """Without its bodies; as it is now, which may be replayed already."""
    state: DeliveryState
    dead_reason: str


@dataclass(frozen=True, slots=True)
class HandMade:
    """What a person does to a delivery: who, and what is to be sent instead, where that was edited."""

    action: ByHand
    by: str
    note: str = ""
    body: bytes | None = None
    key: str = ""
    """The new key of a redo."""
    not_before: float = 0.0
    """Of a replay or redo: it is not sent before this age of the store, and its time counts from then."""
    within_s: float = 86_400.0
    """Of an approval: it is tried for so long from now on."""


class Deliveries(Protocol):
    """The deliveries of a store. `now` is what its own clock says. Every method raises StoreError."""

    wake: Callable[[Box], None]
    """Called when something may be due at once: set by whoever drives the workers. A hint; workers look by themselves
    too."""
    retention: DeliveryRetention
    """How long what ends is kept: set by whoever reads the configuration."""

    async def accept(
        self, new: NewDelivery, now: StoreTime, bounds: BacklogBounds
    ) -> Accepted | Repeated | BacklogFull:
        """Write a delivery down, unless its key is known or too much waits: one transaction.

        With `order` latest-wins, queued and waiting ones with its order key that were never sent are cancelled.
        """
        ...

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
        """Lease what is due, first what is of greater priority, then what was accepted earlier.

        None is leased while an earlier live one has its order key (`skip`: unless that has been tried often enough).
        A dead one lets go of its order key. Before that, leases that are over are taken back, as the states say. Those
        past their deadline that were never sent become dead as `expired`, and unknown ones are leased all the same.
        What is ended so takes the next lease token, so that this end can be told from every other.
        `vendors` and `apps` are those whose deliveries may go now; None for all.
        """
        ...

    async def begin_attempt(self, delivery: Delivery, call_id: str, now: StoreTime) -> int | None:
        """Write down that an attempt begins, before its first byte leaves: its number. None where the lease is lost."""
        ...

    async def settle(
        self, delivery: Delivery, settlement: Settlement, now: StoreTime, then: NewDelivery | None = None
    ) -> bool:
        """Settle a leased or sending delivery, and accept `then` (the push of its result) in the same transaction.

        False where the lease is lost: then the attempt's end is on record as late, and nothing else is changed.
        """
        ...

    async def extend(self, deliveries: Sequence[Delivery], now: StoreTime, *, lease_s: float) -> set[str]:
        """Keep leases for so much longer. Returns the ids of those that are still ours."""
        ...

    async def act(self, delivery_id: str, hand: HandMade, now: StoreTime) -> Delivery | None:
        """Do what a person says, and write down that it was done: one transaction.

        The delivery as it is afterwards; None where there is none, or its state does not allow it. A replayed one that
        was ever sent is `unknown`, so that the record of its key or a lookup is asked first.
        """
        ...

    async def find(self, delivery_id: str) -> Delivery | None:
        """A delivery with its bodies; None where there is none (any more)."""
        ...

    async def find_key(self, box: Box, app: str, vendor: str, operation: str, key: str) -> Delivery | None:
        """The delivery of a key; None where it is not known (any more)."""
        ...

    async def attempts(self, delivery_id: str) -> Sequence[DeliveryAttempt]:
        """The tries of a delivery, in their order."""
        ...

    async def page(self, wanted: DeliveryFilter, *, after: str = "", limit: int = 50) -> DeliveryPage:
        """Deliveries without their bodies. `after` is the `next` of the page before; else NoSuchPage is raised.

        A page may have less than it could, and a `next`: only so many are looked at for one.
        """
        ...

    async def depths(self) -> Sequence[Depth]:
        """What there is, by box, app, vendor, state and reason."""
        ...

    async def next_due(self, box: Box, now: StoreTime) -> float | None:
        """Seconds until something may be due; 0 where something is, None where nothing waits."""
        ...

    async def audit(self, delivery_id: str) -> Sequence[str]:
        """What people did to it: a JSON line each, the first first."""
        ...

    async def alarms(self) -> Sequence[DeliveryAlarm]:
        """Up to ALARMS_MAX alarms that were not passed on: written down in the transaction that made them."""
        ...

    async def pass_on(self, alarms: Sequence[DeliveryAlarm], events: Sequence[NewDelivery], now: StoreTime) -> None:
        """Forget alarms, and accept the events that tell of them, however much waits: one transaction."""
        ...

    async def sweep(self, now: StoreTime) -> int:
        """Delete what need not be kept any longer, a bounded number of rows. Returns how many went."""
        ...
