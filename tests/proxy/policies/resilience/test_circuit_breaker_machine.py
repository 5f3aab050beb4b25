"""The breaker's table, and the breaker under calls, answers, losses and time in any order.

Its rules one by one are in test_breaker.py.
"""

import random
from typing import Literal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tidegate.policy.breaker import Breaker as Settings
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.policies.resilience.circuit_breaker import (
    TRANSITIONS,
    BreakerEvent,
    BreakerPermit,
    BreakerState,
    BreakerTrigger,
    CallNotPermitted,
    CircuitBreaker,
    diagram,
)

AGE_MAX_S = 60.0
MOVES = {(row.source, row.trigger, row.target) for row in TRANSITIONS}


class TestTable:
    """Its transitions are data."""

    def test_every_state_can_be_left_and_every_row_is_its_own(self) -> None:
        assert {row.source for row in TRANSITIONS} == set(BreakerState)
        assert len({(row.source, row.trigger) for row in TRANSITIONS}) == len(TRANSITIONS)
        assert {row.trigger for row in TRANSITIONS} == set(BreakerTrigger)

    def test_the_diagram_is_drawn_from_it(self) -> None:
        lines = diagram().splitlines()
        assert lines[:2] == ["stateDiagram-v2", "    [*] --> closed"]
        assert len(lines) == 2 + len(TRANSITIONS)
        assert lines[3].startswith("    open --> half_open: waited")


class BreakerMachine(RuleBasedStateMachine):
    """Some permits are released twice, some never, some long after the state has changed."""

    @initialize(probes=st.integers(1, 3), calls=st.integers(1, 4), seed=st.integers())
    def begin(self, probes: int, calls: int, seed: int) -> None:
        self.now = self.opened_at = 1_000.0
        self.settings = Settings.model_validate({"calls": calls, "probes": probes})
        self.breaker = CircuitBreaker(self.settings, random.Random(seed), AGE_MAX_S)
        self.out: list[BreakerPermit] = []
        self.probed: list[tuple[BreakerPermit, float]] = []
        self.told = BreakerState.CLOSED

    @rule(seconds=st.sampled_from([0.0, 0.1, 1.0, 2.5, 5.0, 10.0, 61.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(herd=st.integers(1, 10))
    def calls_arrive(self, herd: int) -> None:
        before = self.breaker.state
        for _ in range(herd):
            answer = self.breaker.acquire(self.now)
            if isinstance(answer, BreakerPermit):
                self.out.append(answer)
                if answer.probe:
                    self.probed.append((answer, self.now))
            else:
                assert isinstance(answer, CallNotPermitted)
                assert answer.retry_after_s > 0.0
        if before is BreakerState.OPEN and self.now >= self.opened_at + self.settings.open_max:
            assert self.breaker.state is BreakerState.HALF_OPEN

    @precondition(lambda self: self.out)
    @rule(
        choice=st.integers(0, 100),
        verdict=st.sampled_from(Verdict),
        took_s=st.sampled_from([0.1, 20.0]),
        twice=st.booleans(),
        away_s=st.sampled_from([None, 0.5, 7.0, 3600.0]),
    )
    def a_call_ends(self, choice: int, verdict: Verdict, took_s: float, twice: bool, away_s: float | None) -> None:
        permit = self.out.pop(choice % len(self.out))
        self.probed = [(probe, at) for probe, at in self.probed if probe is not permit]
        if away_s is not None and verdict is Verdict.FAILED:
            self.follow(self.breaker.away(permit, away_s, self.now))
        else:
            self.follow(self.breaker.release(permit, verdict, took_s, self.now))
        if twice and permit.probe:
            state = self.breaker.state
            assert self.breaker.release(permit, Verdict.FAILED, 0.1, self.now) == ()
            assert self.breaker.state is state

    @precondition(lambda self: self.out)
    @rule()
    def calls_are_lost(self) -> None:
        self.out.clear()

    @rule(to=st.sampled_from(["open", "closed", None]))
    def an_operator_decides(self, to: Literal["open", "closed"] | None) -> None:
        self.follow(self.breaker.force(to, self.now))
        held = {"open": BreakerState.FORCED_OPEN, "closed": BreakerState.FORCED_CLOSED}
        assert self.breaker.state in ({held[to]} if to else set(BreakerState) - set(held.values()))

    def follow(self, events: tuple[BreakerEvent, ...]) -> None:
        """What is told is a walk through the table, and it ends where the breaker is."""
        for event in events:
            assert (event.source, event.trigger, event.target) in MOVES
            assert event.source is self.told
            self.told = event.target
            if event.target is BreakerState.OPEN:
                self.opened_at = event.at
        if events:
            assert self.told is self.breaker.state

    @invariant()
    def probes_are_bounded(self) -> None:
        seen = self.breaker.snapshot(self.now)
        assert 0 <= seen.probes_out <= self.settings.probes
        if self.breaker.state is BreakerState.HALF_OPEN:
            young = [at for _, at in self.probed if self.now - at < AGE_MAX_S and at > self.opened_at]
            assert len(young) <= self.settings.probes
        else:
            assert seen.probes_out == 0
        assert 0 <= seen.bad <= seen.calls
        assert seen.open_s <= self.settings.open_max

    def teardown(self) -> None:
        """Whatever has happened, a vendor that works again is called again."""
        if not hasattr(self, "breaker"):
            return
        self.breaker.force(None, self.now)
        now = self.now + AGE_MAX_S + self.settings.open_max
        for _ in range(2 * self.settings.probes):
            answer = self.breaker.acquire(now)
            assert isinstance(answer, BreakerPermit) or self.breaker.state is BreakerState.CLOSED
            if isinstance(answer, BreakerPermit):
                self.breaker.release(answer, Verdict.SUCCESS, 0.1, now)
        assert self.breaker.state is BreakerState.CLOSED
        assert isinstance(self.breaker.acquire(now + self.settings.ramp), BreakerPermit)


BreakerMachine.TestCase.settings = settings(deadline=None, max_examples=100, stateful_step_count=40)
TestBreakerMachine = BreakerMachine.TestCase
