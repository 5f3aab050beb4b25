"""What an operation answers is read from the document: its status, its list, its object, its envelope."""

from typing import Any

import pytest

from tests.simulator import houses
from tidegate.openapi.document import Document
from tidegate.simulator.document.documented_answer import answer_of, chosen, inside
from tidegate.simulator.document.envelope import list_at, object_at
from tidegate.values.json_value import NOTHING

DOCUMENT = houses.document()
ITEMS: dict[str, Any] = {"type": "array", "items": {"type": "object"}}
TEXT = {"type": "string"}


def of(responses: dict[str, Any]) -> Any:
    document = Document({"openapi": "3.0.3", "paths": {"/x": {"get": {"responses": responses}}}})
    return answer_of(document, document.operations["GET /x"])


def test_the_first_success_is_the_answer_then_the_first_redirection() -> None:
    assert of({"404": {}, "202": {}, "201": {}}).status == 201
    assert of({"302": {}, "default": {}}).status == 302
    assert of({"default": {}}).status == 200
    assert of({"2XX": {}}).status == 200


def test_default_alone_is_said_of_success_too() -> None:
    response = {"content": {"application/json": {"schema": TEXT}}}
    assert (of({"default": response}).status, of({"default": response}).schema) == (200, TEXT)
    assert of({"404": {}, "default": response}).media == ""


def test_json_is_preferred_and_its_example_is_found() -> None:
    content = {"text/csv": {"schema": TEXT}, "application/json": {"schema": ITEMS, "example": [1]}}
    answer = of({"200": {"content": content}})
    assert (answer.media, answer.schema, answer.example, answer.streams) == ("application/json", ITEMS, [1], False)
    assert of({"200": {"content": {**content, "text/event-stream": {}}}}).streams
    assert (of({"204": {}}).media, of({"204": {}}).example) == ("", NOTHING)


@pytest.mark.parametrize(
    ("schema", "word", "at"),
    [
        (ITEMS, "x", ()),
        ({"properties": {"data": ITEMS, "has_more": TEXT}}, "x", ("data",)),
        ({"properties": {"messages": ITEMS, "errors": ITEMS}}, "Messages", ("messages",)),
        ({"properties": {"total_count": TEXT, "workflow_runs": ITEMS}}, "runs", ("workflow_runs",)),
        ({"properties": {"next_cursor": TEXT, "odd": ITEMS}}, "x", ("odd",)),
        ({"properties": {"id": TEXT, "tags": ITEMS}}, "x", None),
    ],
)
def test_a_list_is_told_from_an_object_that_holds_one(schema: Any, word: str, at: Any) -> None:
    assert list_at(DOCUMENT, schema, word) == at


def test_an_object_may_stand_in_an_envelope() -> None:
    inner = {"type": "object", "properties": {"id": TEXT}}
    assert object_at(DOCUMENT, {"properties": {"droplet": inner, "links": inner}}, "droplets") == (("droplet",), inner)
    assert object_at(DOCUMENT, {"properties": {"ok": TEXT, "channel": inner}}, "conversations") == (("channel",), inner)
    whole = {"properties": {"id": TEXT, "owner": inner}}
    assert object_at(DOCUMENT, whole, "x") == ((), whole)


def test_of_alternatives_the_first_with_fields_is_meant() -> None:
    house = houses.SCHEMAS["house"]
    assert chosen(DOCUMENT, {"anyOf": [TEXT, {"$ref": "#/components/schemas/house"}]}) is house
    assert inside(DOCUMENT, {"anyOf": [{"$ref": "#/components/schemas/house"}]}, ("id",)) == house["properties"]["id"]


def test_alternatives_that_hold_each_other_have_no_fields() -> None:
    schemas = {f"A{n}": {"anyOf": [{"$ref": f"#/components/schemas/A{(n + 1) % 30}"}] * 3} for n in range(30)}
    document = Document({"openapi": "3.0.3", "paths": {}, "components": {"schemas": schemas}})
    assert chosen(document, {"$ref": "#/components/schemas/A0"}) == schemas["A0"]


@pytest.mark.parametrize("status", ["20000", "2", "abc", "99", "1e3", ""])
def test_a_key_that_is_no_status_is_no_answer(status: str) -> None:
    node: Any = {"responses": {status: {"content": {"application/json": {"schema": {}}}}}}
    document = Document({"openapi": "3.0.3", "paths": {"/a": {"get": node}}})
    assert answer_of(document, document.operations["GET /a"]).status == 200


def test_json_comes_before_what_is_written_in_it() -> None:
    content = {
        "application/geo+json": {"schema": {"type": "array"}},
        "application/json": {"schema": {"type": "object"}},
    }
    node = {"responses": {"200": {"description": "", "content": content}}}
    document = Document({"openapi": "3.0.3", "paths": {"/a": {"get": node}}})
    answer = answer_of(document, next(iter(document.operations.values())))
    assert (answer.media, [*answer.others]) == ("application/json", ["application/geo+json"])
