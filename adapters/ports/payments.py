"""The port through which an app pays and refunds: domain types, and `Payments`, which each such vendor's adapter is.

Nothing here names a vendor. Each operation raises one of the failures in failures.py, or `Declined`, and nothing else.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import VendorFailure
from tidegate.adapters.ports.money import Money


class PaymentStatus(StrEnum):
    """The progress of a payment."""

    NEEDS_METHOD = "needs method"
    """Nothing to pay with, or the last try to pay was declined."""
    NEEDS_CONFIRMATION = "needs confirmation"
    NEEDS_ACTION = "needs action"
    """The payer has something to do first (3-D Secure, a redirect)."""
    PROCESSING = "processing"
    AUTHORISED = "authorised"
    """The money is held and waits to be captured."""
    PAID = "paid"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    """A status that this version does not know: look at `vendor_status`, and do not count it as paid."""


class RefundStatus(StrEnum):
    """The progress of a refund."""

    PENDING = "pending"
    NEEDS_ACTION = "needs action"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    """A status that this version does not know: look at `vendor_status`, and do not count it as done."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment. `id` has its vendor's name before it; `received` is what was paid so far.

    `reference` is the app's own order id, empty where the payment has none. `decline` is the vendor's reason for the
    last declined try, empty where there was none.
    """

    id: str
    status: PaymentStatus
    vendor_status: str
    amount: Money
    received: Money
    reference: str
    decline: str


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back. `failure` is the vendor's reason where it failed, else empty."""

    id: str
    status: RefundStatus
    vendor_status: str
    amount: Money
    payment_id: str
    failure: str


class PaymentEventKind(StrEnum):
    """What has happened to a payment."""

    AUTHORISED = "authorised"
    PAID = "paid"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    FAILED = "failed"
    """A step of the payment's did not succeed: it is where it was before."""
    UNKNOWN = "unknown"
    """A word that this version does not know: look at `vendor_event`, and do nothing by it."""


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """What a vendor says, by webhook, has happened to a payment.

    `amount` is what the step was about, None where the vendor names none. `refund_id` is the refund that it was, empty
    for other steps; `failure` the vendor's reason where the step failed, else empty.
    """

    kind: PaymentEventKind
    vendor_event: str
    payment_id: str
    reference: str
    amount: Money | None
    refund_id: str = ""
    failure: str = ""


class PaymentEventUnreadable(Exception):
    """What the vendor sent is no event. `pointer` (RFC 6901) is the place; what stands there is left out on purpose."""

    def __init__(self, pointer: str, expected: str, found: str) -> None:
        super().__init__(f"{pointer or 'the body'}: expected {expected}, found {found}")
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """Payments, newest first. `after` fetches the next page; None on the last."""

    payments: tuple[Payment, ...]
    after: str | None


class Declined(VendorFailure):
    """The payer's bank or card said no: final for this try, and nothing was paid. `code` is the vendor's reason.

    `payment_id` is the payment that stays behind and may be confirmed with another method, empty where none was named.
    """

    def __init__(self, message: str, *, code: str, payment_id: str = "", call_id: str = "") -> None:
        super().__init__(message, call_id=call_id)
        self.code = code
        self.payment_id = payment_id


class Payments(Protocol):
    """The port for payments: all that an app can do with them.

    `key` is the idempotency key of a write: 1 to 255 visible ASCII characters, the app's own name for this very
    intent. The same key with the same request never does it twice, also after OutcomeUnknown or a crash. `reference`
    is the app's own order id. `method` is what the vendor's form in the payer's browser gave for the card or account;
    to the app it is a text without a meaning.

    A write is `Deferred` where the vendor's file defers it: it is accepted, and not done yet.
    """

    async def authorise(self, reference: str, money: Money, method: str, *, key: str) -> Payment | Deferred:
        """Hold money for `capture`."""
        ...

    async def pay(self, reference: str, money: Money, method: str, *, key: str) -> Payment | Deferred:
        """Authorise and capture at once."""
        ...

    async def capture(self, payment_id: str, money: Money | None = None, *, key: str) -> Payment | Deferred:
        """Take money that is held: all of it, or at most `money`. The rest is let go.

        A vendor may do it later: the payment is then PROCESSING, and an event tells the rest.
        """
        ...

    async def cancel(self, payment_id: str, *, key: str) -> Payment | Deferred:
        """Give a payment up before it is paid. A vendor may do it later, as with `capture`."""
        ...

    async def refund(self, payment_id: str, money: Money | None = None, *, key: str) -> Refund | Deferred:
        """Give back what was paid: all that is left, or `money`. A vendor may do it later: it is then PENDING."""
        ...

    async def payment_of(self, deferred: Deferred) -> Payment | Deferred:
        """See what came of a payment's write that was deferred. Raises what the write raises, and Undelivered."""
        ...

    async def refund_of(self, deferred: Deferred) -> Refund | Deferred:
        """See what came of a refund that was deferred. Raises what `refund` raises, and Undelivered."""
        ...

    async def find(self, payment_id: str) -> Payment:
        """Look a payment up. Raises NotFound."""
        ...

    async def page(self, *, after: str | None = None, size: int = 50) -> PaymentPage:
        """List payments, `size` a page (1 to 100), newest first."""
        ...

    async def learn(self, body: bytes) -> tuple[PaymentEvent, ...]:
        """Take in the body of a webhook, verified before: what has happened. Raises PaymentEventUnreadable.

        Taking the same one in again changes nothing more.
        """
        ...
