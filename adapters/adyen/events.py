"""Adyen's webhooks of payments, as the domain has them. Facts: docs.adyen.com/development-resources/webhooks.

A body holds a list of items, each an event of its own. `success` is a text, and in the vendor's document a boolean
(github.com/Adyen/adyen-openapi/issues/26). What is no payment's step is UNKNOWN. It also says what a
payment is after an event: the same whichever event comes first, and however often.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from tidegate.adapters.adyen.amounts import amount_in, maybe_amount_in
from tidegate.adapters.fields import Fields
from tidegate.adapters.ports.identifiers import qualified
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.payments import Payment, PaymentEvent, PaymentEventKind, PaymentStatus

ITEMS_MAX: Final = 100
"""More items in one body are refused; the vendor sends one, and a few at most."""

KINDS: Final[Mapping[str, PaymentEventKind]] = {
    "AUTHORISATION": PaymentEventKind.AUTHORISED,
    "CAPTURE": PaymentEventKind.PAID,
    "CANCELLATION": PaymentEventKind.CANCELLED,
    "TECHNICAL_CANCEL": PaymentEventKind.CANCELLED,
    "CANCEL_OR_REFUND": PaymentEventKind.CANCELLED,
    "REFUND": PaymentEventKind.REFUNDED,
    "CAPTURE_FAILED": PaymentEventKind.FAILED,
    "REFUND_FAILED": PaymentEventKind.FAILED,
}
_NOT_YET: Final = frozenset((
    PaymentStatus.NEEDS_METHOD, PaymentStatus.NEEDS_CONFIRMATION, PaymentStatus.NEEDS_ACTION, PaymentStatus.PROCESSING,
    PaymentStatus.UNKNOWN,
))  # fmt: skip
_ENDED: Final = frozenset((PaymentStatus.PAID, PaymentStatus.CANCELLED))


def read(body: Fields, name: str) -> Iterator[PaymentEvent]:
    """What has happened, item by item. `name` stands before the ids. Raises FieldError."""
    for number, entry in enumerate(body.children("notificationItems")):
        if number >= ITEMS_MAX:
            raise body.wrong("notificationItems", f"at most {ITEMS_MAX} items")
        yield _read(entry.child("NotificationRequestItem"), name)


def _read(item: Fields, name: str) -> PaymentEvent:
    word = item.text("eventCode")
    kind = KINDS.get(word, PaymentEventKind.UNKNOWN)
    if kind is PaymentEventKind.UNKNOWN:
        return PaymentEvent(kind, word, "", "", None)
    own, original = item.text("pspReference"), item.maybe_text("originalReference")
    success = item.text("success") == "true" if item.is_text("success") else item.flag("success")
    refunds = word.startswith("REFUND")
    if word == "CANCEL_OR_REFUND":
        data = item.maybe_child("additionalData")
        refunds = data is not None and data.maybe_text("modification.action") == "refund"
        kind = PaymentEventKind.REFUNDED if refunds else PaymentEventKind.CANCELLED
    return PaymentEvent(
        kind=kind if success and not word.endswith("_FAILED") else PaymentEventKind.FAILED,
        vendor_event=word,
        payment_id=qualified(name, original or own),
        reference=item.maybe_text("merchantReference"),
        amount=maybe_amount_in(item) if kind is PaymentEventKind.CANCELLED else amount_in(item),
        refund_id=qualified(name, own) if refunds else "",
        failure="" if success and not word.endswith("_FAILED") else item.maybe_text("reason") or "unnamed",
    )


def after(event: PaymentEvent, payment: Payment | None) -> Payment | None:
    """The payment after an event; `payment` is what was known of it before. None where nothing can be said of it."""
    word = event.vendor_event
    if payment is None:
        if word != "AUTHORISATION" or event.amount is None:
            return None
        nothing = Money(0, event.amount.currency)
        payment = Payment(event.payment_id, PaymentStatus.PROCESSING, word, event.amount, nothing, event.reference, "")
    if event.kind is PaymentEventKind.AUTHORISED:
        held = payment.status in _NOT_YET and not _captures(payment)
        return replace(payment, status=PaymentStatus.AUTHORISED, vendor_status=word, decline="") if held else payment
    if event.kind is PaymentEventKind.PAID and event.amount is not None:
        return replace(payment, status=PaymentStatus.PAID, vendor_status=word, received=event.amount)
    if event.kind is PaymentEventKind.CANCELLED:
        return replace(payment, status=PaymentStatus.CANCELLED, vendor_status=word)
    return _failed(event, payment)


def _failed(event: PaymentEvent, payment: Payment) -> Payment:
    if event.kind is not PaymentEventKind.FAILED or event.refund_id:
        return payment
    if event.vendor_event == "AUTHORISATION":
        undecided = payment.status in _NOT_YET
        declined = replace(payment, status=PaymentStatus.NEEDS_METHOD, decline=event.failure)
        return declined if undecided else payment
    if payment.status in _ENDED and event.vendor_event != "CAPTURE_FAILED":
        return payment  # a second capture, or a cancel after one
    nothing = Money(0, payment.amount.currency)  # the money is still held
    return replace(payment, status=PaymentStatus.AUTHORISED, vendor_status=event.vendor_event, received=nothing)


def _captures(payment: Payment) -> bool:
    """True where a capture or a cancel was asked for, and its event is still to come."""
    return payment.status is PaymentStatus.PROCESSING and payment.vendor_status == ASKED


ASKED: Final = "received"
"""The vendor's word for a capture, a cancel or a refund that it has taken, and not done yet."""
