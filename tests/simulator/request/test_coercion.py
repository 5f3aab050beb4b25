"""Text becomes the values that a schema asks for; what cannot stays as it came."""

from typing import Any

import pytest

from tidegate.openapi.document import Document
from tidegate.simulator.request.coercion import Coercions

TREE = {
    "type": "object",
    "properties": {"size": {"type": "integer"}, "below": {"type": "array", "items": {"$ref": "#/components/tree"}}},
}
NULLABLE = {"type": "integer", "nullable": True}


def turned(schema: Any, value: Any) -> Any:
    document = Document({"openapi": "3.0.3", "paths": {}, "components": {"tree": TREE}})
    coercer = Coercions(document.schemas).of(schema)
    return value if coercer is None else coercer(value)


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({"type": "integer"}, "-12", -12),
        ({"type": "integer"}, "1.0", "1.0"),
        ({"type": "integer"}, "1_0", "1_0"),
        ({"type": "integer"}, "٣", "٣"),
        ({"type": "integer"}, "9" * 40, "9" * 40),
        (NULLABLE, "3", 3),
        ({"type": "number"}, "1.50", 1.5),
        ({"type": "number"}, "12", 12),
        ({"type": "number"}, "1e3", 1000.0),
        ({"type": "number"}, "nan", "nan"),
        ({"type": "number"}, "1e999", "1e999"),
        ({"type": "boolean"}, "true", True),
        ({"type": "boolean"}, "0", False),
        ({"type": "boolean"}, "yes", "yes"),
        ({"type": "string"}, "12", "12"),
        ({"type": ["string", "integer"]}, "12", "12"),
        ({}, "12", "12"),
        ({"type": "array", "items": {"type": "integer"}}, {"1": "2", "0": "1"}, [1, 2]),
        ({"type": "array", "items": {"type": "integer"}}, ["1", "x"], [1, "x"]),
        ({"type": "array"}, "[1, 2]", [1, 2]),
        ({"type": "array"}, "[1,", "[1,"),
        ({"type": "array"}, {"a": "1"}, {"a": "1"}),
        ({"prefixItems": [{}, {"type": "integer"}], "type": "array"}, ["1", "2", "3"], ["1", 2, "3"]),
        ({"prefixItems": [{"type": "integer"}], "items": {"type": "boolean"}, "type": "array"}, ["1", "1"], [1, True]),
        ({"type": ["integer", "boolean"]}, "true", True),
        ({"type": ["integer", "boolean"]}, "1", 1),
        ({"type": ["object", "integer"]}, "1", 1),
        ({"properties": {"a": {"type": "integer"}}}, {"a": "1", "b": "1"}, {"a": 1, "b": "1"}),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"a": "1"}, {"a": 1}),
        ({"type": "object"}, '{"a": 1}', {"a": 1}),
        ({"anyOf": [{"type": "integer"}, {"enum": ["now"]}]}, "7", 7),
        ({"anyOf": [{"type": "integer"}, {"enum": ["now"]}]}, "now", "now"),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, "7", "7"),
        ({"oneOf": [{"type": "boolean"}, {"type": "integer", "minimum": 5}]}, "7", 7),
        ({"allOf": [{"type": "integer"}, {"minimum": 1}]}, "7", 7),
        ({"$ref": "#/components/tree"}, {"below": {"0": {"size": "2"}}}, {"below": [{"size": 2}]}),
    ],
)  # fmt: skip
def test_text_becomes_what_the_schema_asks_for(schema: Any, text: Any, value: Any) -> None:
    coerced = turned(schema, text)
    assert coerced == value
    assert type(coerced) is type(value)


def test_what_was_given_is_not_changed() -> None:
    given = {"size": "1", "below": [{"size": "2"}]}
    turned(TREE, given)
    assert given == {"size": "1", "below": [{"size": "2"}]}


def test_the_types_of_a_schema_are_those_of_its_alternatives_too() -> None:
    coercions = Coercions(Document({"openapi": "3.0.3", "paths": {}}).schemas)
    assert coercions.types({"anyOf": [{"type": "array"}, {"oneOf": [{"type": "string", "nullable": True}]}]}) == {
        "array",
        "string",
        "null",
    }
    assert coercions.types({}) == frozenset()


