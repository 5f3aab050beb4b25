"""Tests of tidegate.values.json_value."""

import json

import pytest

from tidegate.values.json_value import NOTHING, as_text, is_same


def test_nothing_is_no_value_that_json_could_write() -> None:
    assert NOTHING is not None
    with pytest.raises(TypeError):
        json.dumps(NOTHING)


def test_a_text_is_itself_and_any_other_value_is_as_json_has_it() -> None:
    assert [as_text(value) for value in ("a", None, True, [1, "b"], {"c": 1.5})] == [
        "a",
        "null",
        "true",
        '[1,"b"]',
        '{"c":1.5}',
    ]


def test_numbers_are_equal_by_their_value_and_a_truth_is_no_number() -> None:
    assert is_same({"a": [1, {"b": 2.0}]}, {"a": [1.0, {"b": 2}]})
    for one, other in ((1, True), ([0], [False]), ({"a": 1}, {"a": 1, "b": 2}), ([1], [1, 2]), ("1", 1)):
        assert not is_same(one, other)
