"""Ranges stand for what the schema is, and a client gets the type that it likes best."""

from typing import Any

import pytest

from tidegate.simulator.answer.media_types import (
    concrete,
    contradicts,
    is_json,
    is_lines,
    is_xml,
    parameters,
    preferred,
)


@pytest.mark.parametrize(
    ("media", "level", "found"),
    [
        ("*/*", {"type": "object"}, "application/json"),
        ("*/*", {"type": ["array", "null"]}, "application/json"),
        ("*/*", {}, "application/json"),
        ("*/*", {"type": "integer"}, "application/json"),
        ("*/*", {"type": "string"}, "text/plain"),
        ("*/*", {"type": "string", "format": "binary"}, "application/octet-stream"),
        ("application/*", {"type": "string"}, "application/json"),
        ("text/*", {"type": "string"}, "text/plain"),
        ("image/*", {"type": "string"}, "image/png"),
        ("audio/*", {}, "audio/octet-stream"),
        ("application/vnd.api+json", {}, "application/vnd.api+json"),
    ],
)
def test_a_range_stands_for_a_type_in_it(media: str, level: dict[str, Any], found: str) -> None:
    assert concrete(media, level) == found


OFFERED = ("application/json", "text/csv", "application/xml; charset=utf-8")


@pytest.mark.parametrize(
    ("accept", "found"),
    [
        ("*/*", "application/json"),
        ("", None),
        ("text/csv", "text/csv"),
        ("text/*", "text/csv"),
        ("application/xml", "application/xml; charset=utf-8"),
        ("application/json;q=0.2, text/csv;q=0.9", "text/csv"),
        ("text/csv;q=0, */*;q=0.1", "application/json"),
        ("application/*;q=0.5, application/xml;q=0.8", "application/xml; charset=utf-8"),
        ("text/csv;q=high", None),
        ("image/png", None),
        ("TEXT/CSV", "text/csv"),
    ],
)
def test_the_client_gets_what_it_likes_best(accept: str, found: str | None) -> None:
    assert preferred(accept, OFFERED) == found


def test_json_xml_and_lines_are_known_by_their_names_in_any_case() -> None:
    json = ("application/json", "Application/Problem+JSON; charset=utf-8", "application/x-ndjson", "text/plain")
    assert [is_json(media) for media in json] == [True, True, True, False]
    assert [is_xml(media) for media in ("text/xml; charset=utf-8", "application/atom+xml", "application/xmlish")] == [
        True,
        True,
        False,
    ]
    assert [is_lines(media) for media in ("application/x-ndjson", "Application/JSONL; a=b", "application/json")] == [
        True,
        True,
        False,
    ]


VERSIONS = ("application/vnd.a+json; version=1", 'application/vnd.a+json; version="2"', "application/json")


@pytest.mark.parametrize(
    ("accept", "place"),
    [
        ("application/vnd.a+json;version=2", 1),
        ("application/vnd.a+json; version=1; q=0.5", 0),
        ("application/vnd.a+json", 0),
        ("application/json; charset=utf-8", 2),
        ("application/vnd.a+json;version=3, application/json;q=0.1", 2),
        ("application/vnd.a+json;version=3", None),
    ],
)
def test_parameters_tell_versions_apart(accept: str, place: int | None) -> None:
    assert preferred(accept, VERSIONS) == (None if place is None else VERSIONS[place])


def test_parameters_of_writing_are_none() -> None:
    assert parameters('a/b; Version="1.0"; charset=x; boundary=y; q=1; odd') == {"version": "1.0"}
    assert not contradicts("a/b; version=1", {"profile": "x"})
    assert contradicts("a/b; version=1", {"version": "2"})
