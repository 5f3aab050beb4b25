"""Tests of tidegate.proxy.policies.limits.token_bucket."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tidegate.proxy.policies.limits.token_bucket import TokenBucket


def full_bucket(rate_per_s: float, burst: int, spread_s: float = 0.0) -> tuple[TokenBucket, float]:
    """A bucket that has had the time to fill, and the time it is."""
    return TokenBucket(rate_per_s, burst, 1_000.0, spread_s), 1_000.0 + burst / rate_per_s + 1.0


def taken_at_once(bucket: TokenBucket, now: float) -> int:
    taken = 0
    while bucket.take(now) == 0.0:
        taken += 1
    return taken


def test_a_bucket_starts_empty_so_that_a_crash_does_not_double_a_burst() -> None:
    bucket = TokenBucket(10.0, 20, 1_000.0)
    assert bucket.take(1_000.0) == pytest.approx(0.1)
    assert bucket.used(1_000.0) == pytest.approx(1.0)
    assert taken_at_once(bucket, 1_000.5) == 5


@pytest.mark.parametrize("burst", [1, 2, 20])
def test_a_full_bucket_lends_its_burst_and_then_one_each_interval(burst: int) -> None:
    bucket, now = full_bucket(10.0, burst)
    assert taken_at_once(bucket, now) == burst
    assert bucket.take(now) == pytest.approx(0.1)
    assert taken_at_once(bucket, now + 0.1) == 1


def test_a_refused_take_takes_nothing() -> None:
    bucket, now = full_bucket(10.0, 1)
    assert bucket.take(now) == 0.0
    waits = [bucket.take(now) for _ in range(5)]
    assert waits == [waits[0]] * 5
    assert bucket.ready_in(now) == waits[0]


def test_a_bucket_never_holds_more_than_its_depth() -> None:
    bucket, now = full_bucket(10.0, 3)
    assert taken_at_once(bucket, now + 1e6) == 3


@given(st.floats(0.01, 5_000.0), st.integers(1, 50), st.floats(0.0, 1e7))
def test_whoever_waits_as_long_as_told_gets_a_token(rate_per_s: float, burst: int, start: float) -> None:
    now = start
    bucket = TokenBucket(rate_per_s, burst, now)
    for _ in range(10):
        now += bucket.take(now)
        wait_s = bucket.ready_in(now)
        if wait_s:
            # A clock can only show so many digits; it must at least go forward by what is asked for.
            assert now + wait_s > now
            now = math.nextafter(now + wait_s, math.inf)
        assert bucket.take(now) == 0.0


def test_a_wait_shorter_than_the_clock_can_show_is_no_wait() -> None:
    bucket, now = full_bucket(3.0, 1)
    assert bucket.take(now) == 0.0
    assert bucket.take(now + 1 / 3 - 1e-10) == 0.0


class TestGivingBack:
    """A token comes back where its attempt was not sent."""

    def test_the_token_of_an_attempt_that_was_not_sent_can_be_taken_again(self) -> None:
        bucket, now = full_bucket(10.0, 2)
        assert taken_at_once(bucket, now) == 2
        bucket.give_back(now + 0.01, taken_at=now)
        assert bucket.take(now + 0.02) == 0.0
        assert bucket.take(now + 0.02) > 0.0

    def test_without_a_time_the_token_counts_as_taken_just_now(self) -> None:
        bucket, now = full_bucket(10.0, 1)
        assert bucket.take(now) == 0.0
        bucket.give_back(now)
        assert bucket.take(now) == 0.0

    def test_a_token_that_has_flowed_in_again_meanwhile_is_not_lent_twice(self) -> None:
        bucket, now = full_bucket(10.0, 2)
        assert bucket.take(now) == 0.0
        later = now + 60.0
        assert bucket.take(later) == 0.0
        bucket.give_back(later, taken_at=now)
        assert taken_at_once(bucket, later) == 1

    def test_a_token_from_before_a_pause_does_not_shorten_the_pause(self) -> None:
        bucket, now = full_bucket(10.0, 2)
        assert bucket.take(now) == 0.0
        bucket.pause_until(now + 5.0)
        bucket.give_back(now, taken_at=now)
        assert bucket.ready_in(now) == pytest.approx(5.0)

    def test_what_left_later_than_it_was_taken_comes_back_all_the_same(self) -> None:
        bucket, now = full_bucket(1.0, 1000, spread_s=0.2)
        for _ in range(3):
            assert bucket.take(now, 600.0) == 0.0
            bucket.hold(now, 600.0)
            bucket.leave(now + 0.001, now, 600.0)
            bucket.give_back(now + 0.002, now, 550.0)
            now += 0.003
        assert bucket.used(now) == pytest.approx(0.15)

    def test_what_waits_for_a_connection_is_counted_until_it_has_left_and_arrived(self) -> None:
        bucket, now = full_bucket(100.0, 20, spread_s=0.1)
        for _ in range(20):
            assert bucket.take(now) == 0.0
            bucket.hold(now)
        assert bucket.ready_in(now + 5.0) > 0.0
        for _ in range(20):
            bucket.leave(now + 5.0, now)
        assert bucket.ready_in(now + 5.05) == pytest.approx(0.06)


class TestPausing:
    """The vendor said when to come back."""

    def test_nothing_is_lent_before_the_moment_the_vendor_named(self) -> None:
        bucket, now = full_bucket(10.0, 5)
        bucket.pause_until(now + 3.0)
        assert bucket.take(now + 2.9) == pytest.approx(0.1)
        assert bucket.used(now + 1.0) == pytest.approx(1.0)

    def test_after_it_calls_leave_at_the_rate_and_not_in_a_burst(self) -> None:
        bucket, now = full_bucket(10.0, 5)
        bucket.pause_until(now + 3.0)
        assert taken_at_once(bucket, now + 3.0) == 1
        assert taken_at_once(bucket, now + 3.1) == 1

    def test_a_shorter_pause_does_not_end_a_longer_one(self) -> None:
        bucket, now = full_bucket(10.0, 5)
        bucket.pause_until(now + 3.0)
        bucket.pause_until(now + 1.0)
        assert bucket.ready_in(now) == pytest.approx(3.0)

    def test_a_pause_without_depth_ends_when_it_should(self) -> None:
        bucket, now = full_bucket(10.0, 1, spread_s=0.05)
        bucket.pause_until(now + 3.0)
        assert bucket.ready_in(now) == pytest.approx(3.0)


def test_with_a_spread_requests_that_bunch_on_the_wire_still_keep_the_limit() -> None:
    spread_s, rng = 0.35, random.Random(3)
    bucket, now = full_bucket(10.0, 5, spread_s)
    arrivals = []
    for _ in range(300):
        now += bucket.ready_in(now) + 1e-9
        assert bucket.take(now) == 0.0
        arrivals.append(now + rng.random() * spread_s)
    arrivals.sort()
    for first in range(300):
        for last in range(first, min(first + 30, 300)):
            assert last - first + 1 <= 10.0 * (arrivals[last] - arrivals[first]) + 5 + 1e-6


def test_with_a_spread_a_quiet_bucket_still_lends_its_whole_burst_at_once() -> None:
    bucket, now = full_bucket(100.0, 20, spread_s=0.18)
    assert taken_at_once(bucket, now) == 20
    # The vendor may see all of them only when the spread is over: nothing flows in for it before.
    assert bucket.ready_in(now) == pytest.approx(0.19)


def test_with_a_spread_the_full_rate_is_kept_under_load() -> None:
    bucket, now = full_bucket(100.0, 20, spread_s=0.18)
    began, taken = now, 0
    while now < began + 60.0:
        now += bucket.ready_in(now) + 1e-9
        assert bucket.take(now) == 0.0
        taken += 1
    assert taken >= 100 * 60


def test_units_are_taken_and_returned_in_any_amount() -> None:
    bucket, now = full_bucket(50.0, 1000)
    assert bucket.take(now, 700.0) == 0.0
    assert bucket.take(now, 400.0) == pytest.approx(2.0)
    bucket.give_back(now, now, 650.0)
    assert bucket.take(now, 400.0) == 0.0
    assert bucket.take(now, 551.0) == pytest.approx(0.02)


def test_more_than_the_depth_is_lent_when_all_of_it_is_there() -> None:
    bucket, now = full_bucket(50.0, 1000)
    assert bucket.ready_in(now, 5000.0) == 0.0
    bucket.charge(now, 5000.0)
    assert bucket.ready_in(now, 1.0) == pytest.approx((5000 - 999) / 50)


def test_another_rate_leaves_what_is_taken_as_it_is() -> None:
    bucket, now = full_bucket(10.0, 4, spread_s=0.1)
    assert [bucket.take(now) for _ in range(3)] == [0.0] * 3
    bucket.set_rate(1.0, now)
    assert bucket.used(now) == pytest.approx(0.75)
    assert taken_at_once(bucket, now) == 1
    assert bucket.rate_per_s == 1.0


def test_the_wait_to_expect_is_until_the_next_token_and_one_interval_for_each_who_is_ahead() -> None:
    bucket, now = full_bucket(10.0, 1)
    assert bucket.expected_s(now, 1.0, 0.0) == 0.0
    bucket.charge(now)
    assert bucket.expected_s(now, 1.0, 7.0) == pytest.approx(0.8)


def test_what_is_given_back_never_leaves_less_than_nothing_in_use() -> None:
    bucket, now, taken = TokenBucket(100.0, 3, 1_000.0, 0.01), 1_000.0, []
    for back in (None, None, 0, None, 1, None, None, 0, 0, 0):
        if back is None:
            now += bucket.ready_in(now) + 1e-9
            assert bucket.take(now) == 0.0
            taken.append(now)
        else:
            bucket.give_back(now, taken.pop(max(len(taken) - 1 - back, 0)))
            assert bucket.used(now) >= 0.0


class BucketMachine(RuleBasedStateMachine):
    """Takes, returns, pauses and time in any order; every window is counted again from the list of takes."""

    @initialize(
        rate_per_s=st.sampled_from([0.5, 3.0, 100.0]),
        burst=st.integers(1, 5),
        spread=st.sampled_from([0.0, 0.3, 1.0, 2.5]),
    )
    def begin(self, rate_per_s: float, burst: int, spread: float) -> None:
        self.now = self.started = 1_000.0
        self.rate_per_s, self.burst, self.spread_s = rate_per_s, burst, spread / rate_per_s
        self.bucket = TokenBucket(rate_per_s, burst, self.now, self.spread_s)
        self.taken: list[float] = []
        self.paused_until = 0.0

    @rule(intervals=st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0, 1.5, 7.0]))
    def time_passes(self, intervals: float) -> None:
        self.now += intervals / self.rate_per_s

    @rule(tries=st.integers(1, 7))
    def tokens_are_asked_for(self, tries: int) -> None:
        for _ in range(tries):
            if self.bucket.take(self.now) == 0.0:
                self.taken.append(self.now)
                assert self.now >= self.paused_until - 1e-6
                self.no_window_holds_too_many()

    @rule()
    def somebody_waits_as_long_as_told(self) -> None:
        self.now += self.bucket.ready_in(self.now) + 1e-9
        assert self.bucket.take(self.now) == 0.0
        self.taken.append(self.now)
        self.no_window_holds_too_many()

    @precondition(lambda self: self.taken)
    @rule(back=st.integers(0, 4))
    def an_attempt_was_not_sent(self, back: int) -> None:
        taken_at = self.taken.pop(max(len(self.taken) - 1 - back, 0))
        self.bucket.give_back(self.now, taken_at)
        assert self.bucket.used(self.now) >= 0.0

    @rule(seconds=st.floats(0.0, 3.0))
    def the_vendor_asks_for_a_pause(self, seconds: float) -> None:
        self.bucket.pause_until(self.now + seconds)
        self.paused_until = max(self.paused_until, self.now + seconds)

    def no_window_holds_too_many(self) -> None:
        end = self.taken[-1]
        for count, start in enumerate(reversed(self.taken), 1):
            # The worst that the wire can do: the first arrives as late as it can, the last as early.
            apart_s = max(end - start - self.spread_s, 0.0)
            assert count <= self.rate_per_s * apart_s + self.burst + 1e-4
        assert len(self.taken) <= self.rate_per_s * (end - self.started) + 1e-4


BucketMachine.TestCase.settings = settings(deadline=None, max_examples=100, stateful_step_count=40)
TestBucketMachine = BucketMachine.TestCase


def test_what_has_arrived_long_ago_is_not_shown_as_in_use() -> None:
    bucket, now = full_bucket(10.0, 20, spread_s=0.2)
    assert bucket.take(now) == 0.0
    assert bucket.used(now) == pytest.approx(0.05)
    assert bucket.used(now + 60.0) == 0.0
