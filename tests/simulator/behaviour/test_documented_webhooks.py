"""What happened is told by the document's own webhook for it, or not at all where the document has others."""

from typing import Any

import pytest

from tests.simulator.small_vendor import TEXT, SmallVendor, fields, operation
from tidegate.openapi.document import Document
from tidegate.simulator.behaviour.documented_payload import DocumentedPayload
from tidegate.simulator.behaviour.documented_webhooks import DocumentedWebhooks
from tidegate.values.value_generator import ValueGenerator


def webhooks(**named: Any) -> DocumentedWebhooks:
    document = Document({"openapi": "3.1.0", "paths": {}, "webhooks": named}, "small")
    return DocumentedWebhooks(DocumentedPayload(document, ValueGenerator(1, document.schemas)))


@pytest.mark.parametrize("name", ["order.created", "newOrder", "orders/create", "order-created", "OrderPlaced"])
def test_a_webhook_is_found_by_what_it_is_about(name: str) -> None:
    known = webhooks(**{name: {"post": operation(None, fields())}, "other": {}})
    assert known.name_of("orders.created") == name
    assert known.name_of("shop/orders.created") == name
    assert known.name_of("orders.deleted") == ""
    assert known


def test_its_body_is_the_documents() -> None:
    body = fields("event", "order_id", event={"const": "order.created"}, order_id=TEXT)
    known = webhooks(**{"order.created": {"post": operation(None, body)}})
    made = known.body("order.created", "orders.created", {"id": "o1"}, seed="s", wall=0)
    assert (made["event"], made["order_id"]) == ("order.created", "o1")


def test_a_document_without_webhooks_has_none_and_one_without_a_body_says_nothing() -> None:
    document = SmallVendor({}).document
    assert not DocumentedWebhooks(DocumentedPayload(document, ValueGenerator(1, document.schemas)))
    known = webhooks(made={"post": {"responses": {}}}, gone={"$ref": "#/nowhere"}, empty={})
    assert [known.body(name, "made.created", {}, seed="s", wall=0) for name in ("made", "gone", "empty")] == [None] * 3
