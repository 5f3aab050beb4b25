"""The tries of a value are counted, as they multiply on one level and from level to level."""

from typing import Any

import pytest

from tidegate.openapi.schema_cost import TRIES_MAX, SchemaCosts, joining_cost, spent

Json = dict[str, Any]


def ref(name: str) -> Json:
    return {"$ref": f"#/$defs/{name}"}


def doubled(keyword: str, levels: int) -> Json:
    """Definitions of which each names the next one twice."""
    return {
        **{f"A{level}": {keyword: [ref(f"A{level + 1}")] * 2} for level in range(levels)},
        f"A{levels}": {"type": "string"},
    }


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
def test_parts_that_double_on_each_level_are_counted_up_to_the_bound(keyword: str) -> None:
    assert SchemaCosts().of(ref("A0"), doubled(keyword, 3))[0] == 30
    assert SchemaCosts().of(ref("A0"), doubled(keyword, 60))[0] > TRIES_MAX


def test_what_is_inside_of_a_value_is_another_value() -> None:
    chain = {f"A{level}": {"properties": {"x": ref(f"A{level + 1}")}} for level in range(60)}
    assert SchemaCosts().of(ref("A0"), chain) == (2, 1)


def test_a_circle_on_one_level_is_counted_once() -> None:
    assert SchemaCosts().of(ref("A"), {"A": {"anyOf": [ref("A"), {"not": ref("A")}]}})[0] < 10


def test_alternatives_with_the_same_property_grow_with_each_level_of_the_value() -> None:
    branch = {"properties": {"x": ref("A")}}
    tree = {"A": {"anyOf": [branch, dict(branch), {"properties": {"y": ref("A")}}]}}
    assert SchemaCosts().of(ref("A"), tree)[1] == 2


def test_items_count_as_every_property_that_is_not_named() -> None:
    definitions = {"A": {"anyOf": [{"items": ref("A")}, {"items": ref("A")}, {"additionalProperties": ref("A")}]}}
    assert SchemaCosts().of(ref("A"), definitions)[1] == 3


def test_the_tries_of_one_value_are_counted_with_all_that_is_inside_of_it() -> None:
    branch = {"properties": {"x": ref("A")}}
    tree = {"A": {"anyOf": [branch, dict(branch)]}}
    deep: Json = {}
    for _ in range(30):
        deep = {"x": deep}
    assert spent(ref("A"), tree, {"x": {}}, most=10_000) < 30
    assert spent(ref("A"), tree, deep, most=10_000) == 10_001


def test_a_value_that_is_nested_deeper_than_calls_go_is_beyond_every_bound() -> None:
    chain = {f"A{level}": {"not": ref(f"A{level + 1}")} for level in range(5_000)}
    assert spent(ref("A0"), chain, 1, most=1_000_000) == 1_000_001


def test_joining_costs_what_has_come_together_so_far_for_each_part() -> None:
    part: Json = {"properties": {"a": {}, "b": {}}}
    assert joining_cost({}, [part]) == 4
    assert joining_cost({}, [part] * 10) > 100
