"""Several limits at once: a token of each, or none. A bucket by itself is in test_token_bucket.py."""

import math

import pytest

from tests.proxy.policies.limits.test_token_bucket import full_bucket, taken_at_once
from tidegate.proxy.policies.limits.limit_set import LimitSet
from tidegate.proxy.policies.limits.token_bucket import TokenBucket


class TestSeveralLimits:
    """A call falls under several limits."""

    def test_a_call_takes_from_all_of_them(self) -> None:
        wide, narrow = full_bucket(100.0, 10)[0], full_bucket(10.0, 2)[0]
        limits = LimitSet([wide, narrow])
        assert [limits.take(2_000.0) for _ in range(2)] == [0.0, 0.0]
        assert limits.take(2_000.0) == pytest.approx(0.1)
        assert taken_at_once(wide, 2_000.0) == 8

    def test_or_from_none(self) -> None:
        wide, narrow = full_bucket(100.0, 10)[0], TokenBucket(10.0, 2, 2_000.0)
        limits = LimitSet([wide, narrow])
        assert all(limits.take(2_000.0) > 0.0 for _ in range(50))
        assert taken_at_once(wide, 2_000.0) == 10

    def test_the_longest_wait_is_the_answer(self) -> None:
        limits = LimitSet(
            [TokenBucket(100.0, 1, 2_000.0), TokenBucket(10.0, 1, 2_000.0), TokenBucket(50.0, 1, 2_000.0)]
        )
        assert limits.ready_in(2_000.0) == pytest.approx(0.1)
        assert limits.take(2_000.0) == pytest.approx(0.1)
        assert limits.rate_per_s == 10.0
        assert limits.used(2_000.0) == pytest.approx(1.0)

    def test_what_is_given_back_and_paused_is_so_for_all(self) -> None:
        limits = LimitSet([full_bucket(10.0, 1)[0], full_bucket(10.0, 1)[0]])
        assert limits.take(2_000.0) == 0.0
        limits.give_back(2_000.0, taken_at=2_000.0)
        assert limits.take(2_000.0) == 0.0
        limits.pause_until(2_009.0)
        assert [bucket.ready_in(2_000.0) for bucket in limits.gauges] == [pytest.approx(9.0)] * 2

    def test_no_limit_admits_everything(self) -> None:
        limits = LimitSet([])
        assert limits.take(5.0) == 0.0
        assert (limits.ready_in(5.0), limits.used(5.0), limits.rate_per_s) == (0.0, 0.0, math.inf)
        assert repr(limits) == "LimitSet()"
