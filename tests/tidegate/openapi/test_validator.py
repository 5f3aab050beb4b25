"""A value is checked, and what is wrong with it is said with its place."""

import pytest

from tidegate.openapi.validator import Flaw, Validator, compiled, pattern_compiles


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
    assert pattern_compiles(r"^(?!x)\p{L}+$")
    assert not pattern_compiles("[a")
