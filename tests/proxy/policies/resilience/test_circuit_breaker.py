"""Tests of tidegate.proxy.policies.resilience.circuit_breaker: each rule by itself."""

import random
from collections.abc import Iterable

import pytest

from tidegate.policy.breaker import Breaker as Settings
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.policies.resilience.circuit_breaker import (
    OPEN_JITTER,
    BreakerEvent,
    BreakerPermit,
    BreakerState,
    BreakerTrigger,
    CallNotPermitted,
    CircuitBreaker,
)

SETTINGS = Settings.model_validate({"calls": 10, "slow": "5s", "probes": 2})
NOW = 1_000.0


def make(settings: Settings = SETTINGS, seed: int = 1) -> CircuitBreaker:
    return CircuitBreaker(settings, random.Random(seed))


def permit_of(breaker: CircuitBreaker, now: float) -> BreakerPermit:
    permit = breaker.acquire(now)
    assert isinstance(permit, BreakerPermit)
    return permit


def one(
    breaker: CircuitBreaker, now: float, verdict: Verdict = Verdict.SUCCESS, took_s: float = 0.1
) -> tuple[BreakerEvent, ...]:
    return breaker.release(permit_of(breaker, now), verdict, took_s, now)


def tripped(breaker: CircuitBreaker, now: float = NOW) -> float:
    """Open a closed breaker; returns the time at which it may be asked for a probe."""
    while breaker.state is BreakerState.CLOSED:
        one(breaker, now, Verdict.FAILED)
    return now + breaker.snapshot(now).open_s + 1e-6


def triggers(events: Iterable[BreakerEvent]) -> list[BreakerTrigger]:
    return [event.trigger for event in events]


class TestClosed:
    """It counts."""

    @pytest.mark.parametrize(
        ("verdicts", "state"),
        [
            pytest.param([Verdict.FAILED] * 9, BreakerState.CLOSED, id="too few calls to judge"),
            pytest.param([Verdict.FAILED] * 10, BreakerState.OPEN, id="enough calls, all failed"),
            pytest.param([Verdict.SUCCESS] * 5 + [Verdict.FAILED] * 5, BreakerState.OPEN, id="half of them failed"),
            pytest.param(
                [Verdict.SUCCESS] * 6 + [Verdict.FAILED] * 5, BreakerState.CLOSED, id="fewer than half failed"
            ),
            pytest.param(
                [Verdict.FAILED] * 9 + [Verdict.SUCCESS], BreakerState.OPEN, id="a success makes the number full"
            ),
            pytest.param([Verdict.REJECTED] * 50, BreakerState.CLOSED, id="a 4xx is no fault of the vendor's"),
            pytest.param([Verdict.THROTTLED] * 50, BreakerState.CLOSED, id="a 429 belongs to the limiter"),
            pytest.param([Verdict.CREDENTIAL] * 50, BreakerState.CLOSED, id="a 401 belongs to the credential"),
            pytest.param([Verdict.CONTENTION] * 50, BreakerState.CLOSED, id="a lock clash is an answer"),
            pytest.param([Verdict.CANCELLED] * 50, BreakerState.CLOSED, id="an app that leaves proves nothing"),
            pytest.param([Verdict.REFUSED] * 50, BreakerState.CLOSED, id="our own refusal proves nothing"),
            pytest.param(
                [Verdict.FAILED] * 9 + [Verdict.CANCELLED] * 9,
                BreakerState.CLOSED,
                id="nor do they make the number full",
            ),
            pytest.param(
                [Verdict.FAILED] * 5 + [Verdict.REFUSED] * 20 + [Verdict.FAILED] * 5,
                BreakerState.OPEN,
                id="nor do they water down the failures",
            ),
        ],
    )
    def test_what_opens_it(self, verdicts: list[Verdict], state: BreakerState) -> None:
        breaker = make()
        for verdict in verdicts:
            one(breaker, NOW, verdict)
        assert breaker.state is state

    @pytest.mark.parametrize(("took_s", "state"), [(5.0, BreakerState.CLOSED), (5.1, BreakerState.OPEN)])
    def test_slow_answers_open_it_like_failures(self, took_s: float, state: BreakerState) -> None:
        breaker = make()
        for _ in range(10):
            one(breaker, NOW, took_s=took_s)
        assert breaker.state is state

    def test_failures_that_have_left_the_window_do_not_count(self) -> None:
        breaker = make()
        for second in range(40):
            one(breaker, NOW + 4.0 * second, Verdict.FAILED)
        assert breaker.state is BreakerState.CLOSED

    def test_opening_is_told_once(self) -> None:
        breaker = make()
        events = [event for _ in range(10) for event in one(breaker, NOW, Verdict.FAILED)]
        assert events == [BreakerEvent(NOW, BreakerState.CLOSED, BreakerTrigger.TRIPPED, BreakerState.OPEN)]

    def test_a_clock_that_goes_back_does_no_harm(self) -> None:
        breaker = make()
        for second in range(9):
            one(breaker, NOW - second, Verdict.FAILED)
        assert breaker.snapshot(NOW - 500.0).bad == 9


