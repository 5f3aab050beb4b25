"""Tests of tidegate.proxy.policies.limits.app_quota."""

import random

import pytest

from tidegate.proxy.policies.limits.app_quota import DAY_S, MINUTE_S, AppQuota

DAY_1 = 20_000 * DAY_S


def test_a_minutes_calls_go_at_once_and_then_as_they_come_back() -> None:
    quota = AppQuota(minute=3)
    assert [quota.take(0.0, DAY_1) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert quota.take(0.0, DAY_1) == pytest.approx(20.0)
    assert quota.take(19.0, DAY_1) == pytest.approx(1.0)
    assert quota.take(20.0, DAY_1) == 0.0
    assert quota.take(20.0, DAY_1) == pytest.approx(20.0)


def test_in_no_minute_go_more_than_two_minutes_worth_and_over_time_no_more_than_the_rate() -> None:
    rng, quota, now, taken = random.Random(5), AppQuota(minute=60), 0.0, list[float]()
    for _ in range(5000):
        now += rng.expovariate(3.0)
        if quota.take(now, DAY_1) == 0.0:
            taken.append(now)
    assert len(taken) <= 60 + now / MINUTE_S * 60
    assert len(taken) >= now / MINUTE_S * 60 * 0.99
    assert max(sum(start <= at < start + MINUTE_S for at in taken) for start in taken) <= 120


def test_a_day_is_one_of_utc_and_a_clock_that_goes_back_gives_nothing_twice() -> None:
    quota = AppQuota(day=2)
    assert [quota.take(0.0, DAY_1 + DAY_S - 10) for _ in range(3)] == [0.0, 0.0, 10.0]
    assert quota.take(0.0, DAY_1 + DAY_S) == 0.0
    assert quota.take(0.0, DAY_1 + DAY_S - 10) == 0.0
    assert quota.take(0.0, DAY_1 + DAY_S - 10) > 10.0


def test_what_is_refused_is_not_counted() -> None:
    quota = AppQuota(minute=1, day=2)
    assert quota.take(0.0, DAY_1) == 0.0
    for _ in range(10):
        assert quota.take(0.0, DAY_1) > 0
    assert quota.take(60.0, DAY_1) == 0.0
    assert quota.left(60.0, DAY_1) == {"minute": 0, "day": 0}


def test_a_new_quota_goes_on_from_the_old_one() -> None:
    old, new = AppQuota(minute=2, day=5), AppQuota(minute=4, day=5)
    for _ in range(2):
        old.take(0.0, DAY_1)
    new.inherit(old)
    assert new.left(0.0, DAY_1) == {"minute": 0, "day": 3}
    new.go_on(20_000, 1)
    assert new.used == 2, "a smaller count says nothing"
    new.go_on(20_001, 1)
    assert (new.day_number, new.used) == (20_001, 1)
    assert AppQuota().take(0.0, DAY_1) == 0.0
    assert AppQuota().left(0.0, DAY_1) == {}
