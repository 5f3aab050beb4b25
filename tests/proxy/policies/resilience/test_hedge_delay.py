"""Tests of tidegate.proxy.policies.resilience.hedge_delay."""

import random

import pytest

from tidegate.proxy.policies.resilience.hedge_delay import BUCKETS, GROWTH, SAMPLES_MIN, LatencyTail


def after(*times_s: float) -> LatencyTail:
    tail = LatencyTail()
    for took_s in times_s:
        tail.add(took_s)
    return tail


def test_with_few_times_there_is_no_estimate() -> None:
    assert after(*[0.1] * (SAMPLES_MIN - 4)).p95_s is None
    assert after(*[0.1] * 32).p95_s is not None


@pytest.mark.parametrize("seed", range(5))
def test_the_estimate_is_not_below_and_at_most_a_bucket_above(seed: int) -> None:
    rng = random.Random(seed)
    times_s = [rng.lognormvariate(-2.0, 0.8) for _ in range(496)]
    exact = sorted(times_s)[int(0.95 * len(times_s))]
    estimate = after(*times_s).p95_s
    assert estimate is not None
    assert exact / GROWTH**2 <= estimate <= exact * GROWTH**2


def test_what_was_long_ago_fades() -> None:
    tail = after(*[5.0] * 256, *[0.01] * 4096)
    assert tail.p95_s is not None
    assert tail.p95_s < 0.02


@pytest.mark.parametrize("took_s", [0.0, 1e-9, 0.001, 1e9])
def test_any_time_has_a_bucket(took_s: float) -> None:
    tail = after(*[took_s] * 64)
    assert tail.p95_s is not None
    assert 0.001 <= tail.p95_s <= 0.001 * GROWTH ** (BUCKETS - 1)