class TestOpen:
    """It refuses."""

    def test_it_refuses_and_says_for_how_long(self) -> None:
        breaker = make()
        ready = tripped(breaker)
        answer = breaker.acquire(NOW + 1.0)
        assert isinstance(answer, CallNotPermitted)
        assert answer.reason == "open"
        assert answer.retry_after_s == pytest.approx(ready - NOW - 1.0, abs=1e-3)

    def test_what_was_under_way_when_it_opened_changes_nothing(self) -> None:
        breaker = make()
        late = [permit_of(breaker, NOW) for _ in range(30)]
        ready = tripped(breaker)
        for permit in late[:10]:
            assert breaker.release(permit, Verdict.FAILED, 0.1, NOW + 1.0) == ()
        probe = permit_of(breaker, ready)
        for permit in late[10:]:
            breaker.release(permit, Verdict.FAILED, 0.1, ready)
            breaker.release(permit, Verdict.SUCCESS, 0.1, ready)
        seen = breaker.snapshot(ready)
        assert (seen.state, seen.probes_out) == (BreakerState.HALF_OPEN, 1)
        breaker.release(probe, Verdict.SUCCESS, 0.1, ready)
        one(breaker, ready)
        for permit in late:
            breaker.release(permit, Verdict.FAILED, 0.1, ready)
        seen = breaker.snapshot(ready)
        assert (seen.state, seen.calls) == (BreakerState.CLOSED, 0)

    def test_the_open_time_doubles_up_to_its_cap_and_is_never_longer(self) -> None:
        found: list[list[float]] = [[], [], [], []]
        for seed in range(100):
            breaker, now = make(seed=seed), NOW
            tripped(breaker, now)
            for times in found:
                times.append(breaker.snapshot(now).open_s)
                now += times[-1] + 1e-6
                one(breaker, now, Verdict.FAILED)
        for times, longest_s in zip(found, (2.5, 5.0, 10.0, 10.0), strict=True):
            assert longest_s * (1 - OPEN_JITTER) <= min(times) < max(times) <= longest_s

    def test_replicas_do_not_probe_together(self) -> None:
        assert len({tripped(make(seed=seed)) for seed in range(20)}) == 20


