"""Tests of tidegate.proxy.desk.delivery_query."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.desk.delivery_query import (
    FIELDS_MAX,
    LIMIT,
    QUERY_CHARS_MAX,
    TEXT_CHARS_MAX,
    DeliveryQuery,
    Misread,
    is_id,
    parse_query,
    read_filter,
    read_query,
)
from tidegate.proxy.store.deliveries import PAGE_MAX, DeliveryFilter

WALL = 1_800_000_000.0
UNREADABLE = "the query cannot be read: write name=value&…, in UTF-8, at most 32 of them"


def read(query: str) -> DeliveryQuery | Misread:
    fields = parse_query(query)
    return fields if isinstance(fields, Misread) else read_query(fields, WALL)


def test_nothing_is_asked_for_and_everything_is_looked_at() -> None:
    assert read("") == DeliveryQuery(DeliveryFilter(), "", LIMIT)


def test_every_filter_is_read() -> None:
    asked = read(
        "box=outbox&state=dead,parked&state=queued&reason=rejected&app=shop&vendor=stripe&operation=Post"
        "&order_key=o-1&text=no%20such&since=2h&until=2026-01-31T10:00:00Z&after=17&limit=9"
    )
    assert asked == DeliveryQuery(
        DeliveryFilter(
            "outbox", ("dead", "parked", "queued"), "rejected", "shop", "stripe", "Post", "o-1", "no such",
            WALL - 7200, 1769853600.0,
        ),
        "17",
        9,
    )  # fmt: skip


@pytest.mark.parametrize("since", ["2026-01-31T11:00:00+01:00", "2026-01-31T11:00:00%2B01:00", "2026-01-31%2010:00:00"])
def test_a_time_may_name_its_zone_with_a_plus_that_is_not_escaped(since: str) -> None:
    asked = read(f"since={since}")
    assert isinstance(asked, DeliveryQuery)
    assert asked.wanted.since_wall == 1769853600.0


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("stat=dead", "there is no filter stat; did you mean state?"),
        ("state=ded", "there is no state ded; did you mean dead?"),
        ("box=outbocks", "there is no box outbocks; did you mean outbox?"),
        ("reason=rejectd", "there is no reason rejectd; did you mean rejected?"),
        ("state=%00", "state is longer than 256 characters, or has some that cannot be shown"),
        ("app=a&app=b", "app is given 2 times; once is enough"),
        ("limit=0", f"limit is a whole number from 1 to {PAGE_MAX}"),
        ("limit=501", f"limit is a whole number from 1 to {PAGE_MAX}"),
        ("limit=-1", f"limit is a whole number from 1 to {PAGE_MAX}"),
        ("limit=1e3", f"limit is a whole number from 1 to {PAGE_MAX}"),
        ("limit=٣", f"limit is a whole number from 1 to {PAGE_MAX}"),
        ("limit=" + "9" * 5000, f"the query is longer than {QUERY_CHARS_MAX} characters"),
        ("after=%0a", "after is no cursor; take it from `next` of the page before"),
        ("after=" + "1" * 300, "after is no cursor; take it from `next` of the page before"),
        ("since=soon", "since is no time; write 2026-01-31T10:00:00Z, or how long ago, like 2h"),
        ("until=2026-02-31", "until is no time; write 2026-01-31T10:00:00Z, or how long ago, like 2h"),
        ("app=%ff", UNREADABLE),
        ("app", UNREADABLE),
        ("&".join(["state=dead"] * (FIELDS_MAX + 1)), UNREADABLE),
        ("text=" + "a" * (TEXT_CHARS_MAX + 1), "text is longer than 256 characters, or has some that cannot be shown"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_its_reason(query: str, why: str) -> None:
    assert read(query) == Misread(why)


@given(st.text(max_size=200))
def test_no_query_makes_it_fail(query: str) -> None:
    asked = read(query)
    assert isinstance(asked, Misread) or asked.limit <= PAGE_MAX


@given(
    st.dictionaries(st.sampled_from(["since", "until", "text", "state"]), st.lists(st.text(max_size=40), min_size=1))
)
def test_no_filter_makes_it_fail(fields: dict[str, list[str]]) -> None:
    wanted = read_filter(fields, WALL)
    assert isinstance(wanted, Misread) or 0 <= wanted.since_wall <= wanted.until_wall or wanted.until_wall < math.inf


@pytest.mark.parametrize(
    ("text", "good"),
    [("d1", True), ("01-ab_c.d", True), ("", False), ("../x", False), ("a" * 129, False), ("é", False), ("a b", False)],
)
def test_an_id_is_short_and_plain(text: str, good: bool) -> None:
    assert is_id(text) is good
