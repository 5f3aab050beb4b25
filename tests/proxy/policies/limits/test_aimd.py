"""Tests of tidegate.proxy.policies.limits.aimd."""

import pytest

from tidegate.proxy.policies.limits.aimd import CUT, RATE_FIRST_PER_S, RATE_MAX_PER_S, RATE_MIN_PER_S, AimdLimit


def play(bucket: AimdLimit, now: float, seconds: float, vendor_per_s: float = float("inf")) -> tuple[float, int, int]:
    """Take all there is; the vendor refuses what is beyond its own rate. Time, takes and refusals after it."""
    end, taken, refused, tokens, at = now + seconds, 0, 0, 1.0, now
    while (now := now + bucket.ready_in(now) + 1e-9) < end:
        bucket.charge(now)
        taken += 1
        tokens, at = min(tokens + (now - at) * vendor_per_s, max(vendor_per_s, 1.0)), now
        if tokens >= 1.0:
            tokens -= 1.0
        else:
            refused += 1
            bucket.refused(now, now)
    return end, taken, refused


def test_it_grows_while_it_is_used_and_never_refused() -> None:
    bucket = AimdLimit(0.0)
    now, _, _ = play(bucket, 0.0, 12.0)
    assert bucket.rate_per_s > 20 * RATE_FIRST_PER_S
    play(bucket, now, 20.0)
    assert bucket.rate_per_s <= RATE_MAX_PER_S


def test_a_rate_that_is_not_used_is_not_raised() -> None:
    bucket = AimdLimit(0.0)
    for second in range(1, 60):
        if bucket.ready_in(float(second)) == 0.0:
            bucket.charge(float(second))
    assert bucket.rate_per_s == RATE_FIRST_PER_S


def test_it_finds_a_rate_that_nobody_told_it() -> None:
    bucket = AimdLimit(0.0)
    now, _, _ = play(bucket, 0.0, 60.0, vendor_per_s=50.0)
    _, taken, refused = play(bucket, now, 120.0, vendor_per_s=50.0)
    assert taken - refused >= 0.75 * 50 * 120
    assert refused <= 0.05 * taken


def test_a_refusal_cuts_it_and_the_refusals_of_one_mistake_cut_it_once() -> None:
    bucket = AimdLimit(0.0)
    for at in (5.0, 5.1, 5.9):
        bucket.refused(at, at - 0.2)
    assert bucket.rate_per_s == pytest.approx(RATE_FIRST_PER_S * CUT)
    bucket.refused(7.0, 4.9)  # it left before the cut
    assert bucket.rate_per_s == pytest.approx(RATE_FIRST_PER_S * CUT)
    bucket.refused(7.0, 6.9)
    assert bucket.rate_per_s == pytest.approx(RATE_FIRST_PER_S * CUT**2)


def test_it_never_falls_to_nothing() -> None:
    bucket = AimdLimit(0.0)
    for second in range(1, 100):
        bucket.refused(float(2 * second), 2.0 * second)
    assert bucket.rate_per_s == RATE_MIN_PER_S


def test_it_is_a_bucket_like_any_other() -> None:
    bucket = AimdLimit(0.0)
    assert bucket.ready_in(0.0) > 0.0
    bucket.charge(5.0)
    bucket.hold(5.0)
    bucket.leave(5.1, 5.0)
    bucket.give_back(5.1, 5.1)
    bucket.pause_until(9.0)
    assert bucket.ready_in(5.2) == pytest.approx(3.8)
    assert bucket.used(5.2) == 1.0
    assert repr(bucket) == "AimdLimit(10/s)"
