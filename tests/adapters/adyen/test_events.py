"""Adyen's webhooks of payments, and what the book makes of them."""

import itertools
import json

import pytest

from tests.adapters.adyen.answering import AUTHORISED, CARD, HELD, PAID, TEN, answered, notification
from tests.adapters.answering import at_once
from tidegate.adapters.ports.failures import NotFound
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.payments import Payment, PaymentEvent, PaymentEventKind, PaymentEventUnreadable
from tidegate.adapters.ports.payments import PaymentStatus as Status


def known_after(*bodies: bytes, first: Payment | None = HELD) -> Payment | None:
    adapter, _, book = answered({}, *((first,) if first is not None else ()))
    for body in bodies:
        at_once(adapter.learn(body))
    try:
        return at_once(book.find("adyen:P1"))
    except NotFound:
        return None


def test_an_event_is_the_domains() -> None:
    adapter, _, _ = answered({})
    assert at_once(adapter.learn(notification("REFUND"))) == (
        PaymentEvent(PaymentEventKind.REFUNDED, "REFUND", "adyen:P1", "o-1", TEN, "adyen:M1"),
    )
    [failed] = at_once(adapter.learn(notification("CAPTURE", success="false", reason="too late")))
    assert (failed.kind, failed.failure) == (PaymentEventKind.FAILED, "too late")
    [unknown] = at_once(adapter.learn(notification("REPORT_AVAILABLE")))
    assert (unknown.kind, unknown.vendor_event) == (PaymentEventKind.UNKNOWN, "REPORT_AVAILABLE")


def test_what_was_cancelled_or_refunded_says_which_it_was() -> None:
    adapter, _, _ = answered({})
    for action, kind in (("refund", PaymentEventKind.REFUNDED), ("cancel", PaymentEventKind.CANCELLED)):
        body = notification("CANCEL_OR_REFUND", success=True, additionalData={"modification.action": action})
        [event] = at_once(adapter.learn(body))
        assert (event.kind, bool(event.refund_id)) == (kind, action == "refund")


@pytest.mark.parametrize(
    ("bodies", "first", "status", "received"),
    [
        ([notification("AUTHORISATION")], None, Status.AUTHORISED, 0),
        ([notification("AUTHORISATION", success="false", reason="no")], None, Status.NEEDS_METHOD, 0),
        ([notification("AUTHORISATION", success="false", reason="no")], PAID, Status.PAID, 1000),
        ([notification("CAPTURE")], HELD, Status.PAID, 1000),
        ([notification("CAPTURE", success="false")], HELD, Status.AUTHORISED, 0),
        ([notification("CAPTURE"), notification("CAPTURE", success="false")], HELD, Status.PAID, 1000),
        ([notification("CAPTURE"), notification("CAPTURE_FAILED")], HELD, Status.AUTHORISED, 0),
        ([notification("CANCELLATION")], HELD, Status.CANCELLED, 0),
        ([notification("CANCELLATION", success="false")], PAID, Status.PAID, 1000),
        ([notification("REFUND")], PAID, Status.PAID, 1000),
        ([notification("REFUND_FAILED")], PAID, Status.PAID, 1000),
    ],
)
def test_the_book_follows_the_events(bodies: list[bytes], first: Payment | None, status: Status, received: int) -> None:
    known = known_after(*bodies, first=first)
    assert known is not None
    assert (known.status, known.received) == (status, Money(received, "EUR"))


def test_events_that_come_twice_or_in_another_order_come_to_the_same() -> None:
    bodies = (notification("AUTHORISATION"), notification("CAPTURE"), notification("REFUND"))
    ends = {known_after(*order, *order, first=HELD) for order in itertools.permutations(bodies)}
    assert {(end.status, end.received) for end in ends if end} == {(Status.PAID, TEN)}


def test_an_authorisation_that_comes_after_the_capture_was_asked_for_changes_nothing() -> None:
    received = {"pspReference": "M1", "paymentPspReference": "P1", "status": "received"}
    adapter, _, _ = answered(received, HELD)
    at_once(adapter.capture("adyen:P1", key="k"))
    at_once(adapter.learn(notification("AUTHORISATION")))
    assert at_once(adapter.find("adyen:P1")).status is Status.PROCESSING


def test_an_event_of_a_payment_that_is_in_no_book_leaves_it_empty() -> None:
    assert known_after(notification("CAPTURE"), notification("REPORT_AVAILABLE"), first=None) is None


def test_a_payment_whose_answer_was_lost_stands_in_the_book_by_its_event() -> None:
    adapter, _, _ = answered(AUTHORISED)
    at_once(adapter.learn(notification("AUTHORISATION")))
    assert at_once(adapter.find("adyen:P1")).reference == "o-1"
    assert at_once(adapter.pay("o-1", TEN, CARD, key="k")) == PAID


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"[accepted]", ""),
        (b"{}", "/notificationItems"),
        (json.dumps({"notificationItems": [{}]}).encode(), "/notificationItems/0/NotificationRequestItem"),
        (notification("CAPTURE", amount=None), "/notificationItems/0/NotificationRequestItem/amount"),
        (notification("CAPTURE", pspReference=7), "/notificationItems/0/NotificationRequestItem/pspReference"),
        (json.dumps({"notificationItems": [{"NotificationRequestItem": {"eventCode": "X"}}] * 101}).encode(),
         "/notificationItems"),
    ],
)  # fmt: skip
def test_what_is_no_event_says_where_it_is_none(body: bytes, pointer: str) -> None:
    adapter, _, _ = answered({})
    with pytest.raises(PaymentEventUnreadable) as error:
        at_once(adapter.learn(body))
    assert error.value.pointer == pointer
