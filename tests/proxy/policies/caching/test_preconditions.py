"""Tests of tidegate.proxy.policies.caching.preconditions."""

import pytest

from tests.proxy.policies.stored_answers import DATE, WALL, headers
from tidegate.proxy.policies.caching.preconditions import for_the_whole, not_modified, span

EARLIER, LATER = "Sun, 06 Nov 1994 08:48:37 GMT", "Sun, 06 Nov 1994 08:50:37 GMT"


@pytest.mark.parametrize(
    ("asked", "held", "expected"),
    [
        ({}, {"ETag": '"a"'}, False),
        ({"If_None_Match": '"a"'}, {"ETag": '"a"'}, True),
        ({"If_None_Match": '"b"'}, {"ETag": '"a"'}, False),
        ({"If_None_Match": '"b", W/"a"'}, {"ETag": '"a"'}, True),
        ({"If_None_Match": '"a"'}, {"ETag": 'W/"a"'}, True),
        ({"If_None_Match": "*"}, {}, True),
        ({"If_None_Match": '"a,b"'}, {"ETag": '"a,b"'}, True),
        ({"If_None_Match": '"c", W/"a,b"'}, {"ETag": '"a,b"'}, True),
        ({"If_None_Match": '"a,*,b"'}, {"ETag": '"c"'}, False),
        ({"If_None_Match": '"a,b,c"'}, {"ETag": "b"}, False),
        ({"If_None_Match": "a, b"}, {"ETag": "b"}, True),
        ({"If_None_Match": '"a"'}, {}, False),
        ({"If_None_Match": '"b"', "If_Modified_Since": LATER}, {"ETag": '"a"', "Last_Modified": DATE}, False),
        ({"If_Modified_Since": DATE}, {"Last_Modified": DATE}, True),
        ({"If_Modified_Since": LATER}, {"Last_Modified": DATE}, True),
        ({"If_Modified_Since": EARLIER}, {"Last_Modified": DATE}, False),
        ({"If_Modified_Since": LATER}, {"Date": DATE}, True),
        ({"If_Modified_Since": EARLIER}, {}, False),
        ({"If_Modified_Since": "yesterday"}, {"Last_Modified": DATE}, False),
    ],
)
def test_whether_the_app_has_it_already(asked: dict[str, str], held: dict[str, str], expected: bool) -> None:
    assert not_modified(headers(**asked), headers(**held), WALL) is expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("bytes=0-1", (0, 1)), ("bytes=1-", (1, 9)), ("bytes=-3", (7, 9)), ("bytes=-30", (0, 9)),
        ("bytes=5-99", (5, 9)), ("Bytes=0-1", (0, 1)),
        ("bytes=10-", ()), ("bytes=10-11", ()), ("bytes=-0", ()),
        ("bytes=0-1,3-4", None), ("bytes=4-3", None), ("bytes=11-10", None), ("bytes=-", None),
        ("bytes=" + "9" * 5000 + "-", None), ("bytes=-" + "9" * 5000, None),
        ("lines=1-2", None), ("", None),
    ],
)  # fmt: skip
def test_the_one_range_that_is_asked_for(wanted: str, expected: tuple[int, ...] | None) -> None:
    assert span(headers(Range=wanted), 10) == expected


def test_a_range_under_a_condition_is_left_alone() -> None:
    assert span(headers(Range="bytes=0-1", If_Range='"a"'), 10) is None
    assert span(headers(Range="bytes=0-1"), 0) is None


def test_a_request_for_the_whole_has_no_conditions_and_no_range() -> None:
    lines = ((b"if-none-match", b'"a"'), (b"Range", b"bytes=0-1"), (b"IF-RANGE", b'"a"'), (b"Accept", b"*/*"))
    assert for_the_whole(lines) == ((b"Accept", b"*/*"),)
