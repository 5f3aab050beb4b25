"""Durations, rates, shares and secret references are read as written, and refused with a cure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.configfile.units import (
    Rate,
    parse_duration,
    parse_rate,
    parse_share,
    written_duration,
    written_share,
)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("250ms", 0.25), ("2s", 2.0), ("2.5s", 2.5), ("5m", 300.0), ("24h", 86400.0), ("90d", 7776000.0), ("0s", 0.0)],
)
def test_a_duration_is_a_number_with_its_unit(written: str, seconds: float) -> None:
    assert parse_duration(written) == pytest.approx(seconds)


@pytest.mark.parametrize("written", ["10", 10, 10.0, "10 s", "s", "-1s", "1.s", "10sec", "", None, True, "1s\n"])
def test_what_has_no_unit_is_no_duration(written: object) -> None:
    with pytest.raises(ValueError, match="is not a duration; write a number with its unit"):
        parse_duration(written)


def test_a_rate_is_a_count_in_a_period() -> None:
    assert parse_rate("5000/h") == Rate(5000, 3600)
    assert parse_rate("100/s").per_second == 100
    assert str(parse_rate("100/s")) == "100/s"
    assert str(parse_rate("1.5/m")) == "1.5/m"


@pytest.mark.parametrize("written", ["0/s", "100", "100/sec", "/s", 100, None, "100/ms"])
def test_what_is_no_rate_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="is not a rate"):
        parse_rate(written)


def test_a_share_is_a_percentage() -> None:
    assert parse_share("10%") == pytest.approx(0.1)
    for written in ("10", 0.1, "%", None):
        with pytest.raises(ValueError, match="is not a share"):
            parse_share(written)


@given(st.integers(0, 10_000_000))
def test_a_written_duration_reads_back_as_itself(milliseconds: int) -> None:
    seconds = milliseconds / 1000
    assert parse_duration(written_duration(seconds)) == pytest.approx(seconds, rel=1e-5)


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0.25, "250ms"), (90, "1.5m"), (86400, "1d"), (5400, "1.5h"), (0, "0s"), (12.34, "12.34s"), (100.05, "100.05s")],
)
def test_a_duration_is_written_in_its_largest_plain_unit(seconds: float, written: str) -> None:
    assert written_duration(seconds) == written


def test_a_share_is_written_as_a_percentage() -> None:
    assert written_share(0.1) == "10%"
    assert written_share(0.025) == "2.5%"
