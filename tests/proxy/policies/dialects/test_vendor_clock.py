"""Tests of tidegate.proxy.policies.dialects.vendor_clock."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.policies.dialects.vendor_clock import VendorClock

WALL = 1_700_000_000.0


def test_before_any_answer_our_own_clock_serves() -> None:
    clock = VendorClock(50.0, WALL)
    assert clock.early(51.0) == clock.late(51.0) == WALL + 1.0


def test_one_answer_bounds_the_vendors_clock_to_a_second_and_the_round_trip() -> None:
    clock = VendorClock(0.0, WALL)
    clock.observe(10.0, 10.2, 5_000.0)
    assert clock.early(10.2) == pytest.approx(5_000.0)
    assert clock.late(10.0) == pytest.approx(5_001.0)


@given(st.floats(-1e6, 1e6), st.integers(0, 100))
def test_the_truth_always_lies_within_and_the_bounds_get_narrow(skew_s: float, seed: int) -> None:
    rng, now, clock = random.Random(seed), 100.0, VendorClock(100.0, WALL)
    for _ in range(200):
        there_s, back_s = 0.02 + 0.18 * rng.random(), 0.02 + 0.18 * rng.random()
        clock.observe(now, now + there_s + back_s, float(int(WALL + skew_s + now + there_s)))
        assert clock.lo - 1e-3 <= WALL + skew_s <= clock.hi + 1e-3
        now += 0.37
    assert clock.hi - clock.lo < 0.4
    assert 0.04 <= clock.rtt_min_s < 0.2


def test_a_clock_that_is_set_anew_is_believed() -> None:
    clock = VendorClock(0.0, WALL)
    clock.observe(10.0, 10.1, 5_000.0)
    clock.observe(20.0, 20.1, 9_000.0)
    assert clock.early(20.1) == pytest.approx(9_000.0)


def test_a_way_that_has_become_longer_is_learned() -> None:
    clock = VendorClock(0.0, 0.0)
    clock.observe(0.0, 0.01, 0.0)
    for second in range(1, 5_000):
        clock.observe(float(second), second + 0.3, float(second))
    assert clock.rtt_min_s == pytest.approx(0.3, rel=0.01)
    assert repr(clock).startswith("VendorClock(")
