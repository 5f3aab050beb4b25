"""Literals are read back as they were, and long lines are broken as formatters break them."""

import ast
from typing import Any

import pytest

from tidegate.scaffold.python_text import literal, wrapped


@pytest.mark.parametrize(
    "value",
    [None, True, 3, -1.5, "a", 'say "hi"', "a\\b", "line\nline", "é🚚", [], {"a": [1, {"b": None}]}, {"x-y": "{z}"}],
)
def test_a_literal_is_read_back(value: Any) -> None:
    assert ast.literal_eval(literal(value)) == value


def test_half_a_surrogate_pair_becomes_a_question_mark() -> None:
    assert ast.literal_eval(literal("a\ud800")) == "a?"


def test_a_call_is_broken_where_it_is_too_long() -> None:
    assert wrapped("f", ["a", "b"], ":", 4) == ["    f(a, b):"]
    assert wrapped("f" * 100, ["a" * 20, "b"], "", 0) == ["f" * 100 + "(", "    " + "a" * 20 + ", b", ")"]
    many = [f"argument_{number}" * 2 for number in range(9)]
    assert wrapped("f", many, "", 0) == ["f(", *(f"    {one}," for one in many), ")"]
