"""A place in a body is drawn by the schema, and by the drift's number alone."""

from hashlib import blake2b
from typing import Any

from tidegate.openapi.document import Document
from tidegate.simulator.trouble.places import Places

BODY = {"id": "x", "amount": 5, "note": "n"}
SCHEMA = {
    "type": "object",
    "required": ["id", "amount"],
    "properties": {"id": {"type": "string"}, "amount": {"type": "integer"}, "note": {"type": "string"}},
}


def places(document: Document) -> Places:
    return Places(document, lambda name, count: blake2b(name.encode()).hexdigest()[:count])


def drawn(document: Document, n: int, *, required: bool, body: Any = BODY) -> str | None:
    return places(document).drawn(n, body, SCHEMA, lambda spot: spot.value is not None, required=required)


def test_what_always_comes_is_preferred_or_left_out(document: Document) -> None:
    assert {drawn(document, n, required=True) for n in range(20)} == {"/id", "/amount"}
    assert {drawn(document, n, required=False) for n in range(20)} == {"/note"}


def test_where_nothing_always_comes_anything_is_drawn_but_never_the_other_way_round(document: Document) -> None:
    assert drawn(document, 1, required=True, body={"note": "n"}) == "/note"
    assert drawn(document, 1, required=False, body={"id": "x"}) is None


def test_the_same_number_draws_the_same_place_whatever_the_values(document: Document) -> None:
    for n in range(10):
        assert drawn(document, n, required=True) == drawn(document, n, required=True, body={**BODY, "id": "y"})


def test_the_level_of_a_place_is_the_schemas(document: Document) -> None:
    assert places(document).level(BODY, SCHEMA, "/amount")["type"] == "integer"
    assert places(document).level(BODY, SCHEMA, "/nothing") == {}


def test_an_operation_that_no_document_has_has_no_schema(document: Document) -> None:
    assert places(document).schema("Nothing", 200) is None
    assert places(document).schema("GetCustomers", 200) is not None
