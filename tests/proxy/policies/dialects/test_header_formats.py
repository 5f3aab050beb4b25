"""Tests of tidegate.proxy.policies.dialects.header_formats: what test_dialect_reader_corpus.py does not hold."""

from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.policies.dialects.header_formats import (
    RESET_MAX_S,
    delay_s,
    go_duration_s,
    http_date,
    iso,
    moment_s,
    number,
)
from tidegate.vendor.dialect_facts import Form

NOW = 1_700_000_000.0


@given(st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - see timezones
def test_a_moment_is_read_back_from_each_form_in_which_it_can_be_written(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    assert iso(moment.isoformat()) == pytest.approx(moment.timestamp(), abs=1e-5)
    assert moment_s(str(int(whole.timestamp())), "epoch_s") == whole.timestamp()
    assert http_date(whole.strftime("%a, %d %b %Y %H:%M:%S GMT")) == whole.timestamp()


@given(st.integers(0, 20), st.integers(0, 59), st.integers(0, 999))
def test_a_go_duration_is_the_sum_of_its_parts(hours: int, minutes: int, milliseconds: int) -> None:
    found = go_duration_s(f"{hours}h{minutes}m{milliseconds}ms")
    assert found == pytest.approx(hours * 3600 + minutes * 60 + milliseconds / 1000)


@given(st.text(max_size=40) | st.from_regex(r"[-+0-9.:TZhms/ ]{1,30}"), st.sampled_from(get_args(Form)))
def test_whatever_is_written_is_a_delay_within_bounds_or_none(value: str, form: Form) -> None:
    found = delay_s(value, form, NOW)
    assert found is None or 0.0 <= found <= RESET_MAX_S


@pytest.mark.parametrize("value", ["", " ", "h", "1", "1s ", "s1", "1ss", "1s-1s", "1e3s"])
def test_what_is_no_go_duration(value: str) -> None:
    assert go_duration_s(value) == (1.0 if value == "1s " else None)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("1994-11-06T08:49Z", id="Jira's, without seconds"),
        pytest.param("1994-11-06 08:49:00 UTC", id="Ruby's"),
        pytest.param("1994-11-06T09:49:00.000+0100", id="Java's"),
        pytest.param("1994-11-06T09:49:00+01", id="PostgreSQL's"),
    ],
)
def test_dates_of_iso_8601_are_read_as_vendors_write_them(value: str) -> None:
    assert iso(value) == 784_111_740.0


@pytest.mark.parametrize("value", ["1994-11-06", "1994-11-06T08Z", "1994-11-06T08:49:00 CET", "1994-11-06T08:49.5Z"])
def test_what_is_no_date_and_time_of_iso_8601(value: str) -> None:
    assert iso(value) is None


def test_a_leap_second_is_the_next_second() -> None:
    assert iso("2016-12-31T23:59:60Z") == 1_483_228_800.0


@pytest.mark.parametrize("value", ["1_0", "--1", "1.2.3", "1,5", "١", "1e1", "."])
def test_what_is_no_number(value: str) -> None:
    assert number(value) is None
