"""Stripe's webhooks of payments, as the domain has them. Facts: its API reference, "Types of events".

An event holds the object that it is about, as it is at that moment. Types of other objects are UNKNOWN.
"""

from collections.abc import Mapping
from typing import Final

from tidegate.adapters.fields import Fields
from tidegate.adapters.ports.identifiers import qualified
from tidegate.adapters.ports.payments import PaymentEvent, PaymentEventKind
from tidegate.adapters.stripe.amounts import AMOUNTS

KINDS: Final[Mapping[str, PaymentEventKind]] = {
    "payment_intent.amount_capturable_updated": PaymentEventKind.AUTHORISED,
    "payment_intent.succeeded": PaymentEventKind.PAID,
    "payment_intent.canceled": PaymentEventKind.CANCELLED,
    "payment_intent.payment_failed": PaymentEventKind.FAILED,
}
REFUNDS: Final = frozenset(("refund.created", "refund.updated", "refund.failed"))


def read(event: Fields, name: str) -> PaymentEvent:
    """What has happened. `name` stands before the ids. Raises FieldError."""
    word, thing = event.text("type"), event.child("data").child("object")
    if word in REFUNDS:
        return _refund(word, thing, name)
    kind = KINDS.get(word, PaymentEventKind.UNKNOWN)
    if kind is PaymentEventKind.UNKNOWN:
        return PaymentEvent(kind, word, "", "", None)
    metadata, error = thing.maybe_child("metadata"), thing.maybe_child("last_payment_error")
    failed = kind is PaymentEventKind.FAILED and error is not None
    return PaymentEvent(
        kind=kind,
        vendor_event=word,
        payment_id=qualified(name, thing.text("id")),
        reference=metadata.maybe_text("order_id") if metadata is not None else "",
        amount=AMOUNTS.money_in(thing, "amount_received" if kind is PaymentEventKind.PAID else "amount"),
        failure=(error.maybe_text("decline_code") or error.maybe_text("code")) if failed and error else "",
    )


def _refund(word: str, thing: Fields, name: str) -> PaymentEvent:
    """A refund is done where its status says so: `refund.created` alone says that it was asked for."""
    status, payment = thing.text("status"), thing.maybe_text("payment_intent")
    if not payment:  # of a charge that has none: no payment of this port's
        return PaymentEvent(PaymentEventKind.UNKNOWN, word, "", "", None)
    kinds = {"succeeded": PaymentEventKind.REFUNDED, "failed": PaymentEventKind.FAILED}
    return PaymentEvent(
        kind=kinds.get(status, PaymentEventKind.UNKNOWN),
        vendor_event=word,
        payment_id=qualified(name, payment),
        reference="",
        amount=AMOUNTS.money_in(thing, "amount"),
        refund_id=qualified(name, thing.text("id")),
        failure=thing.maybe_text("failure_reason"),
    )
