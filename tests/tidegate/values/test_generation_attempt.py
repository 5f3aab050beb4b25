"""A draft takes the first candidate that was not given up, and says what it took."""

from typing import Any

from tidegate.openapi.document import Document
from tidegate.values.candidates import GenerationMode, RejectedCandidates
from tidegate.values.conditions import Conditions
from tidegate.values.generation_attempt import GenerationAttempt
from tidegate.values.json_value import NOTHING
from tidegate.values.string_values import StringValues
from tidegate.values.value_generator import FULL, ValueGenerator

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


def test_an_example_of_a_list_is_followed_item_by_item_where_one_place_does_not_fit() -> None:
    item = {"type": "object", "properties": {"name": {"type": "string"}, "price": {"type": "number", "nullable": True}}}
    schema = {"type": "object", "properties": {"prices": {"type": "array", "items": item}}}
    example = {"prices": [{"name": "a", "price": "1.5"}, {"name": "b", "price": 2}]}
    made = ValueGenerator(1, SCHEMAS).value("", schema, "one", FULL, example)
    assert [one["name"] for one in made["prices"]] == ["a", "b"]
    assert all(isinstance(one["price"], int | float) for one in made["prices"])


def test_a_made_up_address_leads_to_no_next_page_where_that_of_the_example_does_not_fit() -> None:
    link = {"type": "string", "format": "uri", "nullable": True}
    schema = {"type": "object", "properties": {"next_page_uri": link}}
    document = Document({"openapi": "3.0.3", "paths": {}})
    made = ValueGenerator(1, document.schemas).value("", schema, "one", FULL, {"next_page_uri": "/a?page=2"})
    assert made == {"next_page_uri": None}


def test_a_text_that_holds_json_holds_what_its_schema_says() -> None:
    inner = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer", "minimum": 3}}}
    schema = {"type": "string", "contentMediaType": "application/json", "contentSchema": inner}
    assert draft().value("x", schema, "", NOTHING, 0, None) == '{"n":3}'
