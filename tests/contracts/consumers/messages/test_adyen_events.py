"""The contract of Adyen's webhooks: played against the real adapter."""

from pathlib import Path

import pytest

from tests.adapters.adyen.answering import payments
from tests.adapters.answering import at_once
from tests.contracts.consumers.played import is_committed, play_message
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.payments import PaymentEvent, PaymentEventKind
from tidegate.contracts.consumers.adyen_payments import MADE
from tidegate.contracts.consumers.messages.adyen_events import EXPECTATIONS, PAID, pact

TEN, HALF = Money(1000, "EUR"), Money(500, "EUR")
EVENTS = {
    "a payment is authorised": PaymentEvent(
        PaymentEventKind.AUTHORISED, "AUTHORISATION", f"adyen:{MADE}", "order-1", TEN
    ),
    "a payment is refused": PaymentEvent(
        PaymentEventKind.FAILED, "AUTHORISATION", f"adyen:{MADE}", "order-1", TEN, failure="Not enough balance"
    ),
    "money is captured": PaymentEvent(PaymentEventKind.PAID, "CAPTURE", f"adyen:{PAID}", "", HALF),
    "a payment is cancelled": PaymentEvent(PaymentEventKind.CANCELLED, "CANCELLATION", f"adyen:{PAID}", "", TEN),
    "money is given back": PaymentEvent(
        PaymentEventKind.REFUNDED, "REFUND", f"adyen:{PAID}", "", HALF, refund_id=f"adyen:{MADE}"
    ),
}
BY_NAME = {expectation.name: expectation for expectation in EXPECTATIONS}


def read(body: bytes) -> tuple[PaymentEvent, ...]:
    return at_once(payments(200, b"")[0].learn(body))


def test_every_expectation_is_played() -> None:
    assert set(BY_NAME) == set(EVENTS)


@pytest.mark.parametrize("name", EVENTS)
def test_the_adapter_reads_the_webhook(name: str) -> None:
    assert play_message(BY_NAME[name], read) == (EVENTS[name],)


def test_the_committed_file_is_what_is_declared(tmp_path: Path) -> None:
    assert is_committed(pact(), tmp_path), "run: python -m tidegate.contracts.consumers.messages.adyen_events"
