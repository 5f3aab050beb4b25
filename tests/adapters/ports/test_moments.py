"""Moments."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tidegate.adapters.ports.moments import in_utc, read_epoch, read_moment

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_a_moment_is_told_in_utc() -> None:
    assert read_moment("2026-01-01T14:00:00+02:00") == NOON
    assert read_moment("2026-01-01T12:00:00Z").tzinfo is UTC
    assert read_epoch(1_767_268_800) == NOON
    assert in_utc(NOON.astimezone(timezone(timedelta(hours=5)))) == NOON


@pytest.mark.parametrize("text", ["2026-01-01T12:00:00", "2026-01-01", "noon", "", "0001-01-01T00:00:00+14:00"])
def test_a_time_without_an_offset_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_moment(text)


@pytest.mark.parametrize("seconds", [1e300, float("nan"), -1e18, 2**62])
def test_a_count_of_seconds_beyond_all_years_is_no_moment(seconds: float) -> None:
    with pytest.raises(ValueError, match="years"):
        read_epoch(seconds)
