"""The contract of Stripe's webhooks: played against the real adapter."""

from pathlib import Path

import pytest

from tests.adapters.answering import Answering, at_once
from tests.contracts.consumers.played import is_committed, play_message
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.payments import PaymentEvent, PaymentEventKind
from tidegate.adapters.stripe.adapter import StripePayments
from tidegate.contracts.consumers.messages.stripe_events import EXPECTATIONS, pact

DUE = Money(1099, "EUR")
KINDS = {
    "a payment is paid": (PaymentEventKind.PAID, "payment_intent.succeeded"),
    "the money of a payment is held": (PaymentEventKind.AUTHORISED, "payment_intent.amount_capturable_updated"),
    "a payment is cancelled": (PaymentEventKind.CANCELLED, "payment_intent.canceled"),
    "a payment has failed": (PaymentEventKind.FAILED, "payment_intent.payment_failed"),
    "a refund is done": (PaymentEventKind.REFUNDED, "refund.created"),
}
BY_NAME = {expectation.name: expectation for expectation in EXPECTATIONS}


def read(body: bytes) -> tuple[PaymentEvent, ...]:
    return at_once(StripePayments(Answering(200, b"")).learn(body))


def test_every_expectation_is_played() -> None:
    assert set(BY_NAME) == set(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_the_adapter_reads_the_webhook(name: str) -> None:
    (event,) = play_message(BY_NAME[name], read)
    assert (event.kind, event.vendor_event) == KINDS[name]
    is_refund = event.kind is PaymentEventKind.REFUNDED
    assert (event.payment_id, event.amount) == ("stripe:pi_1", DUE)
    assert (event.reference, event.refund_id) == (("", "stripe:re_1") if is_refund else ("order-1", ""))
    assert event.failure == ("generic_decline" if event.kind is PaymentEventKind.FAILED else "")


def test_the_committed_file_is_what_is_declared(tmp_path: Path) -> None:
    assert is_committed(pact(), tmp_path), "run: python -m tidegate.contracts.consumers.messages.stripe_events"
