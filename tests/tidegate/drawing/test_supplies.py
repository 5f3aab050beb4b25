"""What a request needs is supplied by the request that makes it, and found in that request's answer."""

from typing import Any

import pytest

from tests.tidegate.drawing.ferries import ferries
from tidegate.drawing.request_drawer import RequestDrawer
from tidegate.drawing.supplies import Supplies, Supply, taken_name
from tidegate.openapi.document import Document
from tidegate.scenario.load import GivenRequest


def supplies(**given: GivenRequest) -> Supplies:
    document = ferries()
    return Supplies(document, RequestDrawer(document), given)


@pytest.mark.parametrize(
    ("operation", "needed"),
    [
        ("listHarbours", []),
        ("showHarbour", [Supply("harbour", "openHarbour")]),
        ("showNote", [Supply("booking", "book"), Supply("note", "addNote")]),
        ("book", [Supply("harbour_id", "openHarbour")]),
        ("openHarbour", []),
    ],
)
def test_a_path_needs_what_is_made_at_the_path_before_it_and_a_field_what_it_speaks_of(
    operation: str, needed: list[Supply]
) -> None:
    assert [*supplies().needs(operation)] == needed


def test_a_request_that_takes_a_name_supplies_it() -> None:
    own = supplies(
        opening=GivenRequest(operation="openHarbour", takes={"quay": "/quays/0/ref"}),
        berth=GivenRequest(operation="book", body={"harbour_id": "{quay}", "text": "{unknown}"}),
        here=GivenRequest(operation="showHarbour", path={"harbour": "h1"}),
    )
    assert own.needs("berth") == (Supply("quay", "opening", "/quays/0/ref"),)
    assert own.needs("here") == ()
    assert own.operation_of("berth").id == "book"


@pytest.mark.parametrize(
    ("supply", "answer", "name"),
    [
        (Supply("booking", "book"), {"object": "booking", "id": "b1"}, "b1"),
        (Supply("booking_number", "book"), {"id": "b1", "bookingNumber": 7}, "7"),
        (Supply("booking", "book"), {"data": {"attributes": {"id": "x"}, "id": "b1"}}, "b1"),
        (Supply("booking", "book"), {"data": [{"id": "b1"}, {"id": "b2"}]}, "b1"),
        (Supply("booking", "book"), [{"sid": "b1"}], "b1"),
        (Supply("booking", "book"), {"status": True}, ""),
        (Supply("booking", "book"), "gone", ""),
        (Supply("quay", "open", "/quays/0/ref"), {"quays": [{"ref": "q1"}]}, "q1"),
        (Supply("quay", "open", "/quays/4/ref"), {"quays": [{"ref": "q1"}]}, ""),
        (Supply("quay", "open", "/a~1b/c"), {"a/b": {"c": 3}}, "3"),
    ],
)
def test_the_name_is_found_in_the_answer(supply: Supply, answer: Any, name: str) -> None:
    assert taken_name(supply, answer) == name


def test_a_link_of_the_document_says_where_a_parameter_comes_from() -> None:
    linked = {
        "description": "",
        "links": {
            "tide": {"operationId": "showTide", "parameters": {"path.station": "$response.body#/next/station"}},
            "wrong": {"operationId": "nobody", "parameters": {"x": "$response.body#/x"}},
            "request": {"operationId": "showTide", "parameters": {"day": "$request.query.day"}},
        },
    }
    root = {
        "openapi": "3.1.0",
        "paths": {
            "/plans": {"post": {"operationId": "plan", "responses": {"201": linked, "400": {"description": ""}}}},
            "/stations/{station}/tide": {"get": {"operationId": "showTide", "responses": {}}},
        },
    }
    document = Document(root)
    own = Supplies(document, RequestDrawer(document), {})
    (supply,) = own.needs("showTide")
    assert supply == Supply("station", "plan", "/next/station")
    assert taken_name(supply, {"id": "p1", "next": {"station": "s7"}}) == "s7"
