"""Tests of tidegate.proxy.settings.telemetry_settings."""

import pytest

from tidegate.proxy.settings.telemetry_settings import NO_LOGS, checked_log


@pytest.mark.parametrize("place", ["stderr", "none", "calls.log", "./stdout", "/dev/stdout"])
def test_a_word_or_a_path_says_where_lines_go(place: str) -> None:
    assert checked_log(place) == place


@pytest.mark.parametrize("place", sorted((*NO_LOGS, "STDERR", "None")))
def test_what_other_programs_take_for_a_log_makes_no_file_of_that_name(place: str) -> None:
    with pytest.raises(ValueError, match="write stderr, none, or the path of a file"):
        checked_log(place)


@pytest.mark.parametrize("place", ["", " ", "${LOG}", "{{ log }}"])
def test_a_path_is_written_out(place: str) -> None:
    with pytest.raises(ValueError, match="path"):
        checked_log(place)
