"""Tests of tidegate.proxy.policies.dialects.dialect_reader."""

from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.proxy.call.outcome import NO_HINT, Hint
from tidegate.proxy.policies.dialects.dialect_reader import (
    RETRY_AFTER_MAX_S,
    DialectReader,
    hint_of,
    retry_after_ms,
    retry_after_s,
    should_retry,
)
from tidegate.vendor.dialect_facts import PresetName, dialect_of

WALL = 784_111_777.0
"""Sun, 06 Nov 1994 08:49:37 GMT, the moment that RFC 9110 uses in its examples."""


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        pytest.param("120", 120.0, id="delay-seconds"),
        pytest.param("0", 0.0, id="now"),
        pytest.param("2.0", 2.0, id="a float, as Shopify sends it"),
        pytest.param("0.25", 0.25, id="less than a second"),
        pytest.param(".5", 0.5, id="a float without its nought"),
        pytest.param(" 7 ", 7.0, id="blanks around it"),
        pytest.param("Sun, 06 Nov 1994 08:50:37 GMT", 60.0, id="an HTTP-date"),
        pytest.param("Sunday, 06-Nov-94 08:50:37 GMT", 60.0, id="the obsolete form of RFC 850"),
        pytest.param("Sun Nov  6 08:50:37 1994", 60.0, id="the obsolete form of asctime, which is in GMT"),
        pytest.param("Sun, 06 Nov 1994 09:50:37 +0100", 60.0, id="a zone that is not allowed, and clear"),
        pytest.param("Sun, 06 Nov 1994 08:49:36 GMT", 0.0, id="a date just past is now"),
        pytest.param("Thu, 01 Jan 1970 00:00:00 GMT", 0.0, id="a date long past is now, not a wait"),
        pytest.param("30s", 30.0, id="a delay with its unit"),
        pytest.param("1m0s", 60.0, id="and with several"),
        pytest.param("1994-11-06T08:50:37Z", 60.0, id="a date and time of ISO 8601"),
        pytest.param("Sun Nov 06 1994 09:50:37 GMT+0100 (Central European Standard Time)", 60.0, id="JavaScript's"),
        pytest.param("-5", None, id="a negative delay says nothing"),
        pytest.param("-0.5", None, id="nor does a negative float"),
        pytest.param("", None, id="nor an empty value"),
        pytest.param("soon", None, id="nor a word"),
        pytest.param("nan", None, id="nor what is not a number"),
        pytest.param("inf", None, id="nor an endless delay"),
        pytest.param("1e9", None, id="nor an exponent"),
        pytest.param("1_000", None, id="nor Python's own way to write numbers"),
        pytest.param("1.2.3", None, id="nor two points"),
        pytest.param(".", None, id="nor a point alone"),
        pytest.param("²", None, id="nor digits that are none"),
        pytest.param("12, 13", None, id="nor two values run together"),
        pytest.param("Sun, 99 Nov 1994 08:50:37 GMT", None, id="nor a day that does not exist"),
        pytest.param("Thu, 31 Nov 1994 08:50:37 GMT", None, id="in this month"),
        pytest.param("Sun, 06 Foo 1994 08:50:37 GMT", None, id="nor a month that does not exist"),
        pytest.param("Sun, 06 Nov 99999999999 08:50:37 GMT", None, id="nor a year that no calendar holds"),
        pytest.param("999999", RETRY_AFTER_MAX_S, id="a very long delay is cut"),
        pytest.param("Sun, 06 Nov 2094 08:49:37 GMT", RETRY_AFTER_MAX_S, id="so is a date far away"),
        pytest.param("1784111837", RETRY_AFTER_MAX_S, id="and a moment since 1970 far away"),
        pytest.param("1000000000", RETRY_AFTER_MAX_S, id="a number no delay can be is a moment"),
    ],
)
def test_a_retry_after_is_read_in_all_its_forms(value: str, seconds: float | None) -> None:
    assert retry_after_s(value, None, WALL) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        pytest.param("1700000090", 90.0, id="seconds since 1970"),
        pytest.param("1700000090.5", 90.5, id="with a fraction"),
        pytest.param("1700000090500", 90.5, id="milliseconds since 1970"),
        pytest.param("1699999999", 0.0, id="a moment that has passed is now, never its own number"),
    ],
)
def test_a_moment_since_1970_where_a_delay_belongs_is_a_moment(value: str, seconds: float) -> None:
    assert retry_after_s(value, None, 1_700_000_000.0) == seconds


@pytest.mark.parametrize("skew_s", [-86_400.0, -300.0, 0.0, 300.0, 86_400.0])
def test_a_date_is_measured_by_the_clock_of_the_vendor_that_wrote_it(skew_s: float) -> None:
    vendor_now = WALL + skew_s
    value, vendor_date = formatdate(vendor_now + 30, usegmt=True), formatdate(vendor_now, usegmt=True)
    assert retry_after_s(value, vendor_date, WALL) == 30.0


