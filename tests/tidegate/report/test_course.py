"""What fell into each part of a run."""

from hypothesis import given
from hypothesis import strategies as st

from tidegate.report.course import PARTS_MAX, Course, percentile


def test_parts_have_a_usual_length_and_cover_the_run() -> None:
    assert Course.of(600) == Course(10, 60)
    assert Course.of(12) == Course(0.2, 60)
    assert Course.of(0).parts == 1


@given(st.floats(0, 1e7), st.lists(st.floats(-10, 2e7), max_size=20))
def test_nothing_is_left_out_and_there_are_never_too_many_parts(seconds: float, times_s: list[float]) -> None:
    course = Course.of(seconds)
    assert 1 <= course.parts <= PARTS_MAX
    assert course.span_s >= seconds * (1 - 1e-6)
    assert sum(course.counts(times_s)) == len(times_s)
    assert course.sums(times_s)[-1] == len(times_s)


def test_each_part_has_its_highest_value_and_its_share() -> None:
    course = Course(1.0, 3)
    points = [(0.1, 1.0), (0.9, 5.0), (2.5, 2.0)]
    assert course.highest(points) == [5.0, None, 2.0]
    assert course.carried(points[:2]) == [5.0, 5.0, 5.0]
    assert course.carried(points[2:]) == [None, None, 2.0]
    assert course.percentiles(points, 0.5) == [1.0, None, 2.0]


def test_a_percentile_is_a_value_that_was_there() -> None:
    assert percentile([], 0.5) == 0
    assert [percentile([3.0, 1.0, 2.0], share) for share in (0.0, 0.5, 0.99, 1.0)] == [1, 2, 3, 3]