def test_alternatives_that_double_on_each_level_are_tried_as_far_as_the_bound() -> None:
    inner = [{"type": "object", "properties": {"x": {"$ref": "#/components/schemas/A"}}} for _ in range(2)]
    root = {"openapi": "3.0.3", "paths": {}, "components": {"schemas": {"A": {"anyOf": [*inner, {"type": "integer"}]}}}}
    coercer = Coercions(Document(root).schemas).of({"$ref": "#/components/schemas/A"})
    deep: Any = "1"
    for _ in range(30):
        deep = {"x": deep}
    assert coercer is not None
    assert isinstance(coercer(deep), dict)


def test_a_chain_of_objects_longer_than_calls_go_has_a_coercer() -> None:
    chain = {f"A{n}": {"properties": {"x": {"$ref": f"#/components/schemas/A{n + 1}"}}} for n in range(3_000)}
    schemas = {**chain, "A3000": {"type": "integer"}}
    document = Document({"openapi": "3.0.3", "paths": {}, "components": {"schemas": schemas}})
    coercer = Coercions(document.schemas).of({"$ref": "#/components/schemas/A0"})
    assert coercer is not None
    assert coercer({"x": {"x": {}}}) == {"x": {"x": {}}}


def test_alternatives_that_hold_themselves_end() -> None:
    part = {"$ref": "#/components/schemas/A"}
    choice = {"anyOf": [{"oneOf": [part, {"type": "integer"}]}, {"type": "boolean"}]}
    root = {"openapi": "3.0.3", "paths": {}, "components": {"schemas": {"A": choice}}}
    coercer = Coercions(Document(root).schemas).of(part)
    assert coercer is not None
    assert coercer("7") in ("7", 7)
    assert coercer("x") == "x"


def test_what_holds_by_a_condition_says_the_type() -> None:
    number, flag = {"properties": {"a": {"type": "integer"}}}, {"properties": {"a": {"type": "boolean"}}}
    schema = {"type": "object", "if": {"required": ["n"]}, "then": number, "else": flag}
    assert turned(schema, {"n": "", "a": "1"}) == {"n": "", "a": 1}
    assert turned(schema, {"a": "1"}) == {"a": True}


def test_of_several_values_for_what_is_no_list_the_last_counts() -> None:
    schema = {
        "type": "object", "additionalProperties": {"type": "string"},
        "properties": {"n": {"type": "integer"}, "l": {"type": "array", "items": {"type": "integer"}}, "any": {}},
    }  # fmt: skip
    given = {"n": ["1", "2"], "l": ["1", "2"], "any": ["1", "2"], "other": ["a", "b"]}
    assert turned(schema, given) == {"n": 2, "l": [1, 2], "any": ["1", "2"], "other": "b"}


def test_listed_values_say_the_type_where_nothing_else_does() -> None:
    assert turned({"const": 5}, "5") == 5
    assert turned({"enum": [1, 2]}, "2") == 2
    assert [turned({"enum": ["1", 2, True]}, text) for text in ("1", "2", "true", "3")] == ["1", 2, True, "3"]


def test_a_field_that_is_not_named_has_the_schema_of_its_pattern_or_of_the_rest() -> None:
    schema = {
        "type": "object", "properties": {"n": {}}, "patternProperties": {"^n": {"type": "integer"}},
        "additionalProperties": {"type": "boolean"},
    }  # fmt: skip
    assert turned(schema, {"n": "1", "n1": ["1", "2"], "x": "true"}) == {"n": "1", "n1": 2, "x": True}


def test_an_empty_text_is_null_for_what_may_be_null_and_is_no_text() -> None:
    assert turned({"type": "integer", "nullable": True}, "") is None
    assert turned({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "") is None
    assert turned({"type": "string", "nullable": True}, "") == ""
    assert turned({"type": "integer"}, "") == ""


def test_an_unsigned_integer_has_up_to_64_bits() -> None:
    schema, most = {"type": "integer", "format": "uint64"}, 2**64 - 1
    assert turned(schema, str(most)) == most
    is_valid = Document({"openapi": "3.0.3", "paths": {}}).schemas.validator(schema, of="request").is_valid
    assert (is_valid(most), is_valid(most + 1)) == (True, False)
