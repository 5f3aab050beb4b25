"""The content of requests."""

from typing import Any

import pytest

from tidegate.adapters.ports.failures import Rejected
from tidegate.adapters.request_content import form_content, json_content


def test_content_is_written_as_vendors_read_it() -> None:
    assert json_content({"a": "ü", "b": [1, None]}) == b'{"a": "\xc3\xbc", "b": [1, null]}'
    assert form_content({"a[b]": "ü &"}) == b"a%5Bb%5D=%C3%BC+%26"
    assert form_content([("a", "1"), ("a", "2")]) == b"a=1&a=2"


def circle() -> list[Any]:
    made: list[Any] = []
    made.append(made)
    return made


@pytest.mark.parametrize("value", ["\ud800", float("nan"), float("inf"), object(), circle()])
def test_what_json_cannot_hold_is_rejected(value: object) -> None:
    with pytest.raises(Rejected):
        json_content({"a": value})


def test_what_a_form_cannot_hold_is_rejected() -> None:
    with pytest.raises(Rejected):
        form_content({"a": "\ud800"})
