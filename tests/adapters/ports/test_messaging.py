"""The messaging port."""

import inspect
from datetime import UTC, datetime

import pytest

from tidegate.adapters.ports.messaging import InboundMessage, MessageEventUnreadable, Messaging, Recipient
from tidegate.adapters.sendgrid.adapter import SendGridMessaging
from tidegate.adapters.twilio.adapter import TwilioMessaging


@pytest.mark.parametrize("adapter", [TwilioMessaging, SendGridMessaging])
def test_every_vendor_has_the_ports_operations(adapter: type) -> None:
    for name in (name for name in vars(Messaging) if not name.startswith("_")):
        assert inspect.signature(getattr(adapter, name)) == inspect.signature(getattr(Messaging, name))


def test_a_message_that_came_in_has_an_aware_time_or_none() -> None:
    ada = Recipient(email="ada@example.com")
    assert InboundMessage("v:1", ada, ada, "", at=datetime(2026, 1, 1, tzinfo=UTC)).at
    with pytest.raises(ValueError, match="offset"):
        InboundMessage("v:1", ada, ada, "", at=datetime(2026, 1, 1))  # noqa: DTZ001 - which is what fails


def test_what_cannot_be_read_is_named_by_its_place() -> None:
    assert str(MessageEventUnreadable("", "a list", "null")) == "the body: expected a list, found null"
