"""Forms as values."""

from typing import Any

import pytest

from tidegate.contracts.drift.use.form_value import coerced, form_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("amount=7&metadata%5Border_id%5D=o", {"amount": "7", "metadata": {"order_id": "o"}}),
        ("types[]=a&types[]=b", {"types": ["a", "b"]}),
        ("a=1&a=2&a=3", {"a": ["1", "2", "3"]}),
        ("items[0][price]=p&items[0][n]=1", {"items": {"0": {"price": "p", "n": "1"}}}),
        ("a=1&a[b]=2", {"a": "1"}),
        ("a=", {"a": ""}),
    ],
)
def test_brackets_make_objects_and_lists(text: str, value: Any) -> None:
    assert form_value(text) == value


def test_depth_and_number_are_bound() -> None:
    assert str(form_value("a" + "[b]" * 1000 + "=1")).count("{") <= 21
    with pytest.raises(ValueError, match="fields"):
        form_value("&".join("a=1" for _ in range(20_000)))


@pytest.mark.parametrize(
    ("text", "schema", "value"),
    [
        ("7", {"type": "integer"}, 7),
        ("7.5", {"type": "number"}, 7.5),
        ("true", {"type": "boolean"}, True),
        ("7", {"type": "string"}, "7"),
        ("7", {"type": ["string", "integer"]}, "7"),
        ("x", {"type": "integer"}, "x"),
        ("x", {"type": "array"}, ["x"]),
        ("x", {}, "x"),
        (7, {"type": "string"}, 7),
    ],
)
def test_a_text_is_what_the_schema_makes_of_it(text: Any, schema: dict[str, Any], value: Any) -> None:
    assert coerced(text, schema) == value
