"""Adyen's adapter in front of a gateway that answers at once."""

import json
from typing import Any

from tests.adapters.answering import Answering, at_once
from tidegate.adapters.adyen.adapter import AdyenPayments
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.payment_book import PaymentBookInMemory
from tidegate.adapters.ports.payments import Payment, PaymentStatus

CARD = '{"type": "scheme", "encryptedCardNumber": "test_4111111111111111"}'
TEN = Money(1000, "EUR")
HELD = Payment("adyen:P1", PaymentStatus.AUTHORISED, "Authorised", TEN, Money(0, "EUR"), "o-1", "")
PAID = Payment("adyen:P1", PaymentStatus.PAID, "Authorised", TEN, TEN, "o-1", "")
AMOUNT = {"currency": "EUR", "value": 1000}
AUTHORISED = {"pspReference": "P1", "resultCode": "Authorised", "merchantReference": "o-1", "amount": AMOUNT}
REFUSED = {**AUTHORISED, "resultCode": "Refused", "refusalReason": "Not enough balance"}
RECEIVED = {"pspReference": "M1", "paymentPspReference": "P1", "status": "received", "amount": AMOUNT}


def payments(status: int, body: bytes, *known: Payment) -> tuple[AdyenPayments, Answering, PaymentBookInMemory]:
    """The adapter, with a book in which the known payments are."""
    gateway, book = Answering(status, body), PaymentBookInMemory()
    for payment in known:
        assert at_once(book.replace(None, payment))
    adapter = AdyenPayments(gateway, book, merchant_account="Shop", return_url="https://shop.example/back")
    return adapter, gateway, book


def answered(body: object, *known: Payment, status: int = 200) -> tuple[AdyenPayments, Answering, PaymentBookInMemory]:
    """The same with a JSON body."""
    return payments(status, json.dumps(body).encode(), *known)


def notification(code: str, *, success: str | bool = "true", **fields: Any) -> bytes:
    """The body of a webhook about payment P1."""
    item = {
        "eventCode": code, "pspReference": "M1", "originalReference": "P1", "merchantReference": "o-1",
        "success": success, "amount": AMOUNT, **fields,
    }  # fmt: skip
    if code == "AUTHORISATION":
        item |= {"pspReference": "P1", "originalReference": None}
    return json.dumps({"live": "false", "notificationItems": [{"NotificationRequestItem": item}]}).encode()
