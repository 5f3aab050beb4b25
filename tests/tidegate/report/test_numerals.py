"""Numbers and times as a report shows them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.report.numerals import duration, shown, step, step_s, tick


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1234, "1,234"), (0.01234, "0.0123"), (12.3456, "12.3"), (1234.5, "1,234"), (math.inf, "–")],
)
def test_a_number_has_three_figures_or_is_whole(value: float, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (950, "950"), (20_000, "20k"), (3.5e6, "3.5M"), (2e9, "2G")])
def test_a_mark_of_an_axis_is_short(value: float, text: str) -> None:
    assert tick(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"), (0.0004, "0.4 ms"), (0.25, "0.25 s"), (59.4, "59.4 s"), (75, "1 min 15 s"), (119.7, "2 min"),
        (600, "10 min"), (3600, "1 h"), (3661, "1 h 1 min 1 s"), (math.nan, "–"),
    ],
)  # fmt: skip
def test_a_time_is_said_as_people_say_it(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@given(st.floats(1e-3, 1e9), st.integers(1, 200))
def test_so_many_steps_cover_the_span_and_no_more_than_allowed(span_s: float, parts_max: int) -> None:
    assert math.ceil(span_s / step_s(span_s, parts_max) - 1e-9) <= parts_max
    assert step(span_s, parts_max) >= 1
    assert math.ceil(span_s / step(span_s, parts_max) - 1e-9) <= parts_max
