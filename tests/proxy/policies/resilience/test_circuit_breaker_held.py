"""A breaker that an operator holds, and one that counts calls, not time. The rest is in test_circuit_breaker.py."""

import random

import pytest

from tidegate.policy.breaker import Breaker as Settings
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.policies.resilience.circuit_breaker import (
    BreakerPermit,
    BreakerState,
    BreakerTrigger,
    CallNotPermitted,
    CircuitBreaker,
)

SETTINGS = Settings.model_validate({"calls": 4, "probes": 2})
BY_CALLS = Settings.model_validate({"calls": 4, "last": 10, "failures": "50%"})


def one(breaker: CircuitBreaker, now: float, verdict: Verdict = Verdict.SUCCESS) -> None:
    permit = breaker.acquire(now)
    assert isinstance(permit, BreakerPermit)
    breaker.release(permit, verdict, 0.1, now)


def make(settings: Settings = SETTINGS) -> CircuitBreaker:
    return CircuitBreaker(settings, random.Random(1))


class TestHeld:
    """By an operator."""

    def test_held_open_nothing_passes_however_long_one_waits(self) -> None:
        breaker = make()
        assert [event.trigger for event in breaker.force("open", 1.0)] == [BreakerTrigger.HELD_OPEN]
        for now in (1.0, 100.0, 1e6):
            rejected = breaker.acquire(now)
            assert isinstance(rejected, CallNotPermitted)
            assert rejected.reason == "held open"
        assert breaker.snapshot(1e6).state is BreakerState.FORCED_OPEN

    def test_held_closed_everything_passes_whatever_comes_of_it(self) -> None:
        breaker = make()
        breaker.force("closed", 1.0)
        for _ in range(100):
            one(breaker, 2.0, Verdict.FAILED)
        assert breaker.state is BreakerState.FORCED_CLOSED

    @pytest.mark.parametrize("to", ["open", "closed"])
    def test_let_go_it_judges_anew(self, to: str) -> None:
        breaker = make()
        breaker.force("open" if to == "open" else "closed", 1.0)
        assert [event.trigger for event in breaker.force(None, 2.0)] == [BreakerTrigger.LET_GO]
        now = 2.0 + SETTINGS.ramp
        for _ in range(SETTINGS.calls):
            one(breaker, now, Verdict.FAILED)
        assert breaker.state is BreakerState.OPEN

    @pytest.mark.parametrize(("to", "admits"), [("closed", 1.0), ("open", 0.1)])
    def test_let_go_it_grows_only_where_it_held_something_back(self, to: str, admits: float) -> None:
        breaker = make()
        breaker.force("open" if to == "open" else "closed", 1.0)
        breaker.force(None, 2.0)
        assert breaker.snapshot(2.0).admits == admits

    def test_saying_it_twice_or_letting_go_of_nothing_changes_nothing(self) -> None:
        breaker = make()
        assert breaker.force(None, 1.0) == ()
        breaker.force("open", 1.0)
        assert breaker.force("open", 2.0) == ()

    def test_what_was_under_way_before_counts_for_nothing(self) -> None:
        breaker = make()
        permit = breaker.acquire(1.0)
        assert isinstance(permit, BreakerPermit)
        breaker.force("closed", 1.0)
        breaker.force(None, 1.0)
        breaker.release(permit, Verdict.FAILED, 0.1, 2.0)
        assert breaker.snapshot(2.0).calls == 0


class TestByCalls:
    """The last so many calls, however long ago."""

    def test_time_forgets_nothing(self) -> None:
        breaker = make(BY_CALLS)
        for day in range(3):
            one(breaker, day * 86_400.0, Verdict.FAILED)
        assert breaker.snapshot(1e6).state is BreakerState.CLOSED
        one(breaker, 1e6, Verdict.FAILED)
        assert breaker.snapshot(1e6).state is BreakerState.OPEN

    def test_calls_do(self) -> None:
        breaker = make(BY_CALLS)
        for _ in range(6):
            one(breaker, 1.0)
        for _ in range(4):
            one(breaker, 1.0, Verdict.FAILED)
        for _ in range(6):
            one(breaker, 1.0)
        seen = breaker.snapshot(1.0)
        assert (seen.calls, seen.bad, seen.state) == (10, 4, BreakerState.CLOSED)
        one(breaker, 1.0, Verdict.FAILED)
        assert breaker.state is BreakerState.CLOSED
