"""Tests of tidegate.proxy.policies.dialects.json_pointer."""

import json

import pytest

from tidegate.proxy.policies.dialects.json_pointer import number_at, text_at

DOCUMENT = {"a": {"b": [1]}, "no": -1, "yes": True, "word": "5"}


@pytest.mark.parametrize(
    ("pointer", "value"), [("/a/b/0", 1.0), ("/no", None), ("/yes", None), ("/word", None), ("/a", None)]
)
def test_only_a_number_that_is_not_negative_counts(pointer: str, value: float | None) -> None:
    assert number_at(DOCUMENT, pointer) == value


def test_an_endless_number_is_none() -> None:
    assert number_at(json.loads('{"a": 1e999}'), "/a") is None


@pytest.mark.parametrize(
    ("pointer", "numbers", "text"),
    [("/a/b/0", "1.000000000", "1.000000000"), ("/word", None, "5"), ("/no", None, None), ("/a", None, None)],
)
def test_what_stands_there_is_read_as_a_header_would_be(pointer: str, numbers: str | None, text: str | None) -> None:
    assert text_at(DOCUMENT, pointer, numbers=True) == numbers
    assert text_at(DOCUMENT, pointer, numbers=False) == text
