"""The payments port over Adyen."""

import json
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from tests.adapters.adyen.answering import (
    AMOUNT,
    AUTHORISED,
    CARD,
    HELD,
    PAID,
    RECEIVED,
    REFUSED,
    TEN,
    answered,
    notification,
)
from tests.adapters.answering import at_once, done
from tidegate.adapters.adyen.adapter import AdyenPayments
from tidegate.adapters.ports.failures import NotFound, OutcomeUnknown, Rejected, VendorContractBroken
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.payments import Declined, Payment, PaymentStatus, Refund, RefundStatus

Work = Callable[[AdyenPayments], Coroutine[Any, Any, object]]
NEW = {
    "merchantAccount": "Shop", "reference": "o-1", "amount": AMOUNT, "paymentMethod": json.loads(CARD),
    "returnUrl": "https://shop.example/back",
}  # fmt: skip
HALF = {"currency": "EUR", "value": 500}

WRITES: dict[str, tuple[Work, str, dict[str, Any], dict[str, Any]]] = {
    "pay": (
        lambda p: p.pay("o-1", TEN, CARD, key="k"),
        "/payments", {**NEW, "captureDelayHours": 0}, AUTHORISED,
    ),
    "authorise": (
        lambda p: p.authorise("o-1", TEN, CARD, key="k"),
        "/payments", {**NEW, "additionalData": {"manualCapture": "true"}}, AUTHORISED,
    ),
    "capture": (
        lambda p: p.capture("adyen:P1", key="k"),
        "/payments/P1/captures", {"merchantAccount": "Shop", "amount": AMOUNT}, RECEIVED,
    ),
    "capture a part": (
        lambda p: p.capture("adyen:P1", Money(500, "EUR"), key="k"),
        "/payments/P1/captures", {"merchantAccount": "Shop", "amount": HALF}, RECEIVED,
    ),
    "cancel": (lambda p: p.cancel("adyen:P1", key="k"), "/payments/P1/cancels", {"merchantAccount": "Shop"}, RECEIVED),
    "refund a part": (
        lambda p: p.refund("adyen:P1", Money(500, "EUR"), key="k"),
        "/payments/P1/refunds", {"merchantAccount": "Shop", "amount": HALF}, RECEIVED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITES)
def test_a_write_sends_what_the_vendor_asks_for(name: str) -> None:
    work, path, document, answer = WRITES[name]
    adapter, gateway, _ = answered(answer, *(() if path == "/payments" else (PAID if "refund" in name else HELD,)))
    at_once(work(adapter))
    assert gateway.asked == ("POST", path, document, "k")


@pytest.mark.parametrize("name", WRITES)
def test_a_5xx_to_a_write_leaves_it_in_doubt(name: str) -> None:
    adapter, _, _ = answered({"errorCode": "905"}, PAID if "refund" in name else HELD, status=500)
    with pytest.raises(OutcomeUnknown):
        at_once(WRITES[name][0](adapter))


def test_what_was_paid_at_once_is_paid_and_what_is_held_is_not() -> None:
    adapter, _, book = answered(AUTHORISED)
    assert at_once(adapter.pay("o-1", TEN, CARD, key="k")) == PAID
    assert at_once(book.find("adyen:P1")) == PAID
    adapter, _, _ = answered(AUTHORISED)
    assert at_once(adapter.authorise("o-1", TEN, CARD, key="k")) == HELD


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Pending", PaymentStatus.PROCESSING),
        ("RedirectShopper", PaymentStatus.NEEDS_ACTION),
        ("Cancelled", PaymentStatus.CANCELLED),
        ("Brandnew", PaymentStatus.UNKNOWN),
    ],
)
def test_a_result_is_the_domains_and_the_vendors_word_is_kept(word: str, status: PaymentStatus) -> None:
    adapter, _, _ = answered({**AUTHORISED, "resultCode": word})
    payment = done(at_once(adapter.pay("o-1", TEN, CARD, key="k")))
    assert (payment.status, payment.vendor_status, payment.received) == (status, word, Money(0, "EUR"))


def test_a_refused_payment_is_declined_with_its_reason_and_stands_in_the_book() -> None:
    adapter, _, book = answered(REFUSED)
    with pytest.raises(Declined) as declined:
        at_once(adapter.pay("o-1", TEN, CARD, key="k"))
    assert (declined.value.code, declined.value.payment_id) == ("Not enough balance", "adyen:P1")
    known = at_once(book.find("adyen:P1"))
    assert (known.status, known.decline) == (PaymentStatus.NEEDS_METHOD, "Not enough balance")


def test_a_capture_is_processing_until_its_event_says_how_much_was_taken() -> None:
    adapter, _, _ = answered(RECEIVED, HELD)
    asked = done(at_once(adapter.capture("adyen:P1", Money(500, "EUR"), key="k")))
    assert (asked.status, asked.received) == (PaymentStatus.PROCESSING, Money(0, "EUR"))
    at_once(adapter.learn(notification("CAPTURE", amount=HALF)))
    taken = at_once(adapter.find("adyen:P1"))
    assert (taken.status, taken.received) == (PaymentStatus.PAID, Money(500, "EUR"))
    assert at_once(adapter.capture("adyen:P1", Money(500, "EUR"), key="k")) == taken


