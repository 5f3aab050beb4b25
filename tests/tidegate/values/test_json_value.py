"""Tests of tidegate.values.json_value."""

import json

import pytest

from tidegate.values.json_value import NOTHING, as_text


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
