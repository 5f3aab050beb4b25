"""The payments port over Stripe."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tests.adapters.answering import Answering, at_once, done
from tests.adapters.stripe.answering import payments
from tidegate.adapters.ports.failures import NotFound, Rejected, VendorContractBroken
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.payments import Payment, PaymentPage, PaymentStatus, Refund, RefundStatus
from tidegate.adapters.stripe.adapter import StripePayments

TEN = Money(1000, "EUR")
INTENT = {
    "id": "pi_1", "status": "succeeded", "amount": 1000, "amount_received": 1000, "currency": "eur",
    "metadata": {"order_id": "o-1"}, "last_payment_error": None,
}  # fmt: skip
REFUND = {"id": "re_1", "status": "succeeded", "amount": 400, "currency": "eur", "payment_intent": "pi_1"}

Work = Callable[[StripePayments], Coroutine[Any, Any, object]]

WRITES: dict[str, tuple[Work, str, dict[str, str]]] = {
    "pay": (
        lambda p: p.pay("o-1", TEN, "pm_1", key="k"),
        "/v1/payment_intents",
        {"amount": "1000", "currency": "eur", "metadata[order_id]": "o-1", "payment_method_types[]": "card",
         "payment_method": "pm_1", "confirm": "true"},
    ),
    "hold": (
        lambda p: p.authorise("o-1", TEN, "pm_1", key="k"),
        "/v1/payment_intents",
        {"amount": "1000", "currency": "eur", "metadata[order_id]": "o-1", "payment_method_types[]": "card",
         "payment_method": "pm_1", "confirm": "true", "capture_method": "manual"},
    ),
    "prepare": (
        lambda p: p.prepare("o-1", TEN, key="k"),
        "/v1/payment_intents",
        {"amount": "1000", "currency": "eur", "metadata[order_id]": "o-1", "payment_method_types[]": "card"},
    ),
    "confirm": (
        lambda p: p.confirm("stripe:pi_1", "pm_1", key="k"),
        "/v1/payment_intents/pi_1/confirm", {"payment_method": "pm_1"},
    ),
    "capture": (lambda p: p.capture("stripe:pi_1", key="k"), "/v1/payment_intents/pi_1/capture", {}),
    "capture a part": (
        lambda p: p.capture("stripe:pi_1", Money(400, "EUR"), key="k"),
        "/v1/payment_intents/pi_1/capture", {"amount_to_capture": "400"},
    ),
    "cancel": (lambda p: p.cancel("stripe:pi_1", key="k"), "/v1/payment_intents/pi_1/cancel", {}),
    "refund": (lambda p: p.refund("stripe:pi_1", key="k"), "/v1/refunds", {"payment_intent": "pi_1"}),
    "refund a part": (
        lambda p: p.refund("stripe:pi_1", Money(400, "EUR"), key="k"),
        "/v1/refunds", {"payment_intent": "pi_1", "amount": "400"},
    ),
}  # fmt: skip
READS: dict[str, Work] = {"find": lambda p: p.find("stripe:pi_1"), "page": lambda p: p.page()}
ALL: dict[str, Work] = {**{name: work for name, (work, _, _) in WRITES.items()}, **READS}


def answered(status: int, body: object) -> tuple[StripePayments, Answering]:
    return payments(status, json.dumps(body).encode())


def read_payment(**changes: object) -> Payment:
    adapter, _ = answered(200, {**INTENT, **changes})
    return at_once(adapter.find("stripe:pi_1"))


@pytest.mark.parametrize("name", WRITES)
def test_a_write_sends_what_the_vendor_asks_for(name: str) -> None:
    work, path, form = WRITES[name]
    adapter, gateway = answered(200, REFUND if "refund" in name else INTENT)
    at_once(work(adapter))
    assert gateway.asked == ("POST", path, form, "k")


def test_a_payment_is_read() -> None:
    assert read_payment() == Payment("stripe:pi_1", PaymentStatus.PAID, "succeeded", TEN, TEN, "o-1", "")


def test_a_refund_is_read() -> None:
    adapter, _ = answered(200, {**REFUND, "failure_reason": "lost_or_stolen_card", "status": "failed"})
    assert at_once(adapter.refund("stripe:pi_1", key="k")) == Refund(
        "stripe:re_1", RefundStatus.FAILED, "failed", Money(400, "EUR"), "stripe:pi_1", "lost_or_stolen_card"
    )


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("requires_payment_method", PaymentStatus.NEEDS_METHOD),
        ("requires_confirmation", PaymentStatus.NEEDS_CONFIRMATION),
        ("requires_action", PaymentStatus.NEEDS_ACTION),
        ("processing", PaymentStatus.PROCESSING),
        ("requires_capture", PaymentStatus.AUTHORISED),
        ("succeeded", PaymentStatus.PAID),
        ("canceled", PaymentStatus.CANCELLED),
        ("partially_funded", PaymentStatus.UNKNOWN),
        ("Succeeded", PaymentStatus.UNKNOWN),
    ],
)
def test_a_status_is_one_of_ours_or_unrecognised_with_the_vendors_word(word: str, status: PaymentStatus) -> None:
    payment = read_payment(status=word)
    assert (payment.status, payment.vendor_status) == (status, word)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("pending", RefundStatus.PENDING),
        ("requires_action", RefundStatus.NEEDS_ACTION),
        ("succeeded", RefundStatus.DONE),
        ("failed", RefundStatus.FAILED),
        ("canceled", RefundStatus.CANCELLED),
        ("reversed", RefundStatus.UNKNOWN),
    ],
)
def test_a_refunds_status_is_one_of_ours_or_unrecognised(word: str, status: RefundStatus) -> None:
    adapter, _ = answered(200, {**REFUND, "status": word})
    refund = done(at_once(adapter.refund("stripe:pi_1", key="k")))
    assert (refund.status, refund.vendor_status) == (status, word)


@pytest.mark.parametrize(
    ("changes", "reference", "decline"),
    [
        ({"metadata": {}}, "", ""),
        ({"metadata": None}, "", ""),
        ({"last_payment_error": {"code": "card_declined", "decline_code": "lost_card"}}, "o-1", "lost_card"),
        ({"last_payment_error": {"code": "expired_card"}}, "o-1", "expired_card"),
        ({"last_payment_error": {}}, "o-1", ""),
    ],
)
def test_what_may_be_missing_may_be_missing(changes: dict[str, object], reference: str, decline: str) -> None:
    payment = read_payment(**changes)
    assert (payment.reference, payment.decline) == (reference, decline)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"id": None}, "/id"),
        ({"id": ""}, "/id"),
        ({"id": 7}, "/id"),
        ({"status": None}, "/status"),
        ({"status": ["succeeded"]}, "/status"),
        ({"amount": "1000"}, "/amount"),
        ({"amount": 10.5}, "/amount"),
        ({"amount": True}, "/amount"),
        ({"amount": -1000}, "/amount"),
        ({"amount": None}, "/amount"),
        ({"amount_received": {}}, "/amount_received"),
        ({"currency": None}, "/currency"),
        ({"currency": "euro"}, "/currency"),
        ({"currency": 978}, "/currency"),
        ({"metadata": []}, "/metadata"),
        ({"metadata": {"order_id": 7}}, "/metadata/order_id"),
        ({"last_payment_error": "declined"}, "/last_payment_error"),
        ({"last_payment_error": {"code": 1}}, "/last_payment_error/code"),
    ],
)
def test_a_field_that_is_not_as_agreed_is_named(changes: dict[str, object], pointer: str) -> None:
    with pytest.raises(VendorContractBroken) as error:
        read_payment(**changes)
    assert (error.value.pointer, error.value.applied, error.value.call_id) == (pointer, False, "c1")


@pytest.mark.parametrize("name", ["id", "status", "amount", "amount_received", "currency"])
def test_a_field_that_is_gone_is_named(name: str) -> None:
    adapter, _ = answered(200, {key: value for key, value in INTENT.items() if key != name})
    with pytest.raises(VendorContractBroken) as error:
        at_once(adapter.find("stripe:pi_1"))
    assert (error.value.pointer, error.value.found) == (f"/{name}", "no such field")


def test_an_unreadable_answer_to_a_write_says_that_the_write_was_done() -> None:
    for name, (work, _, _) in WRITES.items():
        adapter, _ = payments(200, b"<html>")
        with pytest.raises(VendorContractBroken) as error:
            at_once(work(adapter))
        assert error.value.applied, name


def test_pages_follow_each_other_until_the_last() -> None:
    adapter, gateway = answered(200, {"data": [INTENT, {**INTENT, "id": "pi_2"}], "has_more": True})
    page = at_once(adapter.page(size=2))
    assert ([one.id for one in page.payments], page.after) == (["stripe:pi_1", "stripe:pi_2"], "stripe:pi_2")
    assert gateway.asked == ("GET", "/v1/payment_intents", {"limit": "2"}, "")
    adapter, gateway = answered(200, {"data": [], "has_more": False})
    assert at_once(adapter.page(after="stripe:pi_2")) == PaymentPage((), None)
    assert gateway.asked[2] == {"limit": "50", "starting_after": "pi_2"}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"data": [], "has_more": True}, "/data"),
        ({"data": {}, "has_more": False}, "/data"),
        ({"data": None, "has_more": False}, "/data"),
        ({"data": ["pi_1"], "has_more": False}, "/data/0"),
        ({"data": [INTENT, {**INTENT, "amount": None}], "has_more": False}, "/data/1/amount"),
        ({"data": [INTENT]}, "/has_more"),
        ({"data": [INTENT], "has_more": "false"}, "/has_more"),
    ],
)
def test_a_page_that_is_not_as_agreed_is_named(body: object, pointer: str) -> None:
    adapter, _ = answered(200, body)
    with pytest.raises(VendorContractBroken) as error:
        at_once(adapter.page())
    assert error.value.pointer == pointer


@pytest.mark.parametrize(
    ("money", "sent"),
    [
        (Money(1099, "EUR"), "1099"),
        (Money(500, "JPY"), "500"),
        (Money(500, "ISK"), "50000"),
        (Money(500, "UGX"), "50000"),
        (Money(50_000, "MGA"), "500"),
        (Money(1230, "KWD"), "1230"),
    ],
)
def test_an_amount_goes_out_and_comes_back_in_the_vendors_units(money: Money, sent: str) -> None:
    body = {**INTENT, "amount": int(sent), "amount_received": 0, "currency": money.currency.lower()}
    adapter, gateway = answered(200, body)
    assert done(at_once(adapter.prepare("o-1", money, key="k"))).amount == money
    assert gateway.asked[2]["amount"] == sent


def test_an_amount_that_is_no_whole_number_of_ours_breaks_the_contract() -> None:
    with pytest.raises(VendorContractBroken) as error:
        read_payment(currency="isk", amount=50_050, amount_received=0)
    assert error.value.pointer == "/amount"


@pytest.mark.parametrize(
    ("work", "field"),
    [
        (lambda p: p.pay("o-1", Money(0, "EUR"), "pm_1", key="k"), "money"),
        (lambda p: p.pay("o-1", Money(150, "MGA"), "pm_1", key="k"), "money"),
        (lambda p: p.pay("", TEN, "pm_1", key="k"), "reference"),
        (lambda p: p.pay("r" * 501, TEN, "pm_1", key="k"), "reference"),
        (lambda p: p.pay("a\nb", TEN, "pm_1", key="k"), "reference"),
        (lambda p: p.pay("o-1", TEN, "", key="k"), "method"),
        (lambda p: p.confirm("stripe:pi_1", "p\0m", key="k"), "method"),
        (lambda p: p.confirm("stripe:..", "pm_1", key="k"), "payment_id"),
        (lambda p: p.capture("", key="k"), "payment_id"),
        (lambda p: p.capture("stripe:pi_1", Money(0, "EUR"), key="k"), "money"),
        (lambda p: p.refund("", key="k"), "payment_id"),
        (lambda p: p.find("stripe:\ud800"), "payment_id"),
        (lambda p: p.find("pi_1"), "payment_id"),
        (lambda p: p.find("adyen:pi_1"), "payment_id"),
        (lambda p: p.page(after=""), "after"),
        (lambda p: p.page(size=0), "size"),
        (lambda p: p.page(size=101), "size"),
    ],
)
def test_what_cannot_be_right_is_refused_before_anything_is_sent(work: Work, field: str) -> None:
    adapter, gateway = answered(200, INTENT)
    with pytest.raises(Rejected) as error:
        at_once(work(adapter))
    assert (error.value.field, gateway.asked[0]) == (field, "")


@pytest.mark.parametrize("name", ALL)
def test_every_operation_reads_the_vendors_errors(name: str) -> None:
    adapter, _ = answered(404, {"error": {"type": "invalid_request_error"}})
    with pytest.raises(NotFound):
        at_once(ALL[name](adapter))
