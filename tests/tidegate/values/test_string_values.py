"""A text fits its field: by format, by name, by pattern, by length; and repeats with its seed."""

import re
from typing import Any

import pytest

from tidegate.openapi.document import Document
from tidegate.openapi.validator import format_check
from tidegate.values.string_values import EPOCH, StringValues, iso_8601, moment, plain_name
from tidegate.values.value_generator import ValueGenerator

PICK = ValueGenerator(1, Document({"openapi": "3.1.0", "paths": {}}).schemas).pick


@pytest.mark.parametrize(
    ("field", "schema", "pattern"),
    [
        ("email", {}, r"\S+@\S+"),
        ("billing_email", {}, r"\S+@\S+"),
        ("x", {"format": "uri"}, r"https?://\S+"),
        ("x", {"format": "uuid"}, r"[0-9a-f-]{36}"),
        ("x", {"format": "date-time"}, r"2024-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
        ("x", {"format": "date"}, r"2024-\d\d-\d\d"),
        ("x", {"format": "date-time-rfc-2822"}, r"\w{3}, \d\d \w{3} 2024 \d\d:\d\d:\d\d \+0000"),
        ("expires_at", {}, r"2024-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
        ("x", {"format": "ipv4"}, r"\d+\.\d+\.\d+\.\d+"),
        ("To", {"format": "phone-number"}, r"\+1\d{10}"),
        ("country", {}, r"[A-Z]{2}"),
        ("x", {"pattern": "^AC[0-9a-f]{32}$"}, r"AC[0-9a-f]{32}"),
        ("x", {"minLength": 30}, r".{30,}"),
        ("description", {"maxLength": 5}, r".{5}"),
        ("x", {"format": "byte"}, r"[A-Za-z0-9+/]+=*"),
        ("x", {"contentEncoding": "base64", "minLength": 4}, r"([A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{2}[A-Za-z0-9+/=]{2}"),
        ("x", {"format": "byte", "maxLength": 7}, r"[A-Za-z0-9+/]{2}[A-Za-z0-9+/=]{2}"),
        ("x", {"format": "byte", "minLength": 30, "maxLength": 33}, r"[A-Za-z0-9+/]{32}"),
        ("x", {"format": "int64"}, r"\d+"),
        ("x", {"format": "char"}, r"[a-z]"),
        ("x", {"format": "base64url"}, r"[\w-]{8}"),
        ("x", {"format": "date-time-local"}, r"2024-\d\d-\d\dT\d\d:\d\d:\d\d"),
        ("x", {"format": "time-local"}, r"\d\d:\d\d:\d\d"),
        ("x", {"format": "http-date"}, r"\w{3}, \d\d \w{3} 2024 \d\d:\d\d:\d\d GMT"),
        ("x", {"format": "date-time-rfc1123"}, r"\w{3}, \d\d \w{3} 2024 \d\d:\d\d:\d\d GMT"),
        ("x", {"pattern": "^a", "allOf": [{"pattern": "z$"}]}, r"a.*z"),
        ("x", {"pattern": "^[a-z]+$", "allOf": [{"pattern": "^.{3}$"}]}, r"[a-z]{3}"),
        ("x", {"pattern": "[A-Z]", "allOf": [{"pattern": "[a-z]"}, {"pattern": "[0-9]"}], "minLength": 8}, r".{8,}"),
        ("x", {"format": "json-pointer"}, r"/\d+"),
        ("x", {"format": "relative-json-pointer"}, r"\d/\d+"),
    ],
)
def test_a_text_fits(field: str, schema: dict[str, Any], pattern: str) -> None:
    for turn in range(5):
        made = StringValues(7).text(field, {"type": "string", **schema}, PICK(f"{turn}"))
        assert made is not None
        assert re.fullmatch(pattern, made)


@pytest.mark.parametrize("form", ["email", "uri", "hostname", "ipv4", "ipv6", "uri-template", "idn-email"])
@pytest.mark.parametrize(("least", "most"), [(0, 7), (0, 10), (0, 12), (0, 19)])
def test_a_short_text_is_of_its_format(form: str, least: int, most: int) -> None:
    made = StringValues(7).text("x", {"format": form, "minLength": least, "maxLength": most}, PICK("one"))
    assert made is not None
    assert least <= len(made) <= most
    assert format_check(form)(made)


@pytest.mark.parametrize("form", ["email", "uri", "hostname"])
@pytest.mark.parametrize("length", [30, 31, *range(58, 66), 120, 200])
def test_a_long_text_is_of_its_format(form: str, length: int) -> None:
    made = StringValues(7).text("x", {"format": form, "minLength": length, "maxLength": length + 1}, PICK("one"))
    assert made is not None
    assert length <= len(made) <= length + 1
    assert format_check(form)(made)


def test_a_pattern_that_nothing_fits_gives_nothing() -> None:
    assert StringValues(7).text("x", {"pattern": "^(?=a)b$"}, PICK("one")) is None
    assert StringValues(7).text("x", {"pattern": "^a$", "allOf": [{"pattern": "^b$"}]}, PICK("one")) is None


def test_seeds_make_texts_of_their_own() -> None:
    texts = {StringValues(seed).text("description", {}, PICK("one")) for seed in (1, 1, 2, 3)}
    assert len(texts) == 3


@pytest.mark.parametrize(("length", "end"), [(24, ".000Z"), (25, "+00:00"), (27, ".000000Z"), (20, "Z")])
def test_a_moment_has_the_length_that_its_field_asks_for(length: int, end: str) -> None:
    schema = {"type": "string", "format": "date-time", "minLength": length, "maxLength": length}
    assert moment(EPOCH, schema, "x") == f"2024-01-01T00:00:00{end}"


def test_a_moment_is_written_as_its_field_has_it() -> None:
    assert moment(EPOCH, {"type": "integer"}, "created") == 1_704_067_200
    assert moment(EPOCH, {"type": "integer"}, "created_ms") == 1_704_067_200_000
    assert moment(EPOCH, {"type": ["string", "null"], "format": "date-time"}, "x") == "2024-01-01T00:00:00Z"
    assert moment(EPOCH, {"type": "string", "format": "date"}, "x") == "2024-01-01"
    assert moment(EPOCH, {"format": "date-time-rfc-2822"}, "x") == "Mon, 01 Jan 2024 00:00:00 +0000"


def test_names_are_compared_without_case_and_separators() -> None:
    assert plain_name("FriendlyName") == plain_name("friendly_name") == "friendlyname"


def test_a_moment_is_written_as_rfc_3339_has_it() -> None:
    assert iso_8601(0) == "1970-01-01T00:00:00Z"
    assert iso_8601(EPOCH + 0.9) == "2024-01-01T00:00:00Z"
