"""A learned limit: what a vendor says holds calls back, and lets no more through."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.policies.dialects.dialect_reader import LimitReport
from tidegate.proxy.policies.limits.learned_limit import FORGET_S, LearnedLimit, LearnedLimits


def taken(count: LearnedLimit, now: float, most: int = 10_000) -> int:
    found = 0
    while found < most and count.ready_in(now) == 0.0:
        count.charge(now)
        found += 1
    return found


def test_before_anything_is_told_nothing_is_held_back() -> None:
    assert taken(LearnedLimit(), 0.0, 500) == 500


def test_what_is_left_is_lent_and_no_more_until_the_reset() -> None:
    count = LearnedLimit()
    count.charge(0.0)
    count.observe(1.0, count.sent, LimitReport(limit=100.0, remaining=3.0, reset_s=10.0))
    assert taken(count, 1.0) == 3
    assert count.ready_in(1.0) == pytest.approx(10.0)
    assert sum(taken(count, 11.0 + tenth / 10) for tenth in range(100)) == 100


@pytest.mark.parametrize(("window_s", "wait_s"), [(20.0, 20.0), (None, 10.0)])
def test_a_window_that_nobody_has_dated_again_still_ends(window_s: float | None, wait_s: float) -> None:
    count = LearnedLimit()
    count.charge(0.0)
    count.observe(1.0, count.sent, LimitReport(limit=3.0, remaining=0.0, reset_s=10.0, window_s=window_s))
    lent = 0
    for tenth in range(120, 1200):
        if (now := tenth / 10) and count.ready_in(now) == 0.0:
            count.charge(now)
            lent += 1
        assert count.ready_in(now) <= wait_s
    assert lent > 3, "no answer came after the first one"


def test_what_was_sent_since_is_not_lent_twice() -> None:
    count = LearnedLimit()
    count.charge(0.0)
    mark = count.sent
    for _ in range(4):
        count.charge(0.1)
    count.observe(1.0, mark, LimitReport(limit=100.0, remaining=10.0, reset_s=60.0))
    assert taken(count, 1.0) == 6


def test_an_answer_that_was_overtaken_says_nothing_new() -> None:
    count = LearnedLimit()
    count.charge(0.0)
    first = count.sent
    count.charge(0.0)
    second = count.sent
    count.observe(1.0, second, LimitReport(remaining=0.0, reset_s=60.0))
    count.observe(1.1, first, LimitReport(remaining=1.0, reset_s=60.0))
    assert taken(count, 1.2) == 0


def test_it_never_lends_more_than_is_documented() -> None:
    count = LearnedLimit(cap=60.0, window_s=60.0)
    count.charge(0.0)
    count.observe(1.0, count.sent, LimitReport(limit=5000.0, remaining=4999.0, reset_s=30.0))
    assert taken(count, 1.0) <= 60
    assert taken(count, 32.0) <= 60


def test_a_limit_that_is_told_smaller_than_documented_is_believed() -> None:
    count = LearnedLimit(cap=60.0, window_s=60.0)
    count.charge(0.0)
    count.observe(1.0, count.sent, LimitReport(limit=20.0, remaining=19.0, reset_s=5.0))
    assert taken(count, 1.0) == 19
    assert sum(taken(count, 7.0 + second) for second in range(60)) == 20


def test_a_documented_window_that_was_never_heard_of_begins_with_a_small_share() -> None:
    count = LearnedLimit(cap=5000.0, window_s=3600.0)
    assert taken(count, 0.0) == 250
    assert count.ready_in(0.0) == pytest.approx(3600.0)


def test_what_is_kept_back_before_anything_is_told_is_not_in_use() -> None:
    limit = LearnedLimit(1000.0, 3600.0)
    assert limit.used(86_400.0) == 0.0, "nobody has called, and an alert would never end"
    limit.charge(1.0)
    assert limit.used(1.0) == pytest.approx(0.001)
    limit.charge(1.0, 49.0)
    assert limit.used(1.0) == 1.0, "calls are held back now"
    limit.observe(2.0, limit.sent, LimitReport(unit="requests", remaining=900.0))
    assert limit.used(2.0) == pytest.approx(0.1)


def test_units_that_flow_back_are_lent_as_they_come() -> None:
    count = LearnedLimit()
    count.charge(0.0, 100.0)
    count.observe(1.0, count.sent, LimitReport("cost", limit=1000.0, remaining=200.0, restore=50.0))
    assert count.ready_in(1.0, 700.0) == pytest.approx(10.0)
    assert count.ready_in(11.0, 700.0) == 0.0
    assert count.ready_in(11.0, 9_999.0) == pytest.approx(6.0)


def test_when_only_more_is_promised_one_is_tried_then() -> None:
    count = LearnedLimit()
    count.charge(0.0)
    count.observe(1.0, count.sent, LimitReport(remaining=0.0, next_s=3.0))
    assert count.ready_in(1.0) == pytest.approx(3.0)
    assert count.ready_in(4.0) == 0.0


def test_a_count_without_an_end_is_forgotten() -> None:
    count = LearnedLimit()
    count.charge(0.0)
    count.observe(1.0, count.sent, LimitReport(remaining=0.0))
    assert count.ready_in(1.0) == pytest.approx(FORGET_S)
    assert taken(count, 1.0 + FORGET_S, 5) == 5


def test_what_was_not_sent_comes_back() -> None:
    count = LearnedLimit()
    count.charge(0.0)
    count.observe(1.0, count.sent, LimitReport(limit=5.0, remaining=1.0, reset_s=9.0))
    assert taken(count, 1.0) == 1
    count.give_back(1.0)
    assert taken(count, 1.0) == 1
    assert count.used(1.0) == 1.0
    assert count.rest(1.0)[0] == 0.0
    assert count.rest(1.0)[1] == pytest.approx(9.0)
    assert repr(count) == "Learned(0 of 5)"


@given(st.integers(0, 500), st.integers(1, 40))
def test_a_vendor_that_tells_the_truth_in_order_is_never_overrun(seed: int, limit: int) -> None:
    rng, now, used, count = random.Random(seed), 0.0, 0, LearnedLimit()
    waiting: list[tuple[float, float]] = []
    for _ in range(300):
        now += rng.random() * 0.1
        while waiting and waiting[0][0] <= now - 0.3:
            at, mark = waiting.pop(0)
            count.observe(
                now, mark, LimitReport(limit=float(limit), remaining=max(limit - mark, 0.0), reset_s=1000.0 - at)
            )
        if count.ready_in(now) == 0.0 and (used < 3 or count.cap != float("inf")):
            count.charge(now)
            used += 1
            waiting.append((now, count.sent))
    assert used <= max(limit, 3)


class TestSet:
    """The counts that the answers to one operation have spoken of."""

    def test_each_operation_is_held_back_by_what_its_own_answers_speak_of(self) -> None:
        shelf: dict[tuple[str, str, str], LearnedLimit] = {}
        core, search = LearnedLimits("requests", shelf), LearnedLimits("requests", shelf)  # type: ignore[arg-type]  # the keys are as wide
        core.observe(0.0, {}, [LimitReport(bucket="core", remaining=5.0, reset_s=60.0)])
        search.observe(0.0, {}, [LimitReport(bucket="search", remaining=0.0, reset_s=60.0)])
        assert core.ready_in(0.0) == 0.0
        assert search.ready_in(0.0) == pytest.approx(60.0)
        assert set(shelf) == {("requests", "", "core"), ("requests", "", "search")}

    def test_two_operations_of_one_bucket_share_it(self) -> None:
        shelf: dict[tuple[str, str, str], LearnedLimit] = {}
        one, other = LearnedLimits("requests", shelf), LearnedLimits("requests", shelf)  # type: ignore[arg-type]  # the keys are as wide
        told = [LimitReport(remaining=1.0, reset_s=60.0)]
        one.observe(0.0, {}, told)
        other.observe(0.0, other.marks(), told)
        one.charge(0.0)
        assert other.ready_in(0.0) > 0.0
        one.give_back(0.0)
        assert other.ready_in(0.0) == 0.0
        one.pause_until(5.0)
        assert one.used(0.0) == 0.0
        assert repr(one).startswith("LearnedLimits(requests")

    def test_a_pause_is_kept_by_the_vendors_count_where_it_is_the_only_one(self) -> None:
        own, told = LearnedLimit(cap=100.0, window_s=60.0), LearnedLimits("requests", {})
        for count in (own, told):
            count.pause_until(5.0)
            count.pause_until(3.0)
            assert count.ready_in(1.0) == pytest.approx(4.0)
            assert count.ready_in(5.0) == 0.0
            count.lift(2.0)
            assert count.ready_in(2.0) == 0.0

    def test_a_documented_bucket_is_full_again_after_the_time_in_which_it_fills(self) -> None:
        """Its vendor tells what is left, and not until when: answers that are lost must not shut it for a minute."""
        told = LearnedLimits("requests", {}, {"account": 2.0})
        told.observe(
            0.0, {}, [LimitReport(of="account", limit=3.0, remaining=1.0), LimitReport(limit=3.0, remaining=1.0)]
        )
        told.charge(0.0)
        assert 0.0 < told.ready_in(0.0) <= 2.0
        assert told.ready_in(2.0) == 0.0
        other = LearnedLimits("requests", {}, {"account": 2.0})
        other.observe(0.0, {}, [LimitReport(of="search", limit=3.0, remaining=0.0)])
        assert other.ready_in(0.0) == pytest.approx(60.0)

    def test_other_units_do_not_concern_it(self) -> None:
        tokens = LearnedLimits("tokens", {})
        tokens.observe(0.0, {}, [LimitReport(remaining=0.0, reset_s=60.0)])
        assert tokens.ready_in(0.0) == 0.0


class TestReset:
    """Whoever waited for a window, here and elsewhere, comes when it begins."""

    def used_up(self) -> LearnedLimit:
        count = LearnedLimit(cap=100.0, window_s=60.0)
        count.charge(0.0)
        count.observe(1.0, count.sent, LimitReport(limit=100.0, remaining=0.0, reset_s=9.0))
        return count

    def test_a_new_window_is_not_emptied_at_its_first_moment(self) -> None:
        assert taken(self.used_up(), 10.0) == 10

    def test_it_can_be_used_up_long_before_it_ends(self) -> None:
        count = self.used_up()
        assert sum(taken(count, 10.0 + second) for second in range(41)) == 100

    def test_what_was_not_sent_can_be_taken_again(self) -> None:
        count = self.used_up()
        assert taken(count, 10.0) == 10
        count.give_back(10.0, 10.0)
        assert taken(count, 10.0) == 1

    def test_without_a_limit_there_is_nothing_to_spread(self) -> None:
        count = LearnedLimit()
        count.charge(0.0)
        count.observe(1.0, count.sent, LimitReport(remaining=0.0, reset_s=9.0))
        assert count.ready_in(10.0) == 0.0
