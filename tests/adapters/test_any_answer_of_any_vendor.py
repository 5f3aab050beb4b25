"""Every adapter survives any answer and any webhook: what comes out is the port's own value, or one of its failures."""

import contextlib
import json
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.adyen.answering import CARD, HELD, PAID, TEN
from tests.adapters.answering import Answering, at_once
from tidegate.adapters.adyen.adapter import AdyenPayments
from tidegate.adapters.anthropic.adapter import AnthropicCompletions
from tidegate.adapters.gateway import Gateway
from tidegate.adapters.github.adapter import GitHubRecords
from tidegate.adapters.gitlab.adapter import GitLabRecords
from tidegate.adapters.openai.adapter import OpenAICompletions
from tidegate.adapters.ports.completions import Speaker, Turn
from tidegate.adapters.ports.failures import VendorFailure
from tidegate.adapters.ports.message_book import MessageBookInMemory
from tidegate.adapters.ports.messaging import MessageEventUnreadable, OutgoingMessage, Recipient
from tidegate.adapters.ports.orders import OrderUnreadable
from tidegate.adapters.ports.payment_book import PaymentBookInMemory
from tidegate.adapters.ports.payments import PaymentEventUnreadable
from tidegate.adapters.ports.records import RecordDraft
from tidegate.adapters.sendgrid.adapter import SendGridMessaging
from tidegate.adapters.twilio.adapter import TwilioMessaging
from tidegate.adapters.woocommerce.orders import WooCommerceOrders

Work = Callable[[Gateway], Coroutine[Any, Any, object]]
ADA = Recipient(phone="+49151", email="ada@example.com")
HELLO = OutgoingMessage(ADA, "Hello")
ASKED = (Turn(Speaker.USER, "Hi"),)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = (
    "amount", "currency", "value", "pspReference", "resultCode", "status", "paymentPspReference", "sid", "error_code",
    "errors", "error", "message", "id", "model", "choices", "usage", "prompt_tokens", "completion_tokens", "content",
    "stop_reason", "input_tokens", "output_tokens", "number", "iid", "title", "state", "labels", "updated_at", "name",
    "notificationItems", "NotificationRequestItem", "eventCode", "success", "event", "sg_message_id", "line_items",
    "type", "text", "finish_reason", "date_created_gmt", "date_modified_gmt", "quantity", "subtotal", "total", "sku",
)  # fmt: skip
WORDS = ("Authorised", "EUR", "received", "queued", "open", "opened", "true", "CAPTURE", "9.00", "2026-01-01T00:00:00Z")
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(WORDS)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=9),
    max_leaves=12,
)


def adyen(gateway: Gateway) -> AdyenPayments:
    book = PaymentBookInMemory()
    for payment in (HELD, PAID):
        at_once(book.replace(None, payment)) or at_once(book.replace(HELD, payment))
    return AdyenPayments(gateway, book, merchant_account="Shop", return_url="https://shop.example")


WORKS: Mapping[str, Work] = {
    "adyen pays": lambda g: adyen(g).pay("o-1", TEN, CARD, key="k"),
    "adyen captures": lambda g: adyen(g).capture("adyen:P1", key="k"),
    "adyen refunds": lambda g: adyen(g).refund("adyen:P1", key="k"),
    "twilio sends": lambda g: TwilioMessaging(g, account="AC1", sender="+1").send(HELLO, key="k"),
    "twilio looks up": lambda g: TwilioMessaging(g, account="AC1", sender="+1").status("twilio:SM1"),
    "sendgrid sends": lambda g: SendGridMessaging(g, MessageBookInMemory(), sender="s@shop.example").send(
        HELLO, key="k"
    ),
    "openai": lambda g: OpenAICompletions(g, model="m").complete(ASKED, tokens_max=9, key="k"),
    "anthropic": lambda g: AnthropicCompletions(g, model="m").complete(ASKED, tokens_max=9, key="k"),
    "github finds": lambda g: GitHubRecords(g, owner="o", repository="r").find("github:1"),
    "github lists": lambda g: GitHubRecords(g, owner="o", repository="r").changed_since(NOW),
    "github creates": lambda g: GitHubRecords(g, owner="o", repository="r").create(RecordDraft("t"), key="k"),
    "gitlab finds": lambda g: GitLabRecords(g, project="p").find("gitlab:1"),
    "gitlab lists": lambda g: GitLabRecords(g, project="p").changed_since(NOW),
    "gitlab creates": lambda g: GitLabRecords(g, project="p").create(RecordDraft("t"), key="k"),
}


@given(st.sampled_from(sorted(WORKS)), st.integers(100, 599), JSON.map(lambda body: json.dumps(body).encode()))
def test_whatever_json_comes_it_is_an_answer_or_one_of_the_failures(name: str, status: int, body: bytes) -> None:
    with contextlib.suppress(VendorFailure):
        assert repr(at_once(WORKS[name](Answering(status, body, headers={"X-Message-Id": "M1"})))).encode()


@given(st.sampled_from(sorted(WORKS)), st.integers(100, 599), st.binary(max_size=40))
def test_whatever_bytes_come_they_are_an_answer_or_one_of_the_failures(name: str, status: int, body: bytes) -> None:
    with contextlib.suppress(VendorFailure):
        at_once(WORKS[name](Answering(status, body)))


@given(st.binary(max_size=60) | JSON.map(lambda body: json.dumps(body).encode()), st.text(max_size=30))
def test_whatever_is_posted_it_is_an_event_or_unreadable(body: bytes, content_type: str) -> None:
    gateway = Answering(200, b"")
    with contextlib.suppress(PaymentEventUnreadable):
        at_once(adyen(gateway).learn(body))
    for content in (content_type, "multipart/form-data; boundary=x"):
        for messaging in (
            TwilioMessaging(gateway, account="AC1", sender="+1"),
            SendGridMessaging(gateway, MessageBookInMemory(), sender="s@shop.example"),
        ):
            with contextlib.suppress(MessageEventUnreadable):
                at_once(messaging.learn(body, content))
    with contextlib.suppress(OrderUnreadable):
        WooCommerceOrders.read(body)
