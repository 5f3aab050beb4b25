"""A posted body holds the object where the schema has a place for it, and says what happened, to what and when."""

from typing import Any

import pytest

from tests.simulator.small_vendor import TEXT, WHOLE, fields, operation
from tidegate.openapi.document import Document
from tidegate.simulator.behaviour.documented_payload import DocumentedPayload, DocumentedPost
from tidegate.values.value_generator import ValueGenerator

ORDER = {"id": "o1", "total": 5, "status": "open"}
DOCUMENT = Document({"openapi": "3.1.0", "paths": {}}, "small")
PAYLOAD = DocumentedPayload(DOCUMENT, ValueGenerator(1, DOCUMENT.schemas))
SHAPE = fields("id", id={**TEXT, "readOnly": True}, total=WHOLE, status=TEXT)


def sent(operation: dict[str, Any], *shared: dict[str, Any]) -> DocumentedPost:
    (known,) = PAYLOAD.operations("made", {"post": operation, "parameters": [*shared]})
    return PAYLOAD.post(known, ORDER, event="order.created", kind="orders", name="n", wall=7)


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
    made = sent(operation(None, schema)).body
    assert {name: made[name] for name in expected} == expected
    assert DOCUMENT.schemas.validator(schema, of="answer").errors(made) == []


@pytest.mark.parametrize(
    ("media", "schema", "text"),
    [
        ("application/x-www-form-urlencoded", fields(n={"const": 5}, s={"const": "a b"}), b"n=5&s=a+b"),
        ("application/xml", fields(n={"const": 5}), b"<response><n>5</n></response>"),
        ("text/plain", {"const": "hi", "type": "string"}, b"hi"),
        ("application/cloudevents+json", fields(n={"const": 5}), b'{"n":5}'),
    ],
)
def test_a_body_is_written_in_its_media_type(media: str, schema: Any, text: bytes) -> None:
    post = sent({"requestBody": {"content": {media: {"schema": schema}}}})
    assert post.media == media
    assert PAYLOAD.written(post.media, post.schema, post.body).endswith(text)


def test_parameters_that_must_be_sent_or_are_shown_go_with_it() -> None:
    post = sent({
        "parameters": [
            {"name": "X-Shop-Topic", "in": "header", "required": True, "schema": TEXT},
            {"name": "X-Sort", "in": "header", "schema": TEXT, "example": "a\r\nb"},
            {"name": "X-Unsaid", "in": "header", "schema": TEXT},
            {"name": "bad name", "in": "header", "required": True, "schema": TEXT},
            {"name": "Content-Length", "in": "header", "required": True, "schema": TEXT},
            {"name": "code", "in": "query", "required": True, "schema": {"enum": ["a b"]}},
            7,
        ]
    })  # fmt: skip
    assert (post.headers, post.query) == ({"X-Shop-Topic": "order.created", "X-Sort": "ab"}, "code=a+b")


def test_an_operation_s_own_parameter_is_sent_in_the_place_of_the_one_that_its_methods_share() -> None:
    shared, own = ({"name": "code", "in": "query", "required": True, "schema": {"const": word}} for word in "ab")
    assert sent({"parameters": [own]}, shared).query == "code=b"


def test_a_path_item_has_the_operations_that_are_objects_the_usual_method_first() -> None:
    item = {"put": {}, "post": {"deprecated": True}, "patch": 7, "summary": "Orders"}
    assert [operation.method for operation in PAYLOAD.operations("made", item)] == ["POST", "PUT"]
    assert PAYLOAD.operations("made", []) == []
