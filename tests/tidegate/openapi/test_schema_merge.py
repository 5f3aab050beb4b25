"""Schemas that must all hold become one level that asks for the same."""

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.openapi.schema_merge import leave_out, merged, required_in, value_key

Level = dict[str, Any]


def one(*parts: Level, own: Level | None = None) -> tuple[Level, list[str]]:
    notes: list[str] = []
    return merged(own or {}, parts, lambda code, _detail: notes.append(code)), notes


@pytest.mark.parametrize(
    ("parts", "level"),
    [
        (
            [{"properties": {"a": {"x": 1}}, "required": ["a"]}, {"properties": {"b": {}}, "required": ["b"]}],
            {"properties": {"a": {"x": 1}, "b": {}}, "required": ["a", "b"]},
        ),
        ([{"properties": {"a": {"x": 1}}}, {"properties": {"a": {"y": 1}}}],
         {"properties": {"a": {"allOf": [{"x": 1}, {"y": 1}]}}}),
        ([{"type": ["string", "null"]}, {"type": "string"}], {"type": "string"}),
        ([{"type": "number"}, {"type": "integer"}], {"type": "integer"}),
        ([{"multipleOf": 4}, {"multipleOf": 6}], {"multipleOf": 12}),
        ([{"multipleOf": 0.1}, {"multipleOf": 0.25}], {"multipleOf": 0.5}),
        ([{"multipleOf": 2**53 - 1}, {"multipleOf": 6}], {"multipleOf": 2**53 - 1}),
        ([{"uniqueItems": False}, {"uniqueItems": True}], {"uniqueItems": True}),
        ([{"type": ["integer", "null"]}, {"type": ["number", "null"]}], {"type": ["integer", "null"]}),
        ([{"enum": ["a", "b"]}, {"enum": ["b", "c"]}], {"enum": ["b"]}),
        ([{"enum": [1, True]}, {"enum": [1.0]}], {"enum": [1]}),
        ([{"minimum": 1, "maxLength": 9}, {"minimum": 3, "maxLength": 4}], {"minimum": 3, "maxLength": 4}),
        ([{"additionalProperties": False}, {"additionalProperties": True}], {"additionalProperties": False}),
        ([{"items": {"a": 1}}, {"items": {"b": 1}}], {"items": {"allOf": [{"a": 1}, {"b": 1}]}}),
        ([{"pattern": "a"}, {"pattern": "b"}], {"pattern": "a", "allOf": [{"pattern": "b"}]}),
        ([{"oneOf": [{}]}, {"oneOf": [{"a": 1}]}], {"oneOf": [{}], "allOf": [{"oneOf": [{"a": 1}]}]}),
    ],
)  # fmt: skip
def test_both_are_asked_for(parts: list[Level], level: Level) -> None:
    assert one(*parts) == (level, [])


@pytest.mark.parametrize(
    ("parts", "level"),
    [
        ([{"type": "string"}, {"type": "object"}], {"type": "string"}),
        ([{"enum": [1]}, {"enum": ["a"]}], {"enum": [1]}),
    ],
)
def test_of_what_excludes_each_other_the_first_holds(parts: list[Level], level: Level) -> None:
    assert one(*parts) == (level, ["D012"])


def test_the_example_of_a_part_is_no_example_of_the_whole() -> None:
    part = {"type": "object", "example": {"a": 1}, "title": "part"}
    assert one(part)[0] == part
    assert one(part, own={"title": "whole"})[0] == {**part, "title": "whole"}
    assert one(part, {"required": ["b"]})[0] == {"type": "object", "required": ["b"]}
    assert one(part, own={"required": ["b"]})[0] == {"type": "object", "required": ["b"]}


_LEVELS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["integer", "number", "string", ["string", "null"], ["number", "null"]]),
        "minimum": st.integers(-3, 3),
        "exclusiveMaximum": st.integers(-3, 3),
        "minLength": st.integers(0, 3),
        "enum": st.lists(st.sampled_from([1, 2, "a", "ab", None]), min_size=1, unique=True),
        "pattern": st.sampled_from(["a", "b"]),
        "multipleOf": st.sampled_from([1, 2]),
        "not": st.sampled_from([{"type": "integer"}, {"const": "a"}, {"minimum": 2}]),
    },
)
_VALUES: list[Any] = [None, -4, -1, 0, 1, 2, 2.5, 3, "", "a", "ab", "abcd", [], {}]


@given(parts=st.lists(_LEVELS, min_size=1, max_size=3))
def test_a_value_fits_the_level_exactly_when_it_fits_every_part(parts: list[Level]) -> None:
    level, notes = one(*parts)
    if notes:
        return
    whole = jsonschema_rs.Draft202012Validator(level)
    alone = [jsonschema_rs.Draft202012Validator(part) for part in parts]
    for value in _VALUES:
        assert whole.is_valid(value) == all(part.is_valid(value) for part in alone), value


def test_values_are_the_same_as_json_has_it() -> None:
    assert value_key([1, {"a": None}]) == value_key([1.0, {"a": None}])
    assert value_key(True) != value_key(1)
    assert value_key({"a": [False]}) != value_key({"a": [0]})


def test_what_need_not_be_there_is_left_out_of_every_part_that_stands_in_the_schema() -> None:
    schema: Level = {
        "required": ["a", "b", "a"],
        "allOf": [{"required": ["b"], "oneOf": [{"required": ["c"]}, True]}],
        "not": {"required": ["a"]},
    }
    assert required_in(schema) == {"a", "b", "c"}
    leave_out(schema, {"a", "c"})
    assert schema == {
        "required": ["b"], "not": {"required": ["a"]},
        "allOf": [{"required": ["b"], "oneOf": [{"required": []}, True]}],
    }  # fmt: skip
