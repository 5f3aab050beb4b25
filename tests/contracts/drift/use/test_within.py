"""Values of a pact within schemas."""

from typing import Any, Literal

import pytest

from tidegate.contracts.drift.use.within import Within
from tidegate.openapi.document import Document

DOCUMENT = Document({"openapi": "3.1.0", "paths": {}})
TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


def said(schema: Any, value: Any, of: Literal["request", "answer"] = "answer", **words: Any) -> list[tuple[str, str]]:
    within = Within(DOCUMENT, of, is_text=words.pop("is_text", False), **words)
    return [(one.place, one.says) for one in within.beyond(schema, value, "at")]


def thing(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (thing(a=NUMBER), {"a": 1}),
        ({**thing(a=NUMBER, b=NUMBER), "required": ["a", "b"]}, {"a": 1}),
        ({"type": "object"}, {"anything": 1}),
        ({**thing(), "additionalProperties": TEXT}, {"own": "x"}),
        ({**thing(a=TEXT), "patternProperties": {"^x-": NUMBER}}, {"x-a": 1}),
        ({"anyOf": [TEXT, thing(a=NUMBER)]}, {"a": 1}),
        ({"anyOf": [thing(a=NUMBER), thing(b=NUMBER)]}, {"b": 1}),
        ({"type": "array", "items": thing(a=NUMBER)}, [{"a": 1}]),
        ({"type": "array", "prefixItems": [TEXT, NUMBER], "items": False}, ["a", 1]),
        ({"type": ["string", "null"]}, None),
        ({"type": "number"}, 1),
    ],
)
def test_a_part_of_an_answer_is_within(schema: Any, value: Any) -> None:
    assert said(schema, value) == []


@pytest.mark.parametrize(
    ("schema", "value", "place", "says"),
    [
        (thing(amount=NUMBER), {"amuont": 1}, "at /amuont", "no such field"),
        (thing(a=NUMBER), {"a": "1"}, "at /a", "the document has integer here, not string"),
        (thing(a=thing(b=TEXT)), {"a": {"c": 1}}, "at /a/c", "no such field"),
        ({**thing(), "additionalProperties": False}, {"a": 1}, "at /a", "no such field"),
        (thing(a={**TEXT, "enum": ["x"]}), {"a": "y"}, "at /a", "is not one of"),
        ({"type": "null"}, "a", "at", "has null here, not string"),
        ({"type": "array", "prefixItems": [TEXT, NUMBER]}, ["a", "b"], "at /*", "has integer here, not string"),
        (TEXT, None, "at", "null is not of type"),
        ({"type": "array", "items": thing(a=TEXT)}, [{"b": 1}], "at /*/b", "no such field"),
        ({"anyOf": [TEXT, thing(a=thing(b=NUMBER))]}, {"a": {"b": "x"}}, "at /a/b", "has integer here, not string"),
    ],
)
def test_what_is_beyond_is_named_with_its_place(schema: Any, value: Any, place: str, says: str) -> None:
    ((where, words),) = said(schema, value)
    assert where == place
    assert says in words


def test_a_request_must_hold_what_is_asked_for() -> None:
    schema = {**thing(a=NUMBER, b={**TEXT, "readOnly": True}), "required": ["a", "b"]}
    assert said(schema, {}, "request") == [("at /a", "the document asks for it")]


def test_a_text_of_a_form_is_read_by_its_schema() -> None:
    assert said(thing(a=NUMBER), {"a": "7"}, "request", is_text=True) == []
    assert said(thing(a=NUMBER), {"a": "x"}, "request", is_text=True) == [
        ("at /a", "the document has integer here, not string")
    ]


def test_where_any_of_its_kind_will_do_the_example_is_not_held_against_it() -> None:
    assert said(thing(a={**TEXT, "pattern": "^x"}), {"a": "y"}, loose=lambda pointer: pointer == "/a") == []


def test_a_typing_error_has_its_cure() -> None:
    (one,) = Within(DOCUMENT, "answer", is_text=False).beyond(thing(amount=NUMBER), {"amuont": 1}, "at")
    assert one.cure == "did you mean amount?"


@pytest.mark.parametrize(
    ("schema", "value", "place"),
    [
        ({**thing(a=TEXT, b=TEXT), "dependentRequired": {"a": ["b"]}}, {"a": "x"}, "at"),
        (thing(a={"type": "array", "items": TEXT, "minItems": 1}), {"a": []}, "at /a"),
        ({**thing(a=TEXT, b=TEXT), "maxProperties": 1}, {"a": "x", "b": "y"}, "at"),
    ],
)
def test_a_request_keeps_to_the_rules_of_the_whole(schema: Any, value: Any, place: str) -> None:
    assert [where for where, _ in said(schema, value, "request")] == [place]
    assert said(schema, value) == [], "an answer in a pact is a part of one"
