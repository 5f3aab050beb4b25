"""Tests of tidegate.proxy.policies.limits.concurrency_limit."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tidegate.proxy.policies.limits.concurrency_limit import HOLD_FIRST_S, ConcurrencyLimit


def test_so_many_are_lent_and_no_more() -> None:
    places = ConcurrencyLimit(2)
    for _ in range(2):
        assert places.ready_in(0.0) == 0.0
        places.charge(0.0)
    assert places.ready_in(0.0) > 0.0
    places.give_back(1.0)
    assert places.ready_in(1.0) == 0.0
    assert places.used(1.0) == 0.5
    assert repr(places) == "Places(1 of 2 held)"


def test_the_wait_is_estimated_from_how_long_places_were_held() -> None:
    places = ConcurrencyLimit(1)
    places.charge(0.0)
    assert places.ready_in(0.0) == HOLD_FIRST_S
    for second in range(200):
        places.give_back(second + 1.0, float(second))
        places.charge(second + 1.0)
    assert places.ready_in(300.0) == pytest.approx(1.0, rel=0.01)
    assert places.rate_per_s == pytest.approx(1.0, rel=0.01)


def test_a_place_that_comes_back_twice_is_a_bug() -> None:
    with pytest.raises(AssertionError):
        ConcurrencyLimit(1).give_back(0.0)


def test_a_pause_is_kept() -> None:
    places = ConcurrencyLimit(1)
    places.pause_until(5.0)
    assert places.ready_in(2.0) == 3.0


class PlacesMachine(RuleBasedStateMachine):
    """Takes and returns in any order, against a plain count."""

    @initialize(at_once=st.integers(1, 4))
    def begin(self, at_once: int) -> None:
        self.now, self.out = 10.0, list[float]()
        self.places = ConcurrencyLimit(at_once)

    @rule(seconds=st.floats(0.0, 5.0))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def one_asks(self) -> None:
        if self.places.ready_in(self.now) == 0.0:
            self.places.charge(self.now)
            self.out.append(self.now)
        else:
            assert len(self.out) == self.places.at_once

    @precondition(lambda self: self.out)
    @rule(choice=st.integers(0, 3), timed=st.booleans())
    def one_leaves(self, choice: int, timed: bool) -> None:
        taken_at = self.out.pop(choice % len(self.out))
        self.places.give_back(self.now, taken_at if timed else None)

    @invariant()
    def as_many_are_held_as_are_out(self) -> None:
        if hasattr(self, "places"):
            assert self.places.held == len(self.out) <= self.places.at_once


PlacesMachine.TestCase.settings = settings(deadline=None, max_examples=60, stateful_step_count=30)
TestPlacesMachine = PlacesMachine.TestCase
