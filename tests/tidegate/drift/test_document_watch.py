"""Answers beside their document."""

from typing import Any

import pytest

from tidegate.drift.change_kinds import KINDS
from tidegate.drift.document_watch import DocumentWatch, at, shared
from tidegate.openapi.document import Document

TEXT = {"type": "string"}
SCHEMA = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {**TEXT, "pattern": "^t_"}, "state": {**TEXT, "enum": ["open", "shut"]},
        "size": {"type": "integer", "maximum": 9}, "at": {**TEXT, "format": "date-time"},
        "tags": {"type": "array", "items": {"type": "object", "properties": {"n": TEXT}}},
        "own": {"type": "object", "additionalProperties": TEXT},
        "shut": {"type": "object", "additionalProperties": False},
        "either": {"oneOf": [TEXT, {"type": "integer"}]},
        "few": {"type": "object", "maxProperties": 1}, "one": {"type": "array", "contains": {"const": 1}},
        "pair": {"type": "array", "prefixItems": [{"properties": {"a": TEXT}}], "items": {"properties": {"b": TEXT}}},
    },
}  # fmt: skip
ANSWERS = {
    "200": {"description": "x", "content": {"application/json": {"schema": SCHEMA}}},
    "404": {"description": "x"},
}
DOCUMENT = Document({"openapi": "3.1.0", "paths": {
    "/t": {"get": {"operationId": "t", "responses": ANSWERS}},
    "/lost": {"get": {"operationId": "lost", "responses": {"200": {"$ref": "#/nowhere"}}}},
}})  # fmt: skip
GOOD = {"id": "t_1", "state": "open", "size": 1, "at": "2026-01-01T00:00:00Z", "tags": [{"n": "x"}], "own": {"a": "b"}}


def found(value: Any, status: int = 200, operation: str = "t") -> list[tuple[str, str]]:
    departures = DocumentWatch(DOCUMENT).departures(DOCUMENT.operations[operation], status, value)
    assert all(one.kind in KINDS for one in departures)
    return [(one.kind, one.pointer) for one in departures]


def test_an_answer_that_keeps_to_it_is_none() -> None:
    assert found(GOOD) == []
    assert found({"anything": 1}, 404) == [], "it has no schema"
    assert found({}, operation="lost") == []


@pytest.mark.parametrize(
    ("change", "kind", "pointer"),
    [
        ({"size": "1"}, "response-property-type-changed", "/size"),
        ({"size": None}, "response-property-became-nullable", "/size"),
        ({"size": 10}, "response-property-max-increased", "/size"),
        ({"state": "ajar"}, "response-property-enum-value-added", "/state"),
        ({"id": "x"}, "response-property-pattern-changed", "/id"),
        ({"at": "yesterday"}, "response-property-type-changed", "/at"),
        ({"new": 1}, "response-optional-property-added", "/new"),
        ({"tags": [{"n": "x"}, {"m": 1}]}, "response-optional-property-added", "/tags/*/m"),
        ({"tags": [{"n": 1}]}, "response-property-type-changed", "/tags/*/n"),
        ({"shut": {"a": 1}}, "response-optional-property-added", "/shut"),
        ({"few": {"a": 1, "b": 2}}, "response-property-max-properties-increased", "/few"),
        ({"one": [2]}, "response-property-contains-changed", "/one"),
        ({"pair": [{"a": "x"}, {"a": "x"}]}, "response-optional-property-added", "/pair/*/a"),
        ({"either": True}, "response-property-one-of-added", "/either"),
    ],
)
def test_a_departure_has_its_kind_and_place(change: dict[str, Any], kind: str, pointer: str) -> None:
    assert found({**GOOD, **change}) == [(kind, pointer)]


def test_what_is_required_and_missing_is_named() -> None:
    assert found({"size": 1}) == [("response-property-became-optional", "/id")]


def test_a_status_that_it_does_not_have() -> None:
    assert found({}, 201) == [("response-success-status-added", "")]
    assert found({}, 409) == [("response-non-success-status-added", "")]
    assert found({}, 503) == [], "any server may fail"


def test_no_value_is_told() -> None:
    departures = DocumentWatch(DOCUMENT).departures(
        DOCUMENT.operations["t"], 200, {"id": "secret-id", "state": "secret"}
    )
    assert "secret" not in str(departures)


def test_pointers() -> None:
    assert shared("/a/0/b/12") == "/a/*/b/*"
    assert at({"a": [{"b~/": 1}]}, "/a/0/b~0~1") == 1
    assert at({"a": 1}, "/a/b") == at([], "/0") == ""


def test_what_was_hidden_may_have_been_anything() -> None:
    hidden = "[redacted]"
    assert (
        found({**GOOD, "id": hidden, "state": hidden, "size": hidden, "at": f"{hidden}Z", "either": {"a": hidden}})
        == []
    )
    assert found({"size": hidden}) == [("response-property-became-optional", "/id")]
