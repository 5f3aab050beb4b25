"""Text that others wrote is one line, and steers nothing."""

import json

import pytest

from tidegate.plain_line import plain, plain_json


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("things über 日本", "things über 日本"),
        ("a\n::error::b", "a\\n::error::b"),
        ("a\r\x1b[2J\x9b31m\x07", "a\\r\\x1b[2J\\x9b31m\\x07"),
        ("a\u202eb\u2028c", "a\\u202eb\\u2028c"),
    ],
)
def test_what_steers_is_escaped(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_a_document_stays_the_same_document() -> None:
    document = {"ü\x9b": ["\u202e", "\x1b", "\x7f", "\U000e0001", "日"]}
    text = plain_json(json.dumps(document, ensure_ascii=False, indent=2))
    assert json.loads(text) == document
    assert all(line.isprintable() for line in text.split("\n"))
    assert "日" in text


def test_a_document_of_ascii_alone_is_left_alone() -> None:
    assert plain_json('{\n  "a": 1\n}') == '{\n  "a": 1\n}'
