"""A posted body holds the object where the schema has a place for it, and says what happened, to what and when."""

from typing import Any

import pytest

from tests.simulator.small_vendor import TEXT, WHOLE, fields, operation
from tidegate.openapi.document import Document
from tidegate.simulator.behaviour.documented_payload import DocumentedPayload
from tidegate.values.value_generator import ValueGenerator

ORDER = {"id": "o1", "total": 5, "status": "open"}
SHAPE = fields("id", id={**TEXT, "readOnly": True}, total=WHOLE, status=TEXT)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (fields("id", "type", "data", id=TEXT, type=TEXT, data=SHAPE), {"type": "order.created", "data": ORDER}),
        (fields("type", "data", type=TEXT, data=fields("object", object=SHAPE)), {"data": {"object": ORDER}}),
        (fields("event", "order", event=TEXT, order=SHAPE), {"event": "order.created", "order": ORDER}),
        (fields("orderId", "total", "timestamp", orderId=TEXT, total=WHOLE, timestamp=WHOLE), {
            "orderId": "o1", "total": 5, "timestamp": 7,
        }),
        (SHAPE, ORDER),
    ],
)  # fmt: skip
def test_the_object_and_the_event_are_told(schema: Any, expected: dict[str, Any]) -> None:
    document = Document({"openapi": "3.1.0", "paths": {}}, "small")
    payload = DocumentedPayload(document, ValueGenerator(1, document.schemas))
    made = payload.body(operation(None, schema), ORDER, event="order.created", kind="orders", name="n", wall=7)
    assert {name: made[name] for name in expected} == expected
    assert document.schemas.validator(schema, of="answer").errors(made) == []
