"""The candidates for a place come in the order of what is most likely meant, and none that cannot be valid."""

from typing import Any

import pytest

from tidegate.values.candidates import GenerationMode, candidates
from tidegate.values.json_value import NOTHING

ANSWER, FULL, REQUEST = GenerationMode(), GenerationMode(full=True), GenerationMode("request")


@pytest.mark.parametrize(
    ("schema", "mode", "first"),
    [
        ({"const": 1, "default": 2}, ANSWER, ("value", 1)),
        ({"type": "integer", "default": 2, "example": 3}, ANSWER, ("value", 2)),
        ({"type": ["string", "null"], "example": "x"}, ANSWER, ("value", None)),
        ({"type": ["string", "null"], "example": "x"}, REQUEST, ("value", "x")),
        ({"type": ["string", "null"], "example": "x"}, FULL, ("value", "x")),
        ({"type": "string", "examples": ["x"]}, ANSWER, ("value", "x")),
        ({"enum": ["", "b"]}, ANSWER, ("value", "b")),
        ({"anyOf": [{"type": "null"}, {"type": "string"}]}, REQUEST, ("branch", ("anyOf", 1))),
        ({"type": "array", "items": {}}, ANSWER, ("array", 0)),
        ({"type": "array", "items": {}}, REQUEST, ("array", 1)),
        ({"properties": {}}, ANSWER, ("object", True)),
        ({}, ANSWER, ("scalar", "string")),
    ],
)
def test_the_first_candidate(schema: dict[str, Any], mode: GenerationMode, first: Any) -> None:
    assert next(candidates("x", schema, NOTHING, mode, 1)) == first


def test_an_example_from_further_out_comes_before_the_schemas_own() -> None:
    assert next(candidates("x", {"type": "string", "example": "own"}, "outer", ANSWER, 1)) == ("value", "outer")


def test_a_status_is_one_that_an_object_has_at_first() -> None:
    assert next(candidates("status", {"enum": ["canceled", "open"]}, NOTHING, ANSWER, 1)) == ("value", "open")


def test_an_enumeration_leaves_no_room_for_anything_else() -> None:
    assert list(candidates("x", {"type": "string", "enum": ["a"]}, NOTHING, ANSWER, 1)) == [("value", "a")]


def test_a_whole_answer_does_not_begin_with_null() -> None:
    assert next(candidates("", {"type": ["object", "null"]}, NOTHING, ANSWER, 0)) == ("object", True)