class TestHalfOpen:
    """It finds out."""

    def test_of_a_herd_only_the_probes_pass(self) -> None:
        breaker = make()
        ready = tripped(breaker)
        answers = [breaker.acquire(ready) for _ in range(500)]
        assert sum(isinstance(answer, BreakerPermit) for answer in answers) == 2
        assert {answer.reason for answer in answers if isinstance(answer, CallNotPermitted)} == {"probing"}

    def test_a_probe_that_went_well_does_not_make_room_for_another_herd(self) -> None:
        breaker = make()
        ready = tripped(breaker)
        first = permit_of(breaker, ready)
        permit_of(breaker, ready)
        breaker.release(first, Verdict.SUCCESS, 0.1, ready)
        assert isinstance(breaker.acquire(ready), CallNotPermitted)

    @pytest.mark.parametrize(
        ("verdict", "took_s", "state"),
        [
            pytest.param(Verdict.SUCCESS, 0.1, BreakerState.CLOSED, id="probes that succeed close it"),
            pytest.param(Verdict.REJECTED, 0.1, BreakerState.CLOSED, id="a 4xx shows that the vendor is up"),
            pytest.param(Verdict.THROTTLED, 0.1, BreakerState.CLOSED, id="so does a 429"),
            pytest.param(Verdict.FAILED, 0.1, BreakerState.OPEN, id="a probe that fails opens it"),
            pytest.param(Verdict.SUCCESS, 5.1, BreakerState.OPEN, id="so does a slow one"),
            pytest.param(Verdict.CANCELLED, 0.1, BreakerState.HALF_OPEN, id="a cancelled one decides nothing"),
            pytest.param(Verdict.REFUSED, 0.1, BreakerState.HALF_OPEN, id="nor one that we refused ourselves"),
        ],
    )
    def test_what_probes_come_to(self, verdict: Verdict, took_s: float, state: BreakerState) -> None:
        breaker = make()
        ready = tripped(breaker)
        for permit in [permit_of(breaker, ready), permit_of(breaker, ready)]:
            breaker.release(permit, verdict, took_s, ready)
        assert breaker.state is state

    def test_a_cancelled_probe_gives_its_permit_back(self) -> None:
        breaker = make()
        ready = tripped(breaker)
        for _ in range(50):
            one(breaker, ready, Verdict.CANCELLED)
        assert breaker.snapshot(ready).probes_out == 0
        assert isinstance(breaker.acquire(ready), BreakerPermit)

    def test_probes_that_went_well_before_one_failed_are_forgotten(self) -> None:
        breaker = make()
        ready = tripped(breaker)
        good, bad = permit_of(breaker, ready), permit_of(breaker, ready)
        breaker.release(good, Verdict.SUCCESS, 0.1, ready)
        breaker.release(bad, Verdict.FAILED, 0.1, ready)
        ready += breaker.snapshot(ready).open_s + 1e-6
        one(breaker, ready)
        assert breaker.state is BreakerState.HALF_OPEN

    def test_a_permit_that_is_given_back_twice_counts_once(self) -> None:
        breaker = make()
        ready = tripped(breaker)
        probe = permit_of(breaker, ready)
        breaker.release(probe, Verdict.SUCCESS, 0.1, ready)
        breaker.release(probe, Verdict.SUCCESS, 0.1, ready)
        assert breaker.state is BreakerState.HALF_OPEN

    def test_probes_that_never_come_back_do_not_leave_it_stuck(self) -> None:
        breaker = CircuitBreaker(SETTINGS, random.Random(1), permit_age_max_s=60.0)
        ready = tripped(breaker)
        lost = [permit_of(breaker, ready), permit_of(breaker, ready)]
        assert isinstance(breaker.acquire(ready + 59.0), CallNotPermitted)
        for _ in range(2):
            one(breaker, ready + 60.5)
        assert breaker.state is BreakerState.CLOSED
        assert breaker.release(lost[0], Verdict.FAILED, 0.1, ready + 61.0) == ()
        assert breaker.snapshot(ready + 61.0).calls == 0

    def test_its_whole_story_is_told(self) -> None:
        breaker = make()
        ready = tripped(breaker)
        again = permit_of(breaker, ready)
        events = breaker.release(again, Verdict.FAILED, 0.1, ready)
        assert triggers(events) == [BreakerTrigger.WAITED, BreakerTrigger.PROBE_FAILED]
        ready += breaker.snapshot(ready).open_s + 1e-6
        events = one(breaker, ready) + one(breaker, ready)
        assert triggers(events) == [BreakerTrigger.WAITED, BreakerTrigger.PROBED_WELL]


def test_from_outside_it_looks_like_this() -> None:
    breaker = make()
    one(breaker, NOW)
    assert repr(breaker) == "Breaker(closed, 0 bad of 1, 0 probes)"
    ready = tripped(breaker)
    seen = breaker.snapshot(NOW)
    assert (seen.state, seen.opened_in_row, seen.admits) == (BreakerState.OPEN, 1, 0.0)
    assert breaker.snapshot(ready).state is BreakerState.HALF_OPEN
    assert breaker.state is BreakerState.OPEN
