"""A draft takes the first candidate that was not given up, and says what it took."""

from typing import Any

from tidegate.openapi.document import Document
from tidegate.values.candidates import GenerationMode
from tidegate.values.conditions import Conditions
from tidegate.values.generation_attempt import GenerationAttempt, RejectedCandidates
from tidegate.values.json_value import NOTHING
from tidegate.values.string_values import StringValues

SCHEMAS = Document({"openapi": "3.1.0", "paths": {}}).schemas


def draft(rejected: RejectedCandidates | None = None, mode: GenerationMode | None = None) -> GenerationAttempt:
    return GenerationAttempt(
        SCHEMAS,
        Conditions(SCHEMAS),
        StringValues(1),
        rejected or RejectedCandidates(),
        lambda _count: 0,
        mode or GenerationMode(),
    )


def test_what_was_taken_is_told_with_its_place() -> None:
    schema = {"type": "object", "properties": {"a/b": {"example": 1}}}
    made = draft()
    assert made.value("x", schema, "", NOTHING, 0, None) == {"a/b": 1}
    assert [used.pointer for used in made.used] == ["", "/a~1b"]
    assert made.used[1].owner == (id(schema), "a/b")


def test_what_was_given_up_is_not_taken_again() -> None:
    inner: dict[str, Any] = {"type": "integer", "example": "x", "minimum": 4}
    schema = {"type": "object", "properties": {"a": inner}}
    assert draft(RejectedCandidates({id(inner): 1})).value("x", schema, "", NOTHING, 0, None) == {"a": 4}
    assert draft(RejectedCandidates({}, {(id(schema), "a")})).value("x", schema, "", NOTHING, 0, None) == {}


def test_unique_items_differ() -> None:
    schema = {"type": "array", "minItems": 3, "uniqueItems": True, "items": {"type": "integer"}}
    assert draft().value("x", schema, "", NOTHING, 0, None) == [0, 1, 2]


def test_a_group_that_a_request_must_have_is_not_empty() -> None:
    group = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}
    schema = {"type": "object", "properties": {"group": group}, "required": ["group"]}
    made = draft(mode=GenerationMode("request")).value("x", schema, "", NOTHING, 0, None)
    assert len(made["group"]) == 1


def test_an_example_of_the_whole_is_followed_field_by_field() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}}
    assert draft().value("x", schema, "", {"a": "told", "c": 1}, 0, None) == {"a": "told", "b": 0}
