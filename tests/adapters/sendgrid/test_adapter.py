"""The messaging port over SendGrid."""

import json
from collections.abc import Mapping

import pytest

from tests.adapters.answering import Answering, at_once, done
from tidegate.adapters.ports.failures import Misconfigured, NotFound, OutcomeUnknown, Rejected, VendorContractBroken
from tidegate.adapters.ports.message_book import MessageBookInMemory
from tidegate.adapters.ports.messaging import MessageStatus, OutgoingMessage, Recipient, SentMessage
from tidegate.adapters.sendgrid.adapter import SendGridMessaging

ADA = Recipient(phone="+4915112345678", email="ada@example.com", name="Ada")
HELLO = OutgoingMessage(ADA, "Hello", "A subject")
TAKEN = {"X-Message-Id": "M1"}


def messaging(
    status: int = 202, body: bytes = b"", headers: Mapping[str, str] = TAKEN
) -> tuple[SendGridMessaging, Answering]:
    gateway = Answering(status, body, headers=headers)
    return SendGridMessaging(gateway, MessageBookInMemory(), sender="shop@example.com"), gateway


def test_a_mail_is_sent_as_the_vendor_asks_for_it_and_stands_in_the_book() -> None:
    adapter, gateway = messaging()
    sent = done(at_once(adapter.send(HELLO, key="k")))
    assert sent == SentMessage("sendgrid:M1", MessageStatus.ACCEPTED, "accepted") == at_once(adapter.status(sent.id))
    assert gateway.asked == (
        "POST",
        "/v3/mail/send",
        {
            "personalizations": [{"to": [{"email": "ada@example.com", "name": "Ada"}]}],
            "from": {"email": "shop@example.com"},
            "subject": "A subject",
            "content": [{"type": "text/plain", "value": "Hello"}],
        },
        "k",
    )


def test_what_cannot_be_right_is_refused_before_anything_is_sent() -> None:
    adapter, gateway = messaging()
    for message in (OutgoingMessage(Recipient(phone="+1"), "x"), OutgoingMessage(ADA, "")):
        with pytest.raises(Rejected):
            at_once(adapter.send(message, key="k"))
    with pytest.raises(Rejected):
        at_once(adapter.status("twilio:M1"))
    with pytest.raises(NotFound):
        at_once(adapter.status("sendgrid:M1"))
    assert gateway.asked.method == ""


@pytest.mark.parametrize(
    ("status", "kind"), [(400, Rejected), (401, Misconfigured), (500, OutcomeUnknown), (202, VendorContractBroken)]
)
def test_errors_are_failures(status: int, kind: type[Exception]) -> None:
    body = json.dumps({"errors": [{"message": "No subject", "field": "subject"}]}).encode()
    with pytest.raises(kind) as error:
        at_once(messaging(status, body, {})[0].send(HELLO, key="k"))
    assert getattr(error.value, "field", "subject") == "subject"
    with pytest.raises(kind):
        at_once(messaging(status, b"no JSON", {})[0].send(HELLO, key="k"))


def test_events_that_come_in_any_order_leave_the_furthest_in_the_book() -> None:
    adapter, _ = messaging()
    at_once(adapter.send(HELLO, key="k"))
    words = ("open", "delivered", "processed", "brandnew")
    body = [{"event": word, "sg_message_id": "M1.recvd-1", "sg_event_id": word} for word in words]
    happened = at_once(adapter.learn(json.dumps(body).encode(), "application/json"))
    assert [event.status for event in happened if isinstance(event, SentMessage)] == [
        MessageStatus.READ, MessageStatus.DELIVERED, MessageStatus.ACCEPTED, MessageStatus.UNKNOWN,
    ]  # fmt: skip
    assert at_once(adapter.status("sendgrid:M1")).status is MessageStatus.READ
