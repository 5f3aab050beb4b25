"""Which conditions hold is seen in a value, and a schema is settled by it."""

from typing import Any

import jsonschema_rs
import pytest

from tidegate.openapi.document import Document
from tidegate.values.conditions import Conditions, held, settled
from tidegate.values.value_generator import FULL, ValueGenerator

SCHEMAS = Document({"openapi": "3.1.0", "paths": {}}).schemas
CARD: dict[str, Any] = {"properties": {"kind": {"const": "card"}}, "required": ["kind"]}
KINDS: dict[str, Any] = {"type": "object", "required": ["kind"], "properties": {"kind": {"enum": ["card", "bank"]}}}
EITHER: dict[str, Any] = {**KINDS, "if": CARD, "then": {"required": ["number"]}, "else": {"required": ["iban"]}}


def asking(name: str, value: Any, *fields: str) -> dict[str, Any]:
    return {"if": {"properties": {name: {"const": value}}, "required": [name]}, "then": {"required": [*fields]}}


def test_conditions_of_several_parts_stand_side_by_side() -> None:
    level = SCHEMAS.plain({**KINDS, "allOf": [asking("kind", "card", "number"), asking("kind", "bank", "iban")]})
    conditions = level["x-tidegate-conditions"]
    assert held(SCHEMAS, conditions, {"kind": "bank"}, "answer") == (False, True)
    assert held(SCHEMAS, conditions, {"kind": "card"}, "answer") == (True, False)


def test_a_settled_schema_asks_for_what_holds_and_has_no_conditions() -> None:
    level = SCHEMAS.plain(EITHER)
    card, bank = (SCHEMAS.plain(settled(level, (holds,))) for holds in (True, False))
    assert (card["required"], bank["required"]) == (["kind", "number"], ["kind", "iban"])
    assert "x-tidegate-conditions" not in card
    assert SCHEMAS.validator(settled(level, (False,)), of="answer").is_valid({"kind": "bank", "iban": "x"})
    assert not SCHEMAS.validator(settled(level, (False,)), of="answer").is_valid({"kind": "card", "iban": "x"})


def test_what_is_handed_out_is_the_same_each_time() -> None:
    conditions, level = Conditions(SCHEMAS), SCHEMAS.plain(EITHER)
    assert conditions.settled(EITHER, level, (True,)) is conditions.settled(EITHER, level, (True,))
    assert conditions.together(KINDS, CARD) is conditions.together(KINDS, CARD)
    assert conditions.together({}, CARD, True) is CARD


def test_an_alternative_has_beside_it_what_its_level_asks_for() -> None:
    conditions = Conditions(SCHEMAS)
    level = SCHEMAS.plain({"type": "array", "items": {"const": 1}, "oneOf": [{"minItems": 2}, {"minItems": 4}]})
    assert conditions.beside(level, "oneOf", 1) is conditions.beside(level, "oneOf", 1)
    assert SCHEMAS.plain(conditions.beside(level, "oneOf", 1)) == {
        "type": "array", "items": {"const": 1}, "minItems": 4,
    }  # fmt: skip
    of_type: dict[str, Any] = {"type": "string", "anyOf": [{"const": "a"}, {"minLength": 2}]}
    assert conditions.beside(of_type, "anyOf", 0) == {"const": "a"}
    assert SCHEMAS.plain(conditions.beside(of_type, "anyOf", 1)) == {"type": "string", "minLength": 2}


@pytest.mark.parametrize(
    "schema",
    [
        EITHER,
        {**KINDS, "properties": {"kind": {"enum": ["bank", "card"]}}, "allOf": [asking("kind", "bank", "a", "b")]},
        {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}},
         "if": {"properties": {"a": {"minimum": 10}}}, "then": {"required": ["big"]},
         "else": {"required": ["small"], "properties": {"small": {"const": 1}}}},
        {"type": "integer", "if": {"minimum": 0}, "then": {"multipleOf": 5, "minimum": 7}},
        {"type": "string", "if": {"maxLength": 30}, "then": {"pattern": "^ab$"}},
        {"if": {"type": "string"}, "then": {"minLength": 30}, "else": {"type": "integer"}},
        {"if": True, "then": {"const": "then"}, "else": {"const": "else"}},
        {"if": False, "then": {"const": "then"}, "else": {"const": "else"}},
        {"type": "array", "minItems": 1, "items": EITHER},
        {"allOf": [KINDS, asking("kind", "card", "x"), {"if": CARD, "then": asking("x", "text", "y")}]},
        {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}},
         "dependentSchemas": {"a": {"required": ["b"], "properties": {"b": {"const": 2}}},
                              "b": {"required": ["c"], "properties": {"c": {"const": 3}}}}},
        {"if": {"type": "object"}, "then": {"$ref": "#/x"}},
    ],
)  # fmt: skip
def test_a_value_keeps_to_the_conditions_of_its_schema(schema: dict[str, Any]) -> None:
    document = Document({"openapi": "3.1.0", "paths": {}, "x": {"if": True, "then": {"$ref": "#/x"}}})
    made = ValueGenerator(7, document.schemas)
    value = made.value("x", schema, "one", FULL)
    assert made.unfit == []
    assert "$ref" in str(schema) or jsonschema_rs.Draft202012Validator(schema).is_valid(value)
