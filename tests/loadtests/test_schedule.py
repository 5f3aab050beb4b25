"""The shape of a burst, and the numbers that make none."""

import pytest

from tidegate.loadtests.schedule import LoadShape
from tidegate.problems import UsageError


def test_the_burst_lies_in_the_middle_and_has_ten_times_the_rate() -> None:
    shape = LoadShape(rate_per_s=20, seconds=9)
    assert [rate_per_s for _, _, rate_per_s in shape.phases] == [20, 200, 20]
    assert [begin for begin, _, _ in shape.phases] == [0, 3, 6]
    assert shape.peak_per_s == 200


@pytest.mark.parametrize("numbers", [(0, 9, 10, 3), (-1, 9, 10, 3), (20, 9, 0, 3), (20, 9, 10, -1)])
def test_numbers_that_make_no_run_are_refused(numbers: tuple[float, float, float, float]) -> None:
    with pytest.raises(UsageError, match="above 0"):
        LoadShape(*numbers)


def test_a_run_shorter_than_its_burst_is_refused_and_says_what_would_do() -> None:
    with pytest.raises(UsageError, match="choose --seconds above the burst"):
        LoadShape(rate_per_s=20, seconds=3)
