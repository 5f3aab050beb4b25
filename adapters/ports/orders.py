"""The ports of the order flow: a shop's orders as they come in, and the warehouse that sends them out.

Domain types alone; nothing here names a vendor. `Orders` reads what a shop sends, a `Warehouse` takes orders. Each
operation of a warehouse raises one of the failures in failures.py, and nothing else.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import VendorFailure
from tidegate.adapters.ports.money import Money


class PaymentState(StrEnum):
    """How far an order is paid."""

    OPEN = "open"
    """Nothing, or not all of it, was paid yet."""
    PAID = "paid"
    REFUNDED = "refunded"
    """In part or in full."""
    VOIDED = "voided"
    UNKNOWN = "unknown"
    """A word that this version does not know: look at `shop_payment`, and do not count it as paid."""


class FulfilmentState(StrEnum):
    """How far a warehouse is with an order."""

    WAITING = "waiting"
    """The warehouse has it and has not begun."""
    PICKING = "picking"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    """A word that this version does not know: look at `warehouse_state`."""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """Something that was ordered. `unit_price` is before discounts."""

    sku: str
    quantity: int
    unit_price: Money


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where an order goes. `country` is ISO 3166-1, in two capitals; what a country does not have is empty."""

    name: str
    street: str
    city: str
    postal_code: str
    region: str
    country: str


@dataclass(frozen=True, slots=True)
class Order:
    """An order as the shop had it at `changed_at`, whole.

    `id` is the shop's own with the shop's name before it (`name:450789469`), so that no two shops' ids meet.
    `revision` grows with each change of the order. Times are aware, in UTC. `ship_to` is None where nothing is sent.
    """

    id: str
    number: str
    """The number that the customer knows it by, like #1001."""
    revision: int
    placed_at: datetime
    changed_at: datetime
    is_cancelled: bool
    payment: PaymentState
    shop_payment: str
    """The shop's own word for `payment`."""
    total: Money
    lines: tuple[OrderLine, ...]
    ship_to: PostalAddress | None


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """An order at the warehouse. `revision` is the one that it has."""

    order_id: str
    state: FulfilmentState
    warehouse_state: str
    revision: int


class Outdated(VendorFailure):
    """The warehouse has a newer revision of the order: nothing was done, and nothing needs to be."""


class OrderUnreadable(Exception):
    """What the shop sent is no order. `pointer` (RFC 6901) is the place; what stands there is left out on purpose."""

    def __init__(self, pointer: str, expected: str, found: str) -> None:
        super().__init__(f"{pointer or 'the body'}: expected {expected}, found {found}")
        self.pointer = pointer


class Orders(Protocol):
    """The port for orders that come in."""

    def read(self, body: bytes) -> Order:
        """The order in the body of a webhook. Raises OrderUnreadable."""
        ...


class Warehouse(Protocol):
    """The port for orders that go out.

    `key` is the idempotency key: 1 to 255 visible ASCII characters, the app's own name for this very intent. `trace`
    is a traceparent (W3C Trace Context) under which the call is recorded, or empty.
    """

    async def fulfil(self, order: Order, *, key: str, trace: str = "") -> Fulfilment | Deferred:
        """Hand an order over, whole: one that the warehouse has already is brought to this revision.

        Raises Outdated where the warehouse has a newer one, and Undelivered where it was tried to its end before.
        """
        ...

    async def fulfilment_of(self, deferred: Deferred) -> Fulfilment | Deferred:
        """See what came of an order that was deferred. Raises what `fulfil` raises."""
        ...

    async def find(self, order_id: str) -> Fulfilment:
        """Look an order up at the warehouse. Raises NotFound."""
        ...
