"""Tests of tidegate.proxy.policies.resilience.failure_window."""

from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.policies.resilience.failure_window import CountedFailureWindow, FailureWindow

SECONDS, SLOTS = 30.0, 15
SLOT_S = SECONDS / SLOTS


def count(window: FailureWindow, now: float, *, bad: bool = False) -> None:
    if now >= window.ends:
        window.roll(now)
    window.calls += 1
    window.bad += bad


def test_calls_are_forgotten_when_they_leave_the_window() -> None:
    window = FailureWindow(SECONDS, SLOTS)
    count(window, 1.0, bad=True)
    count(window, 29.0)
    assert (window.calls, window.bad) == (2, 1)
    count(window, 31.0)
    assert (window.calls, window.bad) == (2, 0)


def test_a_long_silence_forgets_everything() -> None:
    window = FailureWindow(SECONDS, SLOTS)
    count(window, 1.0, bad=True)
    window.roll(1e6)
    assert (window.calls, window.bad) == (0, 0)


def test_a_clock_that_stands_still_or_goes_back_loses_nothing() -> None:
    window = FailureWindow(SECONDS, SLOTS)
    count(window, 100.0)
    count(window, 100.0)
    count(window, 40.0)
    window.roll(40.0)
    assert window.calls == 3
    window.roll(200.0)
    assert window.calls == 0


def test_clearing_forgets_the_current_slot_too() -> None:
    window = FailureWindow(SECONDS, SLOTS)
    count(window, 1.0, bad=True)
    window.clear()
    count(window, 1.0)
    window.roll(1.0 + SLOT_S)
    assert (window.calls, window.bad) == (1, 0)


@given(st.lists(st.tuples(st.floats(0.0, 25.0), st.booleans()), max_size=60), st.floats(0.0, 40.0))
def test_it_counts_what_lies_in_the_window_up_to_one_slot(steps: list[tuple[float, bool]], ahead_s: float) -> None:
    window, now, all_calls = FailureWindow(SECONDS, SLOTS), 5_000.0, list[tuple[float, bool]]()
    for wait_s, bad in steps:
        now += wait_s
        count(window, now, bad=bad)
        all_calls.append((now, bad))
        within = [each for each in all_calls if now - each[0] < SECONDS]
        surely = [each for each in all_calls if now - each[0] < SECONDS - SLOT_S - 1e-6]
        assert len(surely) <= window.calls <= len(within)
        assert sum(was for _, was in surely) <= window.bad <= sum(was for _, was in within)
    later = now + ahead_s
    left = window.calls_left_at(later)
    assert left <= sum(later - at < SECONDS for at, _ in all_calls)
    assert left >= sum(later - at < SECONDS - SLOT_S - 1e-6 for at, _ in all_calls)
    window.roll(later)
    assert window.calls == left


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 20))
def test_a_window_of_calls_holds_the_last_ones(outcomes: list[bool], size: int) -> None:
    window = CountedFailureWindow(size)
    for at, bad in enumerate(outcomes):
        window.add(float(at), bad=bad)
        window.roll(1e9)
        last = outcomes[: at + 1][-size:]
        assert (window.calls, window.bad) == (len(last), sum(last))
    window.clear()
    assert (window.calls, window.bad) == (0, 0)


def test_a_method_counts_as_the_hand_does() -> None:
    by_hand, by_method = FailureWindow(SECONDS, SLOTS), FailureWindow(SECONDS, SLOTS)
    for at in (1.0, 2.5, 31.0, 90.0):
        count(by_hand, at, bad=True)
        by_method.add(at, bad=True)
    assert (by_hand.calls, by_hand.bad) == (by_method.calls, by_method.bad)
