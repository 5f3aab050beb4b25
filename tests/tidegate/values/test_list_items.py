"""What stands in the place of another value is of its kind, and within the bounds of its schema."""

import json
from typing import Any

import pytest

from tidegate.openapi.document import Document
from tidegate.values.list_items import counted_places, item_schema, may_follow, others
from tidegate.values.value_generator import FULL, ValueGenerator

PLAIN = Document({"openapi": "3.1.0", "paths": {}}).schemas.plain


@pytest.mark.parametrize(
    ("schema", "item", "count", "found"),
    [
        ({}, False, 1, [True]),
        ({}, "a", 2, ["a1", "a2"]),
        ({"maximum": 4}, 3, 2, [4, 2, 1]),
        ({"minimum": 3, "multipleOf": 0.5}, 3.0, 1, [3.5]),
        ({"properties": {"n": {"minimum": 0}}}, {"n": 0, "x": None}, 1, [{"n": 1, "x": None}]),
        ({}, None, 3, []),
        ({"type": ["null", "boolean"]}, None, 2, [None, False, True]),
        ({"pattern": "^[ab]$"}, "a", 2, []),
        ({"maxLength": 2}, "ab", 2, []),
        ({"multipleOf": 0.1, "minimum": 0}, 0.2, 1, [0.3, 0.1]),
        ({"exclusiveMinimum": -2, "exclusiveMaximum": 2, "type": "integer"}, 0, 2, [1, -1]),
        ({"exclusiveMinimum": 0, "exclusiveMaximum": 1}, 0.5, 3, [0.25, 0.5, 0.75]),
        ({"prefixItems": [{"enum": ["a", "b"]}], "items": {}}, ["a", 1], 1, [["a", 1], ["b", 1], ["a", 2], ["a", 0]]),
        ({"properties": {"k": {"enum": [1, 2]}}}, {"k": 1}, 2, [{"k": 1}, {"k": 2}]),
    ],
)
def test_another_value(schema: dict[str, Any], item: Any, count: int, found: list[Any]) -> None:
    assert [*others(PLAIN, schema, item, count)] == found


def test_what_contains_counts_stands_behind_what_has_a_schema_of_its_own_if_it_can() -> None:
    pair: dict[str, Any] = {"prefixItems": [{"type": "string"}, {"type": "integer"}], "contains": {"const": 5}}
    assert counted_places(pair) == range(2, 3)
    assert counted_places({**pair, "minContains": 2, "maxItems": 3}) == range(1, 3)
    assert counted_places({**pair, "items": False}) == range(1, 2)
    assert not counted_places({"prefixItems": [{}]})
    assert (item_schema(pair, 1), item_schema(pair, 2)) == ({"type": "integer"}, {})


def test_an_item_follows_where_it_is_another_and_not_one_too_many() -> None:
    counts = {1, 2}.__contains__
    assert not may_follow({"uniqueItems": True}, [1], {(False, 1)}, None, 1)
    assert may_follow({"uniqueItems": True}, [1], {(False, 1)}, None, True)
    assert not may_follow({"maxContains": 1}, [1], set(), counts, 2)
    assert may_follow({"maxContains": 1}, [1], set(), counts, 3)


KIND: dict[str, Any] = {"$ref": "#/components/schemas/Kind"}
WORDS = {"oneOf": [{"const": "a"}, {"const": "b"}, {"const": "c"}]}
FORMS = [{"type": "object", "properties": {"t": {"const": word}}, "required": ["t"]} for word in "ab"]


@pytest.mark.parametrize(
    "schema",
    [
        {"items": {"type": "array", "items": {"type": "integer"}}, "minItems": 3, "uniqueItems": True},
        {"items": {"type": "object", "properties": {"k": KIND}, "required": ["k"]}, "minItems": 3, "uniqueItems": True},
        {"items": WORDS, "minItems": 3, "uniqueItems": True},
        {"items": {"oneOf": FORMS}, "minItems": 2, "uniqueItems": True},
        {"items": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, "minItems": 4, "uniqueItems": True},
        {"items": {"type": "object", "properties": {"n": {"type": "string"}}, "required": ["n"]},
         "contains": {"properties": {"kind": {"const": "primary"}}, "required": ["kind"]}},
        {"prefixItems": [{"type": "string"}, {"type": "integer"}], "contains": {"const": 5}},
        {"prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False, "contains": {"const": 5}},
        {"items": {"type": "number"}, "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}]},
    ],
)  # fmt: skip
def test_a_list_is_as_its_schema_asks(schema: dict[str, Any]) -> None:
    components = {"schemas": {"Kind": {"type": "string", "enum": ["x", "y", "z"]}}}
    document = Document({"openapi": "3.1.0", "paths": {}, "components": components})
    made, whole = ValueGenerator(7, document.schemas), {"type": "array", **schema}
    value = made.value("x", whole, "one", FULL)
    assert made.unfit == []
    assert document.schemas.validator(whole, of="answer").errors(value) == [], json.dumps(value)


def test_an_alternative_that_holds_itself_ends() -> None:
    node: dict[str, Any] = {"anyOf": [{"const": 1}, {"$ref": "#/components/schemas/Node"}]}
    document = Document({"openapi": "3.1.0", "paths": {}, "components": {"schemas": {"Node": node}}})
    whole = {"type": "array", "items": node, "minItems": 3, "uniqueItems": True}
    assert len(ValueGenerator(7, document.schemas).value("x", whole, "one", FULL)) <= 3
