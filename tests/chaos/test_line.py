"""Tests of tidegate.chaos.line."""

import random

from tidegate.chaos.line import Line


def test_a_way_takes_its_time_and_up_to_its_jitter_more() -> None:
    line = Line(0.02, random.Random(1))
    assert {line.delay() for _ in range(10)} == {0.02}
    line.jitter_s = 0.18
    drawn = [line.delay() for _ in range(1000)]
    assert 0.02 <= min(drawn) < 0.03
    assert 0.19 < max(drawn) <= 0.2


def test_the_same_seed_draws_the_same_delays() -> None:
    one, other = Line(0.0, random.Random(5)), Line(0.0, random.Random(5))
    one.jitter_s = other.jitter_s = 1.0
    assert [one.delay() for _ in range(5)] == [other.delay() for _ in range(5)]
