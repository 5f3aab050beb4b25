"""Drawn requests are valid by the document, the same for the same seed, and carry what is given."""

import json

import orjson
import pytest

from tests.tidegate.drawing.ferries import ferries
from tidegate.drawing.request_drawer import RequestDrawer, braced_names, filled, path_names
from tidegate.openapi.document import Document
from tidegate.scenario.load import GivenRequest


@pytest.fixture(scope="module")
def document() -> Document:
    return ferries()


@pytest.mark.parametrize("operation", [*ferries().operations])
def test_every_operation_is_drawn_valid_by_its_schema(document: Document, operation: str) -> None:
    drawn = RequestDrawer(document).draw(document.operations[operation], "run-1")
    met = document.match(drawn.method, drawn.target)
    assert met is not None
    assert met.operation.id == operation
    for schema in document.request_content(met.operation).values():
        assert document.schemas.validator(schema, of="request").is_valid(orjson.loads(drawn.body))


def test_the_same_seed_and_tag_draw_the_same_request_and_another_tag_another(document: Document) -> None:
    operation = document.operations["addNote"]
    first, again, other, reseeded = (
        RequestDrawer(document, seed).draw(operation, tag) for seed, tag in ((1, "a"), (1, "a"), (1, "b"), (2, "a"))
    )
    assert first == again
    assert len({first.body, other.body, reseeded.body}) == 3


def test_a_known_name_goes_into_the_path_and_into_a_field_of_that_name(document: Document) -> None:
    drawer = RequestDrawer(document)
    assert drawer.draw(document.operations["showNote"], "a", {"booking": "b/1", "note": "n1"}).target == (
        "/bookings/b%2F1/notes/n1"
    )
    booked = drawer.draw(document.operations["book"], "a", {"harbour_id": "har_1"})
    assert booked.values["harbour_id"] == "har_1"
    assert booked.headers["Content-Type"] == "application/json"


def test_a_required_query_is_drawn_and_an_optional_one_is_not(document: Document) -> None:
    drawer = RequestDrawer(document)
    assert drawer.draw(document.operations["showTides"], "a").target.startswith("/tides?day=")
    assert drawer.draw(document.operations["listHarbours"], "a").target == "/harbours"


def test_what_is_given_wins_and_braces_are_filled(document: Document) -> None:
    given = GivenRequest(
        operation="book",
        body={"harbour_id": "{harbour}", "metres": 12, "note": "for {n}, {nobody}"},
        query={"dry": True},
        headers={"X-Customer": "{n}"},
    )
    drawn = RequestDrawer(document).draw(document.operations["book"], "run-7", {"harbour": "h1"}, given)
    assert json.loads(drawn.body) == {"harbour_id": "h1", "metres": 12, "note": "for run-7, {nobody}"}
    assert (drawn.target, drawn.headers["X-Customer"]) == ("/bookings?dry=true", "run-7")


def test_a_given_body_replaces_the_drawn_one_or_is_put_into_it(document: Document) -> None:
    drawer, operation = RequestDrawer(document), document.operations["book"]
    whole = drawer.draw(operation, "a", {}, GivenRequest(operation="book", body={"metres": 3}))
    partly = drawer.draw(operation, "a", {}, GivenRequest(operation="book", body={"metres": 3}, draw=True))
    assert [*whole.values] == ["metres"]
    assert {*partly.values} == {"harbour_id", "metres"}
    assert partly.values["metres"] == 3


def test_a_given_path_and_a_content_that_the_document_does_not_have(document: Document) -> None:
    given = GivenRequest(operation="showBooking", path={"booking": "{n}"}, body=["x"])
    drawn = RequestDrawer(document).draw(document.operations["showBooking"], "b9", {}, given)
    assert drawn.target == "/bookings/b9"


def test_names_in_braces_and_in_paths(document: Document) -> None:
    assert braced_names({"a": ["{b} {n}", {"c": "{d}"}], "e": 1}) == {"b", "d"}
    assert filled(["{a}", 1, None], {"a": "x"}) == ["x", 1, None]
    assert path_names(document.operations["showNote"]) == ["booking", "note"]
    assert RequestDrawer(document).needed_fields(document.operations["book"]) == ("harbour_id", "metres")


def test_a_parameter_with_a_media_type_is_written_in_that() -> None:
    def entry(name: str, place: str, media: str, schema: object) -> dict[str, object]:
        return {"name": name, "in": place, "required": True, "content": {media: {"schema": schema}}}

    word, flags = {"type": "string", "enum": ["a"]}, {"type": "object", "properties": {}}
    node = {
        "operationId": "show",
        "parameters": [
            entry("id", "path", "*/*", word),
            entry("q", "query", "text/plain", word),
            entry("Flags", "header", "application/json", flags),
            entry("Content-Length", "header", "text/plain", word),
        ],
    }
    drawn_from = Document({"openapi": "3.0.3", "paths": {"/x/{id}": {"get": node}}})
    drawn = RequestDrawer(drawn_from).draw(drawn_from.operations["show"], "t")
    assert (drawn.target, drawn.headers) == ("/x/a?q=a", {"Flags": "{}"})
