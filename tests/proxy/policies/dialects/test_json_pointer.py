"""Tests of tidegate.proxy.policies.dialects.json_pointer."""

import json

import pytest

from tidegate.proxy.policies.dialects.json_pointer import at_pointer, number_at, text_at

DOCUMENT = {"a": {"b": [1, {"c": 2.5}], "x/y": 3, "~": 4}, "no": -1, "yes": True, "word": "5", "": 6}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        pytest.param("", DOCUMENT, id="the whole"),
        pytest.param("/a/b/0", 1, id="a place in a list"),
        pytest.param("/a/b/1/c", 2.5, id="and further"),
        pytest.param("/a/x~1y", 3, id="a slash in a name"),
        pytest.param("/a/~0", 4, id="a tilde in a name"),
        pytest.param("/", 6, id="the empty name"),
        pytest.param("/a/b/2", None, id="beyond a list"),
        pytest.param("/a/b/-1", None, id="a list has no negative places"),
        pytest.param("/word/0", None, id="a text has no parts"),
        pytest.param("/b", None, id="a name that is not there"),
    ],
)
def test_a_pointer_leads_to_a_value_or_nowhere(pointer: str, value: object) -> None:
    assert at_pointer(DOCUMENT, pointer) == value


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
