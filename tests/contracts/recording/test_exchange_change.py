"""What changed between two answers to one request."""

import json
from typing import Any

import pytest

from tidegate.cassette.recorded_exchange import Message, RecordedExchange
from tidegate.contracts.recording.exchange_change import CHANGES_MAX, changes

JSON = {"content-type": "application/json"}


def answered(body: Any, status: int = 200, **headers: str) -> RecordedExchange:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return RecordedExchange("GET", "/a", Message(), status, Message(JSON | named, raw))


def told(old: RecordedExchange, new: RecordedExchange, *, values: bool = False) -> list[str]:
    return [str(change) for change in changes(old, new, values=values)]


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ({"a": 1}, {"a": 1, "b": "x"}, "$.b: none is now string"),
        ({"a": 1, "b": None}, {"a": 1}, "$.b: null is now gone"),
        ({"a": 1}, {"a": "1"}, "$.a: integer is now string"),
        ({"a": 1}, {"a": None}, "$.a: integer is now null"),
        ({"a": {"b": True}}, {"a": {"b": []}}, "$.a.b: boolean is now array"),
        ({"a": [{"b": 1}]}, {"a": [{"c": 1}, {"c": 2}]}, "$.a[*].b: integer is now gone"),
        ([{"a": 1}], {"data": [{"a": 1}]}, "$: array is now object"),
        ([[1]], [["x"]], "$[*][*]: integer is now string"),
        ({"a": 1}, b"<html>", "body: JSON is now 6 bytes that are no JSON"),
        (b"", {"a": 1}, "body: empty is now JSON"),
    ],
)
def test_another_shape_is_told_by_its_place(old: Any, new: Any, change: str) -> None:
    assert change in told(answered(old), answered(new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"id": "a", "at": 1}, {"id": "b", "at": 2}),
        ({"at": 1}, {"at": 1.5}),
        ({"a": [1, "x"]}, {"a": ["y"]}),
        ({"a": []}, {"a": [{"b": 1}]}),
        ({"a": "[redacted]"}, {"a": 5}),
        ([{"a": 1}, {"a": 1, "b": 1}], [{"a": 1, "b": 2}]),
        (b"\xff", b"\xfe\xff"),
    ],
)
def test_other_values_of_the_same_shape_are_no_change(old: Any, new: Any) -> None:
    assert told(answered(old), answered(new)) == []


def test_values_are_compared_where_that_is_asked_for() -> None:
    old, new = {"a": 1, "b": ["x"], "c": "[redacted]"}, {"a": 2, "b": ["x", "y"], "c": "z"}
    assert told(answered(old), answered(new), values=True) == ["$.a: 1 is now 2", "$.b: 1 items is now 2 items"]
    assert told(answered(b"a"), answered(b"bc"), values=True) == [
        "body: 1 bytes that are no JSON is now 2 bytes that are no JSON"
    ]


def test_status_media_type_and_headers_that_guide_an_app_count() -> None:
    old = answered({}, 200, link="<a>", x_request_id="1", etag="x")
    new = answered({}, 404, content_type="text/html", x_ratelimit_limit="5", x_request_id="2")
    assert told(old, new) == [
        "status: 200 is now 404",
        "content-type: application/json is now text/html",
        "link: there is now gone",
        "x-ratelimit-limit: none is now there",
    ]


def test_the_list_has_an_end() -> None:
    many = {f"f{number}": 1 for number in range(CHANGES_MAX + 50)}
    assert len(changes(answered(many), answered({}))) == CHANGES_MAX
