"""One level of OpenAPI 3.0 or Swagger 2.0 comes out as JSON Schema 2020-12 has it, and what is unsound is left out."""

from typing import Any

import pytest

from tidegate.openapi.schema_words import nullable, or_null, type_of, words

Told = list[str]


def said(node: dict[str, Any]) -> tuple[dict[str, Any], Told]:
    notes: Told = []
    return words(node, lambda code, _detail: notes.append(code)), notes


@pytest.mark.parametrize(
    ("node", "level"),
    [
        ({"type": "integer", "minimum": 0, "exclusiveMinimum": True}, {"type": "integer", "exclusiveMinimum": 0}),
        ({"maximum": 9, "exclusiveMaximum": False}, {"maximum": 9}),
        ({"exclusiveMaximum": True}, {}),
        ({"exclusiveMaximum": 4}, {"exclusiveMaximum": 4}),
        ({"type": "file"}, {"type": "string", "format": "binary"}),
        ({"type": "string", "nullable": True, "x-nullable": True}, {"type": "string"}),
        ({"type": "string", "enum": ["a", None]}, {"type": ["string", "null"], "enum": ["a", None]}),
        ({"type": "number", "enum": [1, 2]}, {"type": "number", "enum": [1, 2]}),
        ({"type": ["string", "string"]}, {"type": "string"}),
        ({"title": "kept", "x-vendor": {"as": "it is"}}, {"title": "kept", "x-vendor": {"as": "it is"}}),
    ],
)
def test_what_is_sound_says_the_same_in_other_words(node: dict[str, Any], level: dict[str, Any]) -> None:
    assert said(node) == (level, [])


@pytest.mark.parametrize(
    ("node", "level", "code"),
    [
        ({"type": "any"}, {}, "D010"),
        ({"type": ["string", "date"]}, {"type": "string"}, "D010"),
        ({"type": {"type": "string"}}, {}, "D008"),
        ({"minLength": "3"}, {}, "D008"),
        ({"minLength": -3}, {}, "D008"),
        ({"required": True}, {}, "D008"),
        ({"properties": []}, {}, "D008"),
        ({"enum": "a"}, {}, "D008"),
        ({"enum": []}, {}, "D008"),
        ({"multipleOf": 0}, {}, "D008"),
        ({"allOf": {}}, {}, "D008"),
        ({"type": "string", "enum": [1, 2]}, {"enum": [1, 2]}, "D011"),
        ({"items": [{"a": 1}, {"b": 1}]}, {"anyOf": [{"a": 1}, {"b": 1}]}, "D013"),
        ({"type": "array", "items": [{"a": 1}]}, {"type": "array", "items": {"anyOf": [{"a": 1}]}}, "D013"),
    ],
)
def test_what_is_unsound_is_left_out_with_a_note(node: dict[str, Any], level: dict[str, Any], code: str) -> None:
    assert said(node) == (level, [code])


def test_the_node_stays_as_it_was() -> None:
    node = {"type": "file", "nullable": True, "items": [{}], "enum": [1]}
    before = dict(node)
    said(node)
    assert node == before


@pytest.mark.parametrize(
    ("level", "after"),
    [
        ({"type": "string"}, {"type": ["string", "null"]}),
        ({"type": ["string", "null"]}, {"type": ["string", "null"]}),
        ({"type": "string", "enum": ["a"]}, {"type": ["string", "null"], "enum": ["a", None]}),
        ({"const": "a"}, {"enum": ["a", None]}),
        ({"properties": {}}, {"properties": {}, "type": ["object", "null"]}),
        ({"items": {}}, {"items": {}, "type": ["array", "null"]}),
        ({"anyOf": [{"type": "string"}]}, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ({"oneOf": [{"nullable": True}]}, {"oneOf": [{"nullable": True}]}),
        ({}, {}),
    ],
)
def test_null_is_let_in_wherever_something_stands_in_its_way(level: dict[str, Any], after: dict[str, Any]) -> None:
    assert or_null(level) == after


def test_both_spellings_of_nullable_count_and_only_when_true() -> None:
    assert nullable({"nullable": True})
    assert nullable({"x-nullable": True})
    assert not nullable({"nullable": False})
    assert not nullable({"nullable": "yes"})


def test_every_value_has_its_type() -> None:
    values: list[Any] = [None, True, "a", 1, 1.0, 1.5, [], {}]
    assert [type_of(value) for value in values] == [
        "null",
        "boolean",
        "string",
        "integer",
        "integer",
        "number",
        "array",
        "object",
    ]


@pytest.mark.parametrize(
    ("schema", "code"),
    [
        ({"minItems": 10**9}, "D021"),
        ({"minProperties": 10**7}, "D021"),
        ({"minLength": 1e308}, "D021"),
        ({"required": [f"r{place}" for place in range(2_000)]}, "D023"),
        ({"properties": {f"p{place}": {} for place in range(20_000)}}, "D023"),
        ({"minItems": 0.5}, "D008"),
        ({"minItems": float("inf")}, "D008"),
    ],
)
def test_what_asks_for_too_much_is_told_and_not_followed(schema: Any, code: str) -> None:
    notes: list[str] = []
    level = words(schema, lambda code, _: notes.append(code))
    assert notes == [code]
    assert level != schema


def test_a_bound_that_bounds_nothing_is_left_out_and_a_whole_number_is_an_integer() -> None:
    notes: list[str] = []
    level = words({"maxLength": 1e300, "maxItems": 10.0}, lambda code, _: notes.append(code))
    assert (level, notes) == ({"maxItems": 10}, [])
    assert isinstance(level["maxItems"], int)
