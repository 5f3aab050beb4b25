"""Tests of tidegate.proxy.policies.resilience.retry_budget."""

import math

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tidegate.proxy.policies.resilience.retry_budget import RetryBudget

RATIO, FLOOR, WINDOW_S = 0.1, 3, 10.0


def budget_after(calls: int, now: float = 100.0) -> RetryBudget:
    budget = RetryBudget(RATIO, FLOOR, WINDOW_S)
    for _ in range(calls):
        budget.call(now)
    return budget


@pytest.mark.parametrize(
    ("calls", "retries"),
    [
        pytest.param(0, 3, id="no calls: the floor"),
        pytest.param(1, 3, id="low traffic: the floor, not a tenth of a call"),
        pytest.param(30, 3, id="where the share reaches the floor"),
        pytest.param(49, 4, id="a share is rounded down"),
        pytest.param(500, 50, id="high traffic: a tenth"),
    ],
)
def test_so_many_calls_allow_so_many_retries(calls: int, retries: int) -> None:
    budget = budget_after(calls)
    assert sum(budget.reserve(100.0) for _ in range(calls + 10)) == retries


def test_a_retry_that_is_still_backing_off_is_counted() -> None:
    budget = budget_after(0)
    assert [budget.reserve(100.0, after_s=8.0) for _ in range(4)] == [True, True, True, False]


def test_a_retry_that_backs_off_for_longer_than_the_window_is_not_forgotten() -> None:
    budget = budget_after(0)
    assert all(budget.reserve(100.0, after_s=25.0) for _ in range(FLOOR))
    assert not budget.reserve(115.0)
    assert not budget.reserve(134.0)
    assert budget.reserve(136.0)


def test_retries_stop_counting_a_window_after_they_were_sent() -> None:
    budget = budget_after(0)
    assert all(budget.reserve(100.0) for _ in range(FLOOR))
    assert not budget.reserve(110.0)
    assert budget.reserve(110.1)


def test_calls_stop_counting_after_a_window() -> None:
    budget = budget_after(100)
    assert sum(budget.reserve(110.5) for _ in range(20)) == FLOOR


def test_a_retry_may_not_lean_on_calls_that_will_be_gone_when_it_is_sent() -> None:
    budget = budget_after(100)
    assert sum(budget.reserve(100.0, after_s=10.5) for _ in range(20)) == FLOOR


def test_a_reservation_that_is_given_back_can_be_had_again() -> None:
    budget = budget_after(0)
    assert all(budget.reserve(100.0) for _ in range(FLOOR))
    budget.release(100.0)
    assert budget.reserve(101.0)
    assert not budget.reserve(101.0)


def test_giving_back_takes_the_very_reservation_and_not_one_that_would_be_forgotten_sooner() -> None:
    budget = budget_after(0)
    assert budget.reserve(100.0)
    assert budget.reserve(100.0)
    assert budget.reserve(101.0, after_s=8.0)
    budget.release(109.0)
    assert budget.reserve(109.0)
    assert not budget.reserve(109.0)
    assert [budget.reserve(110.5) for _ in range(3)] == [True, True, False]


def test_giving_back_what_was_not_reserved_lends_nothing() -> None:
    budget = budget_after(0)
    budget.release(100.0)
    budget.release(100.0)
    assert [budget.reserve(100.0) for _ in range(4)] == [True, True, True, False]


def test_it_tells_how_much_of_it_is_used() -> None:
    budget = budget_after(40)
    budget.reserve(100.0)
    assert budget.used(100.0) == (1, 40)
    assert budget.used(120.0) == (0, 0)
    assert repr(budget) == "RetryBudget(0.1, 3: 1 retries, 40 calls)"


class BudgetMachine(RuleBasedStateMachine):
    """Calls, reservations, cancellations and time in any order, against lists that are searched in full."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000.0
        self.budget = RetryBudget(RATIO, FLOOR, WINDOW_S)
        self.calls: list[float] = []
        self.retries: list[float] = []

    @rule(seconds=st.floats(0.0, 6.0))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(count=st.integers(1, 60))
    def calls_are_made(self, count: int) -> None:
        for _ in range(count):
            self.budget.call(self.now)
            self.calls.append(self.now)

    @rule(after_s=st.sampled_from([0.0, 0.0, 0.3, 2.0, 9.0, 20.0]), tries=st.integers(1, 8))
    def retries_are_asked_for(self, after_s: float, tries: int) -> None:
        for _ in range(tries):
            counting = 1 + sum(self.now - sent <= WINDOW_S for sent in self.retries)
            left = sum(self.now + after_s - at <= WINDOW_S for at in self.calls)
            surely_left = sum(self.now + after_s - at <= WINDOW_S * 0.94 for at in self.calls)
            if self.budget.reserve(self.now, after_s):
                assert counting <= max(FLOOR, RATIO * left)
                self.retries.append(self.now + after_s)
                self.every_window_that_ends_with_a_retry_is_within_the_budget()
            else:
                assert counting > FLOOR
                assert counting > RATIO * surely_left

    @precondition(lambda self: any(sent > self.now for sent in self.retries))
    @rule(choice=st.integers(0, 1_000))
    def a_retry_is_cancelled_while_it_backs_off(self, choice: int) -> None:
        waiting = [sent for sent in self.retries if sent > self.now]
        cancelled = waiting[choice % len(waiting)]
        self.retries.remove(cancelled)
        self.budget.release(cancelled)

    def every_window_that_ends_with_a_retry_is_within_the_budget(self) -> None:
        """Seen from the vendor: a wait may move a retry up to a window away from the calls it was granted for."""
        for end in self.retries:
            sent = sum(0.0 <= end - other <= WINDOW_S for other in self.retries)
            calls = sum(end - at <= 2 * WINDOW_S for at in self.calls)
            assert sent <= max(FLOOR, math.floor(RATIO * calls + 1e-9))


BudgetMachine.TestCase.settings = settings(deadline=None, max_examples=60, stateful_step_count=40)
TestBudgetMachine = BudgetMachine.TestCase
