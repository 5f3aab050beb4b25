"""Tests of tidegate.proxy.policies.limits.counted_windows, also against a vendor behind a jittery wire."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tidegate.proxy.policies.dialects.vendor_clock import VendorClock
from tidegate.proxy.policies.limits.counted_windows import FixedWindow, SlidingWindow
from tidegate.proxy.policies.limits.gauge import EPSILON_S
from tidegate.proxy.policies.limits.periods import Every

WALL = 1_700_000_000.0


def clock(now: float = 0.0) -> VendorClock:
    return VendorClock(now, WALL + now)


def fixed(count: float = 10.0, period_s: float = 1.0, spread_s: float = 0.0, *, fresh: bool = False) -> FixedWindow:
    return FixedWindow(count, Every(period_s), clock(), 0.0, spread_s, fresh=fresh)


def taken_by(window: FixedWindow | SlidingWindow, now: float, until: float) -> list[float]:
    """The moments of all the takes that are possible until then."""
    taken = []
    while (now := now + window.ready_in(now) + EPSILON_S) < until:
        window.charge(now)
        taken.append(now)
    return taken


class TestFixed:
    """It begins anew."""

    def test_a_short_window_starts_used_up(self) -> None:
        assert fixed().ready_in(0.3) == pytest.approx(0.7)

    def test_each_window_is_used_to_the_last_and_no_further(self) -> None:
        taken = taken_by(fixed(), 0.0, 20.0)
        assert Counter(int(at) for at in taken) == dict.fromkeys(range(1, 20), 10)

    def test_a_window_is_not_emptied_in_one_moment(self) -> None:
        taken = taken_by(fixed(100.0), 0.0, 3.0)
        assert sum(1.0 <= at < 1.01 for at in taken) <= 15
        assert sum(1.0 <= at < 2.0 for at in taken) == 100

    def test_near_an_edge_it_counts_in_both_windows(self) -> None:
        window = fixed(2.0, spread_s=0.2, fresh=True)
        window.charge(0.9)
        assert [window.taken(at)[1] for at in (0.95, 1.0)] == [1.0, 1.0]

    def test_a_long_window_that_began_before_us_is_used_evenly(self) -> None:
        window = fixed(3600.0, 3600.0)
        taken = taken_by(window, 0.0, 600.0)
        assert len(taken) == pytest.approx(600 + 3600 * 0.05, abs=2)
        edge = 3600.0 - WALL % 3600.0
        assert len(taken_by(window, edge, edge + 100.0)) == 3600

    def test_what_was_written_down_before_a_restart_is_gone_on_from(self) -> None:
        window = fixed(3600.0, 3600.0)
        number = window.taken(0.0)[0]
        window.restore(number, 3590.0)
        assert len(taken_by(window, 0.0, 60.0)) == 10
        window.restore(number, 5.0)
        assert window.taken(0.0) == (number, 3600.0)

    def test_what_was_not_sent_can_be_taken_again_unless_its_window_is_over(self) -> None:
        window = fixed(2.0, fresh=True)
        window.charge(0.1, 2.0)
        window.give_back(0.2, 0.1)
        assert window.ready_in(0.2) == 0.0
        window.give_back(1.2, 0.1)
        assert window.taken(1.2)[1] == 0.0

    def test_a_pause_is_kept(self) -> None:
        window = fixed(2.0, fresh=True)
        window.pause_until(5.5)
        assert window.ready_in(0.0) == pytest.approx(5.5)
        assert window.used(1.0) == 1.0
        assert window.used(6.0) == 0.0

    def test_more_than_a_window_holds_takes_a_whole_one(self) -> None:
        window = fixed(5.0, 100.0, fresh=True)
        assert window.ready_in(0.0, 50.0) == 0.0
        window.charge(0.0)
        assert window.ready_in(0.0, 50.0) == pytest.approx(100.0)

    def test_the_wait_to_expect_counts_whole_windows(self) -> None:
        window = fixed(10.0, 100.0, fresh=True)
        at = 100.0 - WALL % 100.0 + 5.0
        window.charge(at, 4.0)
        assert window.expected_s(at, 1.0, 5.0) == 0.0
        assert window.expected_s(at, 1.0, 6.0) == pytest.approx(95.0)
        assert window.expected_s(at, 1.0, 16.0) == pytest.approx(195.0)


class TestSliding:
    """It looks back."""

    def test_a_short_window_starts_used_up(self) -> None:
        assert SlidingWindow(10.0, 1.0, 0.0, 0.0).ready_in(0.3) == pytest.approx(0.7)

    def test_in_a_long_one_room_comes_back_evenly(self) -> None:
        taken = taken_by(SlidingWindow(3600.0, 3600.0, 0.0, 0.0), 0.0, 360.0)
        assert 360 <= len(taken) <= 360 + 3600 * 0.05 + 72

    def test_what_was_not_sent_can_be_taken_again(self) -> None:
        window = SlidingWindow(2.0, 1.0, 0.0, 0.0)
        window.charge(2.0, 2.0)
        window.give_back(2.1, 2.0)
        assert window.ready_in(2.1) == 0.0
        assert window.used(2.1) == pytest.approx(0.5)
        assert repr(window) == "SlidingWindow(2 in 1 s)"

    def test_a_pause_is_kept(self) -> None:
        window = SlidingWindow(2.0, 1.0, 0.0, 0.0)
        window.pause_until(5.0)
        assert window.ready_in(2.0) == pytest.approx(3.0)

    def test_after_a_pause_a_call_that_had_to_connect_counts_once(self) -> None:
        waits = []
        for connects in (False, True):
            window = SlidingWindow(20, 10.0, -20.0, 0.0)
            window.pause_until(5.0)
            for now in (5.0, 5.6):
                window.charge(now)
                if connects:
                    window.leave(now + 0.01, now)
            waits.append(window.ready_in(5.61))
        assert waits[1] == pytest.approx(waits[0], abs=0.02)

    def test_after_a_pause_calls_leave_at_the_rate_and_not_all_at_once(self) -> None:
        window = SlidingWindow(100.0, 10.0, 0.0, 0.0)
        window.pause_until(30.0)
        assert len(taken_by(window, 30.0, 30.5)) <= 7
        assert len(taken_by(window, 30.5, 40.0)) >= 90
        assert len(taken_by(window, 60.0, 60.5)) == 100, "a period later it is a window like any other"

    @settings(deadline=None)
    @given(st.floats(0.0, 0.5), st.integers(1, 50), st.integers(0, 1000))
    def test_no_stretch_at_the_vendor_sees_more_than_the_limit(self, spread_s: float, count: int, seed: int) -> None:
        rng = random.Random(seed)
        sent = taken_by(SlidingWindow(float(count), 1.0, 0.0, spread_s), 0.0, 6.0)
        arrived = sorted(at + rng.random() * spread_s for at in sent)
        assert 10 * len(sent) * (1 + spread_s) >= 9 * count * 5, "nine tenths of what there was; 0.9 is no exact number"
        for first, at in enumerate(arrived):
            assert sum(later <= at + 1.0 - 1e-6 for later in arrived[first : first + count + 1]) <= count


@pytest.mark.parametrize("skew_s", [-3000.4, 0.0, 0.6])
def test_over_a_jittery_wire_a_fixed_window_is_used_up_and_never_overrun(skew_s: float) -> None:
    rng, vendor, now = random.Random(1), clock(), 0.0
    window = FixedWindow(100.0, Every(1.0), vendor, now, 0.2)
    answers: list[tuple[float, float, float]] = []
    arrived: Counter[int] = Counter()
    while now < 60.0:
        now += window.ready_in(now) + EPSILON_S
        for answer in [one for one in answers if one[1] <= now]:
            answers.remove(answer)
            vendor.observe(*answer)
        if window.ready_in(now):
            continue
        window.charge(now)
        there_s, back_s = (0.02 + 0.18 * rng.random() for _ in range(2))
        wall = WALL + skew_s + now + there_s
        arrived[int(wall)] += 1
        answers.append((now, now + there_s + back_s, float(int(wall))))
    full = [count for second, count in sorted(arrived.items())[5:-1]]
    assert max(full) <= 100
    assert sum(full) >= 0.98 * 100 * len(full)


class WindowMachine(RuleBasedStateMachine):
    """Takes, returns, pauses and time in any order; the vendor's clock and the wire are anywhere in the bounds."""

    @initialize(count=st.integers(1, 5), seed=st.integers(0, 99))
    def begin(self, count: int, seed: int) -> None:
        self.now, self.count, self.rng = 1_000.0, count, random.Random(seed)
        self.clock = VendorClock(self.now, WALL)
        self.clock.lo, self.clock.hi = WALL - 1_000.0 - 0.1, WALL - 1_000.0 + 0.1
        self.window = FixedWindow(count, Every(1.0), self.clock, self.now, 0.2)
        self.arrived: Counter[int] = Counter()
        self.paused_until = 0.0

    @rule(seconds=st.sampled_from([0.0, 0.01, 0.1, 0.35, 1.0, 3.3]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(tries=st.integers(1, 8))
    def units_are_asked_for(self, tries: int) -> None:
        for _ in range(tries):
            if self.window.ready_in(self.now) == 0.0:
                assert self.now >= self.paused_until - 1e-6
                self.window.charge(self.now)
                wall = WALL - 1_000.0 + self.rng.uniform(-0.1, 0.1) + self.now + self.rng.uniform(0.0, 0.2)
                self.arrived[int(wall)] += 1
                assert self.arrived[int(wall)] <= self.count

    @rule()
    def an_attempt_was_not_sent(self) -> None:
        if self.window.ready_in(self.now) == 0.0:
            self.window.charge(self.now)
            self.window.give_back(self.now, self.now)

    @rule()
    def somebody_waits_as_long_as_told(self) -> None:
        for _ in range(3):
            self.now += self.window.ready_in(self.now) + 1e-9
        assert self.window.ready_in(self.now) <= 1e-6

    @rule(seconds=st.floats(0.0, 2.0))
    def the_vendor_asks_for_a_pause(self, seconds: float) -> None:
        self.window.pause_until(self.now + seconds)
        self.paused_until = max(self.paused_until, self.now + seconds)


WindowMachine.TestCase.settings = settings(deadline=None, max_examples=100, stateful_step_count=40)
TestWindowMachine = WindowMachine.TestCase
