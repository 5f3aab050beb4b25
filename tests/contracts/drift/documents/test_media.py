"""How values are written."""

from typing import Any

import pytest

from tidegate.contracts.drift.documents.media import by_media, is_within, written_fields, written_style
from tidegate.openapi.document import Document


def test_media_types_are_known_without_their_charset_and_whatever_the_order_of_their_parameters() -> None:
    assert by_media({"Application/JSON; charset=utf-8": 1, "text/csv;header=present": 2, "a/b; y=1;  x=2": 3}) == {
        "application/json": 1, "text/csv;header=present": 2, "a/b;x=2;y=1": 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("media", "listed", "fits"),
    [("a/b", "a/b", True), ("a/b", "*/*", True), ("a/b", "a/*", True), ("a/b", "c/*", False), ("*/*", "a/b", False)],
)
def test_a_media_type_is_within_its_range(media: str, listed: str, fits: bool) -> None:
    assert is_within(media, listed) is fits


@pytest.mark.parametrize(
    ("parameter", "place", "style", "explode"),
    [
        ({"schema": {}}, "query", "form", True),
        ({"schema": {}}, "header", "simple", False),
        ({"schema": {}, "style": "deepObject"}, "query", "deepObject", False),
        ({"type": "array"}, "query", "form", False),
        ({"type": "array", "collectionFormat": "multi"}, "query", "form", True),
        ({"type": "array", "collectionFormat": "tsv"}, "query", "tabDelimited", False),
        ({"type": "array", "collectionFormat": "csv"}, "path", "simple", False),
    ],
)
def test_a_parameter_is_written_in_a_style(parameter: Any, place: str, style: str, explode: bool) -> None:
    assert written_style(parameter, place) == (style, explode)


def test_a_field_is_written_by_what_is_told_of_it_else_by_its_type() -> None:
    fields = {"a": {"type": "string"}, "b": {"type": "object"}, "c": {"type": "array"}, "d": {"format": "binary"}}
    media = {"schema": {"type": "object", "properties": fields}, "encoding": {"a": {"contentType": "text/csv"}}}
    document = Document({"openapi": "3.0.3", "paths": {}})
    assert written_fields(document, media, "multipart/form-data") == {
        "a": ("text/csv", "", False), "b": ("application/json", "form", True), "c": ("text/plain", "form", True),
        "d": ("", "", False),
    }  # fmt: skip
    assert written_fields(document, media, "application/json") == {}
