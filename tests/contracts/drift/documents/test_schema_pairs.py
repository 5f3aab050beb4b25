"""Schemas compared pair by pair."""

from typing import Any

import pytest

from tidegate.contracts.drift.documents.schema_pairs import SchemaPairs, steps_of
from tidegate.openapi.document import Document


def aspects(old: dict[str, Any], new: dict[str, Any], version: str = "3.1.0") -> list[str]:
    def document(schema: dict[str, Any]) -> Document:
        return Document({"openapi": version, "paths": {}, "components": {"schemas": {"s": schema, "money": MONEY}}})

    pairs = SchemaPairs(document(old), document(new))
    pairs.pair({"$ref": "#/components/schemas/s"}, {"$ref": "#/components/schemas/s"})
    pairs.settle()
    return sorted(change.aspect for pair in pairs.pairs.values() for change in pair.changes)


MONEY = {"type": "object", "properties": {"minor": {"type": "integer"}}, "required": ["minor"]}
REF = {"$ref": "#/components/schemas/money"}
TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


def thing(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (thing(a=TEXT), thing(), ["optional-property-removed"]),
        (thing(), {**thing(a=TEXT), "required": ["a"]}, ["required-property-added"]),
        ({**thing(a=TEXT), "required": ["a"]}, thing(a=TEXT), ["property-became-optional"]),
        (thing(amount=NUMBER), thing(amt=NUMBER), ["property-renamed"]),
        ({"type": "array", "items": TEXT}, {"type": "array", "items": NUMBER}, ["type-changed"]),
        ({"type": "array", "items": TEXT}, {"type": "array"}, ["type-generalized"]),
        ({"prefixItems": [TEXT]}, {"prefixItems": [NUMBER]}, ["type-changed"]),
        ({**thing(), "additionalProperties": TEXT}, {**thing(), "additionalProperties": NUMBER}, ["type-changed"]),
        (thing(), {**thing(), "additionalProperties": False}, ["additional-properties-closed"]),
        ({**thing(), "additionalProperties": True}, thing(), []),
        (thing(a=REF), thing(a=MONEY), []),
        (thing(a=REF), thing(a={"allOf": [REF]}), []),
        (thing(a=REF), thing(a={"oneOf": [REF, {"type": "null"}]}), ["became-nullable"]),
        (thing(a={"anyOf": [TEXT, {"type": "null"}]}), thing(a={"type": ["string", "null"]}), []),
        (thing(a={"anyOf": [TEXT, {"type": "null"}], "default": "x"}),
         thing(a={"type": ["string", "null"], "default": "y"}),
         ["default-value-changed"]),
        (thing(a={"oneOf": [TEXT, REF]}), thing(a={"oneOf": [TEXT, REF, {"type": "null"}]}), ["became-nullable"]),
        (thing(a=TEXT), thing(a={"oneOf": [TEXT, REF]}), ["one-of-added"]),
        (thing(a={"anyOf": [TEXT, REF]}), thing(a=REF), ["any-of-removed"]),
        (thing(a={"anyOf": [TEXT, REF, {"type": "null"}]}), thing(a={"anyOf": [REF, {"type": "null"}]}),
         ["any-of-removed"]),
        (thing(a={"type": ["object", "null"], "properties": {"b": TEXT}}),
         thing(a={"anyOf": [{"type": "object", "properties": {"b": NUMBER}}, {"type": "null"}]}), ["type-changed"]),
    ],
)  # fmt: skip
def test_a_pair_has_its_changes(old: dict[str, Any], new: dict[str, Any], expected: list[str]) -> None:
    assert aspects(old, new) == expected


def test_the_words_of_openapi_3_0_for_null() -> None:
    assert aspects(thing(a=REF), thing(a={**REF, "nullable": True}), "3.0.3") == ["became-nullable"]
    assert aspects(thing(a={**TEXT, "nullable": True}), thing(a={"allOf": [TEXT], "nullable": True}), "3.0.3") == []


def test_steps_lead_inside_and_a_schema_that_holds_itself_ends() -> None:
    node: dict[str, Any] = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/s"}, "v": TEXT}}
    assert aspects(node, {**node, "properties": {**node["properties"], "v": NUMBER}}) == ["type-changed"]
    document = Document({"openapi": "3.1.0", "paths": {}, "components": {"schemas": {"s": node}}})
    pairs = SchemaPairs(document, document)
    assert [*steps_of(pairs.pairs)] == []
