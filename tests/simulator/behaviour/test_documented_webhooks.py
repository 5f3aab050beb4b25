"""What happened is told by the document's own webhook for it, or not at all where the document has others."""

from typing import Any

import pytest

from tests.simulator.small_vendor import TEXT, SmallVendor, fields, operation
from tidegate.openapi.document import Document
from tidegate.simulator.behaviour.documented_payload import DocumentedPayload, DocumentedPost
from tidegate.simulator.behaviour.documented_webhooks import DocumentedWebhooks, NamedEvent
from tidegate.values.value_generator import ValueGenerator


def webhooks(**named: Any) -> DocumentedWebhooks:
    document = Document({"openapi": "3.1.0", "paths": {}, "webhooks": named}, "small")
    return DocumentedWebhooks(DocumentedPayload(document, ValueGenerator(1, document.schemas)))


def sent(known: DocumentedWebhooks, effect: str) -> DocumentedPost:
    event = known.event_of(effect)
    assert event is not None
    post = known.post(event, effect, {"id": "o1"}, seed="s", wall=0)
    assert post is not None
    return post


NAMES = (
    "order.created", "newOrder", "orders/create", "order-created", "OrderPlaced", "onOrderCreate",
    "orderCreatedWebhook", "order.created.v1", "new_order_event",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_webhook_is_found_by_what_it_is_about(name: str) -> None:
    known = webhooks(**{name: {"post": operation(None, fields())}, "other": {}})
    assert known.event_of("orders.created") == NamedEvent(name, name)
    assert known.event_of("shop/orders.created") == NamedEvent(name, name)
    assert known.event_of("orders.deleted") is None
    assert known


def test_its_body_is_the_documents() -> None:
    body = fields("event", "order_id", event={"const": "order.created"}, order_id=TEXT)
    known = webhooks(**{"order.created": {"post": operation(None, body)}})
    made = sent(known, "orders.created").body
    assert (made["event"], made["order_id"]) == ("order.created", "o1")


def test_one_webhook_may_tell_of_several_events_by_a_word_in_its_body() -> None:
    data = fields("id", id=TEXT)
    both = fields("type", "data", type={"enum": ["order.deleted", "order.created"]}, data=data)
    post = sent(webhooks(changes={"post": operation(None, both)}), "orders.created")
    assert post.body == {"type": "order.created", "data": {"id": "o1"}}


def test_an_alternative_of_its_body_may_tell_of_an_event() -> None:
    choices = [
        fields("type", "id", type={"const": "order.deleted"}, id=TEXT),
        fields("type", "order", type={"const": "order.created"}, order=fields("id", id=TEXT)),
    ]
    known = webhooks(changes={"put": operation(None, {"oneOf": choices})})
    post = sent(known, "orders.created")
    assert (post.method, post.body) == ("PUT", {"type": "order.created", "order": {"id": "o1"}})
    assert known.event_of("orders.updated") is None


def test_a_webhook_of_a_kind_tells_what_happened_by_its_action() -> None:
    body = fields("action", "order", action={"enum": ["deleted", "created"]}, order=fields("id", id=TEXT))
    known = webhooks(orders={"post": operation(None, body)}, gone={"$ref": "#/nowhere"})
    assert sent(known, "orders.created").body == {"action": "created", "order": {"id": "o1"}}
    assert known.event_of("users.created") is None


def test_a_document_without_webhooks_has_none_and_one_without_a_body_says_nothing() -> None:
    document = SmallVendor({}).document
    assert not DocumentedWebhooks(DocumentedPayload(document, ValueGenerator(1, document.schemas)))
    known = webhooks(made={"post": {"responses": {}}}, gone={"$ref": "#/nowhere"}, empty={})
    posts = [known.post(NamedEvent(name, name), "made.created", {}, seed="s", wall=0) for name in ("gone", "empty")]
    assert posts == [None, None]
    made = known.post(NamedEvent("made", "made"), "made.created", {}, seed="s", wall=0)
    assert made is not None
    assert made.body is None
