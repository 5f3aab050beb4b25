"""A header has a value in one line, and a name that a header may have."""

from typing import Any

import pytest

from tidegate.simulator.answer.header_values import is_sendable, simple


@pytest.mark.parametrize(
    ("value", "explode", "text"),
    [
        ([1, "a", None], False, "1,a,null"),
        ({"a": 1, "b": "x"}, False, "a,1,b,x"),
        ({"a": 1, "b": "x"}, True, "a=1,b=x"),
        ("a\r\nX-Other: 1", False, "aX-Other: 1"),
        (1.5, False, "1.5"),
        (None, False, "null"),
    ],
)
def test_values_are_written_in_one_line(value: Any, explode: bool, text: str) -> None:
    assert simple(value, explode=explode) == text


def test_a_name_is_a_token() -> None:
    names = ("X-It", "a_b", "bad name", "Größe", "X:Y", "")
    assert [is_sendable(name) for name in names] == [True, True, False, False, False, False]
