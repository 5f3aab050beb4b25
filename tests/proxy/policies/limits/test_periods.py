"""Tests of tidegate.proxy.policies.limits.periods."""

from calendar import timegm

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.policies.limits.periods import DAY_S, Every, Months, Periods, zone_s


@pytest.mark.parametrize("periods", [Every(1.0), Every(3600.0), Every(DAY_S, -8 * 3600.0), Months(), Months(3600.0)])
@given(st.floats(0.0, 4e9))
def test_every_moment_lies_in_its_period_and_in_no_other(periods: Periods, wall: float) -> None:
    number = periods.number(wall)
    assert periods.begins(number) <= wall + 1e-5
    assert wall < periods.begins(number + 1) + 1e-5


@pytest.mark.parametrize(
    ("date", "offset_s", "begins"),
    [
        pytest.param((2024, 2, 29, 23, 59, 59), 0.0, (2024, 2, 1, 0, 0, 0), id="a leap day belongs to February"),
        pytest.param((2024, 3, 1, 0, 0, 0), 0.0, (2024, 3, 1, 0, 0, 0), id="midnight belongs to the new month"),
        pytest.param(
            (2023, 12, 31, 23, 30, 0), 3600.0, (2023, 12, 31, 23, 0, 0), id="the zone is ahead: already January"
        ),
        pytest.param((2024, 1, 1, 5, 0, 0), -28800.0, (2023, 12, 1, 8, 0, 0), id="the zone is behind: still December"),
    ],
)
def test_months_are_those_of_the_calendar(date: tuple[int, ...], offset_s: float, begins: tuple[int, ...]) -> None:
    months = Months(offset_s)
    assert months.begins(months.number(timegm(date))) == timegm(begins)


@pytest.mark.parametrize(("written", "seconds"), [("+00:00", 0.0), ("-08:00", -28800.0), ("+05:30", 19800.0)])
def test_a_zone_is_read(written: str, seconds: float) -> None:
    assert zone_s(written) == seconds
