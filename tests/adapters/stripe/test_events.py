"""Stripe's webhooks of payments."""

import json

import pytest

from tests.adapters.answering import at_once
from tests.adapters.stripe.answering import payments
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.payments import PaymentEvent, PaymentEventKind, PaymentEventUnreadable

INTENT = {
    "id": "pi_1", "amount": 1000, "amount_received": 400, "currency": "eur", "metadata": {"order_id": "o-1"},
    "last_payment_error": {"code": "card_declined", "decline_code": "lost_card"},
}  # fmt: skip
REFUND = {"id": "re_1", "status": "succeeded", "amount": 400, "currency": "eur", "payment_intent": "pi_1"}


def read(word: str, thing: dict[str, object]) -> PaymentEvent:
    adapter, _ = payments(200, b"")
    [event] = at_once(adapter.learn(json.dumps({"type": word, "data": {"object": thing}}).encode()))
    return event


@pytest.mark.parametrize(
    ("word", "kind", "amount", "failure"),
    [
        ("payment_intent.succeeded", PaymentEventKind.PAID, 400, ""),
        ("payment_intent.amount_capturable_updated", PaymentEventKind.AUTHORISED, 1000, ""),
        ("payment_intent.canceled", PaymentEventKind.CANCELLED, 1000, ""),
        ("payment_intent.payment_failed", PaymentEventKind.FAILED, 1000, "lost_card"),
    ],
)
def test_an_event_of_a_payment_is_the_domains(word: str, kind: PaymentEventKind, amount: int, failure: str) -> None:
    expected = PaymentEvent(kind, word, "stripe:pi_1", "o-1", Money(amount, "EUR"), failure=failure)
    assert read(word, INTENT) == expected


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("succeeded", PaymentEventKind.REFUNDED),
        ("failed", PaymentEventKind.FAILED),
        ("pending", PaymentEventKind.UNKNOWN),
    ],
)
def test_a_refund_is_done_where_its_status_says_so(status: str, kind: PaymentEventKind) -> None:
    event = read("refund.updated", {**REFUND, "status": status})
    assert (event.kind, event.refund_id, event.payment_id) == (kind, "stripe:re_1", "stripe:pi_1")


def test_a_refund_of_a_charge_without_a_payment_is_nobodys_here() -> None:
    event = read("refund.created", {**REFUND, "payment_intent": None})
    assert (event.kind, event.payment_id) == (PaymentEventKind.UNKNOWN, "")


def test_an_event_of_anything_else_keeps_its_word() -> None:
    event = read("customer.created", {})
    assert (event.kind, event.vendor_event, event.payment_id) == (PaymentEventKind.UNKNOWN, "customer.created", "")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"type": "payment_intent.succeeded", "data": {"object": {}}}'])
def test_what_is_no_event_is_unreadable(body: bytes) -> None:
    adapter, _ = payments(200, b"")
    with pytest.raises(PaymentEventUnreadable):
        at_once(adapter.learn(body))