def test_the_first_answer_of_a_payment_that_has_gone_on_does_not_take_it_back() -> None:
    adapter, _, _ = answered(AUTHORISED, HELD)
    at_once(adapter.learn(notification("CANCELLATION")))
    again = done(at_once(adapter.authorise("o-1", TEN, CARD, key="k")))
    assert again.status is PaymentStatus.CANCELLED


def test_a_webhook_that_comes_between_reading_the_book_and_writing_it_is_not_lost() -> None:
    adapter, _, book = answered(RECEIVED, HELD)
    first = book.replace

    async def late(before: Payment | None, after: Payment) -> bool:
        book.replace = first  # type: ignore[method-assign]  # once
        await adapter.learn(notification("CAPTURE"))
        return await first(before, after)

    book.replace = late  # type: ignore[method-assign]  # the moment between the two
    assert done(at_once(adapter.capture("adyen:P1", key="k"))).status is PaymentStatus.PAID


def test_a_refund_is_pending_and_all_of_it_is_what_was_received() -> None:
    adapter, gateway, _ = answered({**RECEIVED, "amount": HALF}, replace(PAID, received=Money(500, "EUR")))
    back = at_once(adapter.refund("adyen:P1", key="k"))
    assert back == Refund("adyen:M1", RefundStatus.PENDING, "received", Money(500, "EUR"), "adyen:P1", "")
    assert gateway.asked.content["amount"] == HALF


@pytest.mark.parametrize(("currency", "ours", "theirs"), [
    ("CLP", 7, 700), ("ISK", 7, 700), ("CVE", 700, 7), ("IDR", 700, 7), ("JPY", 7, 7), ("BHD", 1_234, 1_234),
])  # fmt: skip
def test_amounts_are_in_the_vendors_units(currency: str, ours: int, theirs: int) -> None:
    adapter, gateway, _ = answered({**AUTHORISED, "amount": {"currency": currency, "value": theirs}})
    payment = done(at_once(adapter.pay("o-1", Money(ours, currency), CARD, key="k")))
    assert payment.amount == Money(ours, currency)
    assert gateway.asked.content["amount"] == {"currency": currency, "value": theirs}


def test_a_key_that_is_longer_than_the_vendors_are_is_a_digest_of_itself() -> None:
    adapter, gateway, _ = answered(AUTHORISED)
    keys = []
    for key in ("k" * 64, "k" * 65, "k" * 66, "k" * 65):
        at_once(adapter.pay("o-1", TEN, CARD, key=key))
        keys.append(gateway.asked.key)
    assert keys[0] == "k" * 64
    assert {len(key) for key in keys} == {64}
    assert keys[1] == keys[3] != keys[2]


@pytest.mark.parametrize(
    ("work", "field"),
    [
        (lambda p: p.pay("o-1", Money(0, "EUR"), CARD, key="k"), "money"),
        (lambda p: p.pay("o-1", Money(150, "IDR"), CARD, key="k"), "money"),
        (lambda p: p.pay("", TEN, CARD, key="k"), "reference"),
        (lambda p: p.pay("r" * 81, TEN, CARD, key="k"), "reference"),
        (lambda p: p.pay("o-1", TEN, "pm_card_visa", key="k"), "method"),
        (lambda p: p.pay("o-1", TEN, "[" * 9999, key="k"), "method"),
        (lambda p: p.pay("o-1", TEN, "{}", key="k"), "method"),
        (lambda p: p.pay("o-1", TEN, CARD, key=""), "key"),
        (lambda p: p.capture("stripe:P1", key="k"), "payment_id"),
        (lambda p: p.capture("adyen:P1", Money(1001, "EUR"), key="k"), "money"),
        (lambda p: p.capture("adyen:P1", Money(10, "USD"), key="k"), "money"),
        (lambda p: p.refund("adyen:P1", key="k"), "payment_id"),
        (lambda p: p.find("adyen:.."), "payment_id"),
        (lambda p: p.page(after="P1"), "after"),
        (lambda p: p.page(size=0), "size"),
    ],
)
def test_what_cannot_be_right_is_refused_before_anything_is_sent(work: Work, field: str) -> None:
    adapter, gateway, _ = answered(AUTHORISED, HELD)
    with pytest.raises(Rejected) as error:
        at_once(work(adapter))
    assert (error.value.field, gateway.asked.method) == (field, "")


def test_a_paid_payment_is_refunded_and_not_cancelled() -> None:
    adapter, gateway, _ = answered(RECEIVED, PAID)
    with pytest.raises(Rejected):
        at_once(adapter.cancel("adyen:P1", key="k"))
    assert gateway.asked.method == ""


@pytest.mark.parametrize("work", [WRITES["capture"][0], WRITES["cancel"][0], WRITES["refund a part"][0]])
def test_a_payment_that_is_in_no_book_is_not_found(work: Work) -> None:
    adapter, _, _ = answered(RECEIVED)
    with pytest.raises(NotFound):
        at_once(work(adapter))


@pytest.mark.parametrize("gone", ["pspReference", "resultCode", "amount"])
def test_an_answer_without_a_field_that_is_read_breaks_the_contract(gone: str) -> None:
    adapter, _, _ = answered({name: value for name, value in AUTHORISED.items() if name != gone})
    with pytest.raises(VendorContractBroken) as error:
        at_once(adapter.pay("o-1", TEN, CARD, key="k"))
    assert (error.value.pointer, error.value.applied) == (f"/{gone}", True)
