"""Tests of tidegate.proxy.policies.caching.cache_control."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.policies.caching.cache_control import SECONDS_MAX, age_of, parse_cache_control, seconds


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", {}),
        ("no-store", {"no-store": None}),
        ("No-StOrE, Max-Age=5", {"no-store": None, "max-age": "5"}),
        ("max-age=1, max-age=9", {"max-age": "1"}),
        ('private="a, b", max-age="5"', {"private": "a, b", "max-age": "5"}),
        (r'ext="a\"b, max-age=9", max-age=1', {"ext": 'a"b, max-age=9', "max-age": "1"}),
        (",, no-cache ,", {"no-cache": None}),
        ("max-age =5", {}),
        ("max-age= 5", {"max-age": " 5"}),
        ("a b=1, no-cache", {"no-cache": None}),
    ],
)
def test_directives(value: str, expected: dict[str, str | None]) -> None:
    assert parse_cache_control(value) == expected


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("9" * 5000, SECONDS_MAX), ("0" * 5000 + "7", 7),
        ("5", 5), ("003600", 3600), ("99999999999", SECONDS_MAX), ("", 0), ("-1", 0), ("'5'", 0), (" 5", 0), ("5.0", 0),
        ("5a", 0), ("٥", 0),
    ],
)  # fmt: skip
def test_a_lifetime_that_is_no_number_is_none(argument: str, expected: int) -> None:
    assert seconds({"max-age": argument}, "max-age") == expected


def test_a_directive_that_is_not_there_has_no_seconds() -> None:
    assert seconds({"max-age": "5"}, "s-maxage") is None
    assert seconds({"max-age": None}, "max-age") == 0


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], 0), (["7"], 7), ([" 7 "], 7), (["9" * 5000], SECONDS_MAX), (["-1"], SECONDS_MAX),
        (["abc"], SECONDS_MAX),
        (["7;foo=1"], SECONDS_MAX), (["1.5"], SECONDS_MAX), (["0, 0"], SECONDS_MAX), (["0", "0"], SECONDS_MAX),
    ],
)  # fmt: skip
def test_an_age_that_is_not_one_number_is_very_old(lines: list[str], expected: int) -> None:
    assert age_of(lines) == expected


@given(st.text(max_size=200))
def test_whatever_stands_there_is_read_without_an_error(value: str) -> None:
    for name in parse_cache_control(value):
        assert name == name.lower()
        assert seconds(parse_cache_control(value), name) is not None
