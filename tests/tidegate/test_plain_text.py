"""Tests of tidegate.plain_text."""

import pytest

from tidegate.plain_text import plain


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\nb", "a\\nb"),
        ("\x1b[2J", "\\x1b[2J"),
        ("a\u2028b\x85", "a\\u2028b\\x85"),
        ("\udcff", "\\udcff"),
        ("a\u202eb", "a\\u202eb"),
        ("naïve – 日本", "naïve – 日本"),
        (None, "None"),
    ],
)
def test_a_text_is_one_line_that_steers_no_terminal(text: object, line: str) -> None:
    assert plain(text) == line
