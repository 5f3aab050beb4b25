"""The contract of the payments port with Adyen: played against the real adapter."""

import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.adyen.answering import HELD, PAID, TEN
from tests.adapters.answering import at_once
from tests.contracts.consumers.played import file_of, is_committed, play
from tidegate.adapters.adyen.adapter import AdyenPayments
from tidegate.adapters.gateway import Gateway
from tidegate.adapters.ports.failures import OutcomeUnknown, RateLimited, VendorFailure
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.payment_book import PaymentBookInMemory
from tidegate.adapters.ports.payments import Declined, Payment, PaymentStatus, Refund, RefundStatus
from tidegate.contracts.consumers.adyen_payments import CARD, EXPECTATIONS, KEY_HEADER, MADE, POOR, pact

Work = Callable[[AdyenPayments], Coroutine[Any, Any, object]]
HALF, NOTHING = Money(500, "EUR"), Money(0, "EUR")
METHOD = json.dumps(CARD)
ASKED = Payment("adyen:P1", PaymentStatus.PROCESSING, "received", TEN, NOTHING, "o-1", "")
SUCCESS: dict[str, tuple[Work, object]] = {
    "a payment is made": (
        lambda p: p.pay("order-1", TEN, METHOD, key="k"),
        Payment(f"adyen:{MADE}", PaymentStatus.PAID, "Authorised", TEN, TEN, "order-1", ""),
    ),
    "a payment is made and its money held": (
        lambda p: p.authorise("order-1", TEN, METHOD, key="k"),
        Payment(f"adyen:{MADE}", PaymentStatus.AUTHORISED, "Authorised", TEN, NOTHING, "order-1", ""),
    ),
    "held money is captured": (lambda p: p.capture("adyen:P1", key="k"), ASKED),
    "a part of held money is captured": (lambda p: p.capture("adyen:P1", HALF, key="k"), ASKED),
    "a payment is cancelled": (lambda p: p.cancel("adyen:P1", key="k"), ASKED),
    "a part of a payment is refunded": (
        lambda p: p.refund("adyen:P1", HALF, key="k"),
        Refund(f"adyen:{MADE}", RefundStatus.PENDING, "received", HALF, f"adyen:{MADE}", ""),
    ),
}
FAILURE: dict[str, tuple[Work, type[VendorFailure]]] = {
    "a payment is refused": (lambda p: p.pay("order-1", TEN, json.dumps(POOR), key="k"), Declined),
    "the vendor refuses for the rate": (lambda p: p.pay("order-1", TEN, METHOD, key="k"), RateLimited),
    "the vendor fails": (lambda p: p.pay("order-1", TEN, METHOD, key="k"), OutcomeUnknown),
}
WORK = {name: entry[0] for name, entry in (SUCCESS | FAILURE).items()}
BY_NAME = {expectation.name: expectation for expectation in EXPECTATIONS}
FILE = file_of(pact())


def working(name: str, gateway: Gateway) -> Coroutine[Any, Any, object]:
    """The work of an expectation, with the payment in the book that it needs."""
    book = PaymentBookInMemory()
    if BY_NAME[name].operation != "post-payments":
        at_once(book.replace(None, PAID if "refund" in name else HELD))
    return WORK[name](AdyenPayments(gateway, book, merchant_account="Shop", return_url="https://shop.example/back"))


def test_every_expectation_is_played() -> None:
    assert set(WORK) == set(BY_NAME)


@pytest.mark.parametrize("name", SUCCESS)
async def test_the_adapter_asks_as_expected_and_reads_the_answer(name: str) -> None:
    assert await play(BY_NAME[name], lambda gateway: working(name, gateway), key_header=KEY_HEADER) == SUCCESS[name][1]


@pytest.mark.parametrize("name", FAILURE)
async def test_the_adapter_asks_as_expected_and_understands_the_refusal(name: str) -> None:
    with pytest.raises(VendorFailure) as failure:
        await play(BY_NAME[name], lambda gateway: working(name, gateway), key_header=KEY_HEADER)
    assert type(failure.value) is FAILURE[name][1]


def test_the_committed_file_is_what_is_declared(tmp_path: Path) -> None:
    assert is_committed(pact(), tmp_path), "run: python -m tidegate.contracts.consumers.adyen_payments"