@pytest.mark.parametrize("vendor_date", [None, "", "yesterday"])
def test_without_a_usable_vendor_date_our_own_clock_serves(vendor_date: str | None) -> None:
    assert retry_after_s("Sun, 06 Nov 1994 08:50:37 GMT", vendor_date, WALL) == 60.0


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d{1,3} [A-Z][a-z]{2} \d{1,6} \d{1,3}:\d{1,3}(:\d{1,3})? .{0,6}"))
def test_whatever_a_vendor_sends_is_a_wait_within_bounds_or_none(value: str) -> None:
    for found in (retry_after_s(value, value, WALL), retry_after_ms(value)):
        assert found is None or 0.0 <= found <= RETRY_AFTER_MAX_S


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        pytest.param("250", 0.25, id="milliseconds"),
        pytest.param("1500.5", 1.5005, id="with a fraction"),
        pytest.param("-1", None, id="a negative delay says nothing"),
        pytest.param("99999999", RETRY_AFTER_MAX_S, id="a very long one is cut"),
    ],
)
def test_retry_after_ms_counts_milliseconds(value: str, seconds: float | None) -> None:
    assert retry_after_ms(value) == seconds


@pytest.mark.parametrize(
    ("value", "word"),
    [("true", True), ("false", False), (" False ", False), ("TRUE", True), ("", None), ("1", None), ("maybe", None)],
)
def test_a_vendor_says_yes_or_no_or_nothing(value: str, word: bool | None) -> None:
    assert should_retry(value) is word


@pytest.mark.parametrize(
    ("headers", "hint"),
    [
        pytest.param({}, NO_HINT, id="nothing said"),
        pytest.param({"Retry-After": "3"}, Hint(3.0, None), id="a wait"),
        pytest.param({"retry-after": "9", "Retry-After-Ms": "250"}, Hint(0.25, None), id="the finer one wins"),
        pytest.param({"Retry-After": "9", "retry-after-ms": "x"}, Hint(9.0, None), id="unless it cannot be read"),
        pytest.param({"Retry-After": "whenever"}, NO_HINT, id="garbage is nothing said"),
        pytest.param({"Stripe-Should-Retry": "false"}, Hint(None, False), id="a no"),
        pytest.param({"Stripe-Should-Retry": "true", "Retry-After": "1"}, Hint(1.0, True), id="a yes with a wait"),
        pytest.param({"Stripe-Should-Retry": "hm"}, NO_HINT, id="a word that is neither"),
        pytest.param({"X-Should-Retry": "false"}, NO_HINT, id="another vendor's header is not this one's"),
        pytest.param(
            {"Retry-After": "Sun, 06 Nov 1994 08:50:37 GMT", "Date": "Sun, 06 Nov 1994 08:50:27 GMT"},
            Hint(10.0, None),
            id="a date against the vendor's clock",
        ),
    ],
)
def test_all_that_an_answer_says_about_a_resend_is_one_hint(headers: dict[str, str], hint: Hint) -> None:
    assert hint_of(CIMultiDictProxy(CIMultiDict(headers)), "Stripe-Should-Retry", WALL) == hint


def test_no_answer_says_nothing() -> None:
    assert hint_of(None, "Stripe-Should-Retry", WALL) == NO_HINT


def test_a_vendor_without_a_hint_header_can_still_ask_for_a_wait() -> None:
    assert hint_of(CIMultiDictProxy(CIMultiDict({"Retry-After": "4"})), None, WALL) == Hint(4.0, None)


@pytest.mark.parametrize(
    ("preset", "lines"),
    [
        pytest.param("ietf-03", [("RateLimit-Limit", "100"), ("RateLimit-Limit", "100;w=60")], id="draft 03"),
        pytest.param(
            "ietf-07",
            [("RateLimit", "limit=100, remaining=1"), ("RateLimit-Policy", "10;w=1"), ("RateLimit-Policy", "100;w=60")],
            id="draft 07",
        ),
        pytest.param(
            "ietf-10", [("RateLimit-Policy", '"a";q=10;w=1'), ("RateLimit-Policy", '"b";q=100;w=60')], id="draft 10"
        ),
    ],
)
def test_a_list_in_several_lines_is_one_list(preset: PresetName, lines: list[tuple[str, str]]) -> None:
    reports = DialectReader(dialect_of(preset)).read(CIMultiDictProxy(CIMultiDict(lines)), None, WALL)
    assert (reports[-1].limit, reports[-1].window_s) == (100.0, 60.0)
