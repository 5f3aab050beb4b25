"""Messages at several vendors."""

import json

import pytest

from tests.adapters.answering import Answering, at_once, done
from tidegate.adapters.fallback.decisions import DecisionBookInMemory
from tidegate.adapters.fallback.messaging import FallbackMessaging
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import OutcomeUnknown, Rejected
from tidegate.adapters.ports.message_book import MessageBookInMemory
from tidegate.adapters.ports.messaging import (
    MessageEventUnreadable,
    MessageStatus,
    Messaging,
    OutgoingMessage,
    Recipient,
)
from tidegate.adapters.sendgrid.adapter import SendGridMessaging
from tidegate.adapters.twilio.adapter import TwilioMessaging

ADA = Recipient(phone="+4915112345678", email="ada@example.com")
HELLO = OutgoingMessage(ADA, "Hello")


def two() -> tuple[FallbackMessaging, Answering, Answering]:
    first = Answering(201, json.dumps({"sid": "SM1", "status": "queued"}).encode())
    second = Answering(202, b"", headers={"X-Message-Id": "M1"})
    vendors: dict[str, Messaging] = {
        "twilio": TwilioMessaging(first, account="AC1", sender="+1"),
        "sendgrid": SendGridMessaging(second, MessageBookInMemory(), sender="shop@example.com"),
    }
    return FallbackMessaging(vendors, DecisionBookInMemory()), first, second


def test_a_new_message_goes_by_the_next_vendor_where_the_first_is_away() -> None:
    messaging, first, _ = two()
    first.status = 429
    sent = done(at_once(messaging.send(HELLO, key="k")))
    assert (sent.id, at_once(messaging.status(sent.id)).status) == ("sendgrid:M1", MessageStatus.ACCEPTED)


def test_a_recipient_whom_the_first_vendor_cannot_reach_is_reached_by_the_next() -> None:
    messaging, first, _ = two()
    only_mail = OutgoingMessage(Recipient(email="ada@example.com"), "Hello")
    assert done(at_once(messaging.send(only_mail, key="k"))).id == "sendgrid:M1"
    assert first.asked.method == ""
    with pytest.raises(Rejected):
        at_once(messaging.send(OutgoingMessage(Recipient(name="Ada"), "Hello"), key="nobody"))


def test_a_message_in_doubt_is_sent_nowhere_else() -> None:
    messaging, first, second = two()
    for status in (500, 429):
        first.status = status
        with pytest.raises(OutcomeUnknown):
            at_once(messaging.send(HELLO, key="k"))
    assert second.asked.method == ""


def test_a_webhook_is_read_by_the_vendor_that_can_and_names_that_are_nobodys_are_rejected() -> None:
    messaging, _, _ = two()
    [event] = at_once(messaging.learn(b'[{"event": "open", "sg_message_id": "M1.x"}]', "application/json"))
    assert getattr(event, "id", "") == "sendgrid:M1"
    with pytest.raises(MessageEventUnreadable):
        at_once(messaging.learn(b"{}"))
    for work in (messaging.status("paypal:1"), messaging.sent_of(Deferred("u", "c"))):
        with pytest.raises(Rejected):
            at_once(work)
    with pytest.raises(ValueError, match="at least"):
        FallbackMessaging({}, DecisionBookInMemory())
