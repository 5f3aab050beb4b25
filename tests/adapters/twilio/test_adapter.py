"""The messaging port over Twilio."""

import json
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.adapters.answering import Answering, at_once
from tidegate.adapters.ports.failures import Misconfigured, OutcomeUnknown, Rejected, VendorContractBroken
from tidegate.adapters.ports.messaging import (
    InboundMessage,
    MessageEventUnreadable,
    MessageStatus,
    OutgoingMessage,
    Recipient,
    SentMessage,
)
from tidegate.adapters.twilio.adapter import STATUSES, TwilioMessaging

ADA = Recipient(phone="+4915112345678", email="ada@example.com")
HELLO = OutgoingMessage(ADA, "Hello", "A subject")
QUEUED = {"sid": "SM1", "status": "queued", "error_code": None}
PATH = "/2010-04-01/Accounts/AC1/Messages"


def messaging(body: object, *, status: int = 201, sender: str = "+15005550006") -> tuple[TwilioMessaging, Answering]:
    gateway = Answering(status, json.dumps(body).encode())
    return TwilioMessaging(gateway, account="AC1", sender=sender), gateway


def test_a_message_is_sent_as_the_vendor_asks_for_it() -> None:
    adapter, gateway = messaging(QUEUED)
    assert at_once(adapter.send(HELLO, key="k")) == SentMessage("twilio:SM1", MessageStatus.ACCEPTED, "queued")
    assert gateway.asked == ("POST", f"{PATH}.json", {"To": ADA.phone, "Body": "Hello", "From": "+15005550006"}, "k")
    adapter, gateway = messaging(QUEUED, sender="MG1")
    at_once(adapter.send(HELLO, key="k"))
    assert gateway.asked.content["MessagingServiceSid"] == "MG1"


@pytest.mark.parametrize("word", [*STATUSES, "brandnew"])
def test_a_status_is_the_domains_and_the_vendors_word_is_kept(word: str) -> None:
    adapter, gateway = messaging({**QUEUED, "status": word, "error_code": 30003}, status=200)
    sent = at_once(adapter.status("twilio:SM1"))
    assert (sent.status, sent.vendor_status) == (STATUSES.get(word, MessageStatus.UNKNOWN), word)
    assert (sent.failure, gateway.asked.path) == ("30003", f"{PATH}/SM1.json")


@pytest.mark.parametrize(
    ("work", "field"),
    [
        (lambda m: m.send(OutgoingMessage(Recipient(email="a@b.example"), "x"), key="k"), "to"),
        (lambda m: m.send(OutgoingMessage(ADA, ""), key="k"), "text"),
        (lambda m: m.send(OutgoingMessage(ADA, "x" * 1601), key="k"), "text"),
        (lambda m: m.status("sendgrid:SM1"), "message_id"),
        (lambda m: m.status("twilio:.."), "message_id"),
    ],
)
def test_what_cannot_be_right_is_refused_before_anything_is_sent(
    work: Callable[[TwilioMessaging], Coroutine[Any, Any, object]], field: str
) -> None:
    adapter, gateway = messaging(QUEUED)
    with pytest.raises(Rejected) as error:
        at_once(work(adapter))
    assert (error.value.field, gateway.asked.method) == (field, "")


def test_errors_are_failures_with_the_vendors_code() -> None:
    with pytest.raises(Rejected) as rejected:
        at_once(messaging({"code": 21211, "message": "Invalid To"}, status=400)[0].send(HELLO, key="k"))
    assert (rejected.value.code, str(rejected.value)) == ("21211", "Invalid To (call c1)")
    for status, kind in ((401, Misconfigured), (500, OutcomeUnknown), (200, VendorContractBroken)):
        with pytest.raises(kind):
            at_once(messaging([], status=status)[0].send(HELLO, key="k"))


def learnt(**form: str) -> Any:
    [event] = at_once(messaging({})[0].learn(urlencode(form).encode(), "application/x-www-form-urlencoded"))
    return event


def test_a_webhook_says_how_far_a_message_has_come_or_brings_one() -> None:
    failed = learnt(MessageSid="SM1", MessageStatus="undelivered", ErrorCode="30003")
    assert failed == SentMessage("twilio:SM1", MessageStatus.FAILED, "undelivered", "30003")
    assert learnt(MessageSid="SM1", SmsStatus="sent").status is MessageStatus.SENT
    came = learnt(MessageSid="SM2", SmsStatus="received", From="+49", To="+1", Body="Hi")
    assert came == InboundMessage("twilio:SM2", Recipient(phone="+49"), Recipient(phone="+1"), "Hi")


@pytest.mark.parametrize("body", [b"", b"a=b", b"\xff", b"&".join(b"a=1" for _ in range(300)), b"MessageSid=SM1"])
def test_what_is_no_event_is_unreadable(body: bytes) -> None:
    with pytest.raises(MessageEventUnreadable):
        at_once(messaging({})[0].learn(body))
