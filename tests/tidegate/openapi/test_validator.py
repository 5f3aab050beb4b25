"""A value is checked, and what is wrong with it is said with its place."""

from functools import partial

import pytest

from tidegate.openapi.schema_cost import spent
from tidegate.openapi.validator import Flaw, Validator, compiled, engine_pattern, is_deeper, pattern_matches


def test_what_is_wrong_is_said_with_its_place_and_what_was_expected() -> None:
    schema = {"type": "object", "properties": {"a/b": {"items": {"type": "integer"}}}, "required": ["c"]}
    flaws = Validator(compiled(schema)).errors({"a/b": [1, "x"]})
    assert flaws == [
        Flaw("", '"c" is a required property', "required"),
        Flaw("/a~1b/1", '"x" is not of type "integer"', "type"),
    ]
    assert [flaw.expected for flaw in flaws] == ["c", ["integer"]]


def test_of_alternatives_the_one_that_was_meant_is_spoken_of() -> None:
    flaws = Validator(compiled({"anyOf": [{"type": "string"}, {"type": "object", "required": ["a"]}]}))
    assert [flaw.sentence for flaw in flaws.errors({})] == ['"a" is a required property']
    assert [flaw.keyword for flaw in flaws.errors(3)] == ["anyOf"]


def test_a_long_value_is_not_repeated_in_full() -> None:
    assert len(Validator(compiled({"type": "integer"})).errors("a" * 10_000)[0].sentence) < 300


def test_what_could_not_be_compiled_takes_anything() -> None:
    assert Validator(None).is_valid(object())
    assert Validator(None).errors(object()) == []


def test_nothing_is_fetched() -> None:
    with pytest.raises(ValueError, match="never fetched"):
        compiled({"$ref": "http://127.0.0.1:1/x"})


def test_patterns_of_ecma_262_compile_and_others_do_not() -> None:
    assert engine_pattern(r"^(?!x)\p{L}+$")
    assert engine_pattern("[a") is None


def test_a_pattern_that_would_take_for_ever_does_not_match() -> None:
    assert pattern_matches("^a+$", "aaa")
    assert not pattern_matches("^(a+)+$", "a" * 40 + "!")
    assert not pattern_matches(r"^(?=(a+)+$)(a+)+\1$", "a" * 40 + "!")
    assert pattern_matches("[", "whatever")


def test_a_value_that_would_be_tried_too_often_is_not_checked() -> None:
    branch = {"properties": {"x": {"$ref": "#/$defs/A"}}}
    tree = {"A": {"anyOf": [{**branch, "required": ["y"]}, {**branch, "required": ["z"]}]}}
    root = {"$ref": "#/$defs/A"}
    check = Validator(compiled({**root, "$defs": tree}), partial(spent, root, tree), 2)
    deep: object = {}
    for _ in range(90):
        deep = {"x": deep}
    assert not check.is_valid({"x": {}})
    assert check.is_valid(deep)
    assert check.errors(deep) == []


def test_how_deep_a_value_is_nested_is_seen() -> None:
    assert [is_deeper([{"a": []}], depth) for depth in (1, 2, 3)] == [True, True, False]
    assert not is_deeper("a", 0)
