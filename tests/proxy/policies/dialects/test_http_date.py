"""Tests of tidegate.proxy.policies.dialects.http_date."""

import pytest

from tidegate.proxy.policies.dialects.http_date import parse_date, written_date

MOMENT = 784_111_777.0


@pytest.mark.parametrize(
    "written",
    [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        " Sun, 06 Nov 1994 08:49:37 GMT ",
    ],
)
def test_the_three_forms_of_rfc_9110_are_one_moment(written: str) -> None:
    assert parse_date(written) == MOMENT


@pytest.mark.parametrize(
    "written",
    [
        "", "0", "-1", "now", "sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 NOV 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 gmt", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 06 Nov 94 08:49:37 GMT", "Sun 06 Nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08.49.37 GMT", "Sat, 01 Jan 0000 00:00:00 GMT", "Sat Jan  1 00:00:00 0000",
        "Thu, 31 Nov 1994 08:49:37 GMT", "Wed, 29 Feb 2023 08:49:37 GMT", "Wednesday, 29-Feb-23 08:49:37 GMT",
    ],
)  # fmt: skip
def test_anything_else_is_no_date(written: str) -> None:
    assert parse_date(written) is None


def test_a_year_of_two_digits_is_never_more_than_seventy_years_ahead() -> None:
    assert parse_date("Thursday, 01-Jan-70 00:00:00 GMT") == 0.0
    later = parse_date("Friday, 01-Jan-27 00:00:00 GMT")
    assert later is not None
    assert later > MOMENT


def test_a_date_is_written_in_one_form() -> None:
    assert written_date(MOMENT + 0.9) == b"Sun, 06 Nov 1994 08:49:37 GMT"
