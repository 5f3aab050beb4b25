"""Tests of tidegate.proxy.telemetry.series.histogram."""

import random

import pytest

from tidegate.proxy.telemetry.series.histogram import BOUNDS_S, Histogram, TraceExample, quantile


def counts(*seconds: float) -> list[int]:
    made = Histogram()
    for each in seconds:
        made.observe(each)
    return made.counts


def test_each_time_falls_under_the_first_bound_that_it_does_not_exceed() -> None:
    made = Histogram()
    for seconds in (0.005, 0.0051, 10.0, 10.1):
        made.observe(seconds)
    assert (made.counts[:2], made.counts[-2:], sum(made.counts)) == ([1, 1], [1, 1], 4)
    assert made.sum_s == pytest.approx(20.1101)


def test_an_example_stands_at_the_place_of_its_time_and_the_newest_stays() -> None:
    made = Histogram()
    for seconds, wall, trace in ((0.001, 2.0, "a"), (0.02, 1.0, "b"), (0.003, 3.0, "c"), (0.002, 1.0, "late")):
        made.observe(seconds)
        made.exemplify(TraceExample(seconds, wall, trace, ""))
    assert made.examples is not None
    assert {place: example.trace_id for place, example in made.examples.items()} == {0: "c", 2: "b"}


def test_two_histograms_add_up() -> None:
    one, other = Histogram(), Histogram()
    one.observe(0.001)
    other.observe(0.001)
    other.observe(20.0)
    other.exemplify(TraceExample(20.0, 1.0, "t", "s"))
    one.add(other)
    assert (one.counts[0], one.counts[-1], round(one.sum_s, 6)) == (2, 1, 20.002)
    assert one.examples == {len(BOUNDS_S): TraceExample(20.0, 1.0, "t", "s")}


def test_nothing_has_no_median() -> None:
    assert quantile(counts(), 0.5) is None


def test_a_quantile_is_drawn_straight_between_two_bounds() -> None:
    assert quantile(counts(*[0.2] * 100), 0.5) == pytest.approx(0.1 + 0.15 * 0.5)
    assert quantile(counts(0.001, 0.001, 0.001, 2.0), 0.5) == pytest.approx(0.005 * 2 / 3)


def test_what_is_beyond_the_last_bound_counts_as_the_last_bound() -> None:
    assert quantile(counts(60.0), 0.5) == BOUNDS_S[-1]


def test_a_quantile_lies_between_the_bounds_of_the_true_one() -> None:
    rng = random.Random(7)
    for _ in range(50):
        times = sorted(rng.expovariate(4.0) for _ in range(rng.randint(1, 60)))
        for share in (0.5, 0.9, 0.99):
            true = times[max(-(-int(share * 1000) * len(times) // 1000) - 1, 0)]
            upper = next((bound for bound in BOUNDS_S if true <= bound), BOUNDS_S[-1])
            lower = max((bound for bound in BOUNDS_S if bound < true), default=0.0)
            found = quantile(counts(*times), share)
            assert found is not None
            assert min(lower, BOUNDS_S[-1]) <= found <= upper
