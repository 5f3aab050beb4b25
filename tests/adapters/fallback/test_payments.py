"""Payments at several vendors."""

import json

import pytest

from tests.adapters.adyen.answering import AUTHORISED, CARD, notification
from tests.adapters.adyen.answering import payments as adyen_payments
from tests.adapters.answering import Answering, at_once, done
from tests.adapters.stripe.test_adapter import INTENT, REFUND
from tidegate.adapters.fallback.decisions import DecisionBookInMemory
from tidegate.adapters.fallback.payments import FallbackPayments, methods_by_vendor
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import OutcomeUnknown, RateLimited, Rejected
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.payments import PaymentEventKind, PaymentEventUnreadable
from tidegate.adapters.stripe.adapter import StripePayments

TEN = Money(1000, "EUR")
BOTH = methods_by_vendor({"stripe": "pm_1", "adyen": CARD})


def two() -> tuple[FallbackPayments, Answering, Answering]:
    first = Answering(200, json.dumps(INTENT).encode())
    adyen, second, _ = adyen_payments(200, json.dumps(AUTHORISED).encode())
    return FallbackPayments({"stripe": StripePayments(first), "adyen": adyen}, DecisionBookInMemory()), first, second


def test_a_payment_is_made_at_the_first_vendor_with_what_the_payer_gave_there() -> None:
    payments, first, second = two()
    assert done(at_once(payments.pay("o-1", TEN, BOTH, key="k"))).id == "stripe:pi_1"
    assert (first.asked.content["payment_method"], second.asked.method) == ("pm_1", "")


def test_where_the_first_has_done_nothing_the_next_is_asked_and_it_stays_there() -> None:
    payments, first, second = two()
    first.status = 429
    assert done(at_once(payments.authorise("o-1", TEN, BOTH, key="k"))).id == "adyen:P1"
    assert second.asked.content["paymentMethod"] == json.loads(CARD)
    first.status = 200
    assert done(at_once(payments.authorise("o-1", TEN, BOTH, key="k"))).id == "adyen:P1"


def test_a_payment_in_doubt_is_made_nowhere_else() -> None:
    payments, first, second = two()
    for status in (500, 429, 429):
        first.status = status
        with pytest.raises(OutcomeUnknown):
            at_once(payments.pay("o-1", TEN, BOTH, key="k"))
    assert second.asked.method == ""


def test_a_vendor_for_which_the_payer_gave_nothing_is_not_asked() -> None:
    payments, first, second = two()
    first.status = 429
    for method in ("pm_1", methods_by_vendor({"stripe": "pm_1"})):
        with pytest.raises(Exception, match="no payment method for adyen"):
            at_once(payments.pay("o-1", TEN, method, key=method))
    assert second.asked.method == ""
    for wrong in ("methods:", "methods:[]", 'methods:{"stripe": 1}'):
        with pytest.raises(Rejected):
            at_once(payments.pay("o-1", TEN, wrong, key="wrong"))


def test_what_follows_a_payment_goes_to_its_vendor() -> None:
    payments, first, second = two()
    at_once(payments.of("adyen").pay("o-1", TEN, CARD, key="k"))
    second.body = json.dumps({"status": "received", "pspReference": "M", "paymentPspReference": "P1", "amount": {
        "currency": "EUR", "value": 1000}}).encode()  # fmt: skip
    assert done(at_once(payments.refund("adyen:P1", key="r"))).payment_id == "adyen:P1"
    first.body = json.dumps(REFUND).encode()
    assert done(at_once(payments.refund("stripe:pi_1", key="r"))).payment_id == "stripe:pi_1"
    for work in (payments.find("paypal:1"), payments.capture("pi_1", key="k"), payments.payment_of(Deferred("u", "c"))):
        with pytest.raises(Rejected):
            at_once(work)


def test_pages_go_from_one_vendor_to_the_next() -> None:
    payments, first, _ = two()
    first.body = json.dumps({"data": [INTENT], "has_more": False}).encode()
    at_once(payments.of("adyen").pay("o-1", TEN, CARD, key="k"))
    one = at_once(payments.page(size=1))
    assert ([payment.id for payment in one.payments], one.after) == (["stripe:pi_1"], "adyen:")
    rest = at_once(payments.page(after=one.after, size=1))
    assert ([payment.id for payment in rest.payments], rest.after) == (["adyen:P1"], None)


def test_a_webhook_is_read_by_the_vendor_that_can() -> None:
    payments, _, _ = two()
    [event] = at_once(payments.learn(notification("CAPTURE")))
    assert event.kind is PaymentEventKind.PAID
    with pytest.raises(PaymentEventUnreadable):
        at_once(payments.learn(b"{}"))


def test_a_port_without_a_vendor_is_none() -> None:
    with pytest.raises(ValueError, match="at least"):
        FallbackPayments({}, DecisionBookInMemory())


def test_all_refusing_for_the_rate_is_a_refusal_for_the_rate() -> None:
    payments, first, second = two()
    first.status = second.status = 429
    with pytest.raises(RateLimited):
        at_once(payments.pay("o-1", TEN, BOTH, key="k"))
