"""Tests of tidegate.proxy.policies.delivery.delivery_backoff."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.policies.delivery.delivery_backoff import (
    BASE_S,
    CAP_S,
    LONG_AFTER_S,
    LONG_CAP_S,
    added_jitter_s,
    backoff_s,
)

SEEDS = st.integers(0, 2**32)


def longest(tries: int, tried_for_s: float, **changes: float) -> float:
    """The greatest of many draws."""
    rng = random.Random(7)
    return max(backoff_s(tries, tried_for_s, rng, **changes) for _ in range(2000))


@pytest.mark.parametrize(
    ("tries", "tried_for_s", "ceiling"),
    [
        (0, 0.0, BASE_S), (1, 0.0, 1.0), (2, 0.0, 2.0), (6, 0.0, 32.0), (7, 0.0, CAP_S), (500, 599.0, CAP_S),
        (500, LONG_AFTER_S, LONG_CAP_S), (3, LONG_AFTER_S, 4.0),
    ],
)  # fmt: skip
def test_the_ceiling_doubles_up_to_a_cap_that_is_higher_in_a_long_outage(
    tries: int, tried_for_s: float, ceiling: float
) -> None:
    assert 0.99 * ceiling < longest(tries, tried_for_s) <= ceiling


def test_a_cap_of_its_own_holds_in_a_long_outage_too() -> None:
    assert 29.0 < longest(500, 1e6, base_s=0.1, cap_s=30.0) <= 30.0


def test_the_draw_is_spread_over_all_that_is_below() -> None:
    rng = random.Random(7)
    draws = [backoff_s(4, 0.0, rng) for _ in range(2000)]
    assert min(draws) < 0.1
    assert 3.8 < sum(draws) / len(draws) < 4.2


@given(st.integers(0, 10_000), st.floats(0, 1e9), st.floats(0, 1e6), SEEDS)
def test_what_was_asked_for_is_never_shortened(tries: int, tried_for_s: float, asked_s: float, seed: int) -> None:
    wait_s = backoff_s(tries, tried_for_s, random.Random(seed), retry_after_s=asked_s)
    assert asked_s <= wait_s <= max(LONG_CAP_S, 1.1 * asked_s)
    assert wait_s == backoff_s(tries, tried_for_s, random.Random(seed), retry_after_s=asked_s)


@given(st.integers(0, 10_000), SEEDS)
def test_with_added_jitter_the_wait_is_never_below_its_ceilings_foot(tries: int, seed: int) -> None:
    wait_s = added_jitter_s(tries, random.Random(seed), base_s=0.1, cap_s=30.0)
    foot = min(0.1 * 2.0 ** min(max(tries, 1) - 1, 20), 30.0)
    assert foot <= wait_s <= min(foot + 0.1, 30.0)


def test_five_tries_with_added_jitter_take_less_than_four_seconds() -> None:
    rng = random.Random(7)
    waits = [added_jitter_s(tries, rng, base_s=0.1, cap_s=30.0) for tries in range(1, 5)]
    assert 1.5 <= sum(waits) <= 1.9
