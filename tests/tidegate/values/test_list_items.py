"""What stands in the place of another value is of its kind, and within the bounds of its schema."""

from typing import Any

import pytest

from tidegate.values.distinct_values import others


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
        ({"properties": {"k": {"enum": [1, 2]}}}, {"k": 1}, 2, [{"k": 1}, {"k": 2}]),
    ],
)
def test_another_value(schema: dict[str, Any], item: Any, count: int, found: list[Any]) -> None:
    assert others(schema, item, count) == found
