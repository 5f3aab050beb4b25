"""A vendor that says for how long it is away is believed. The other rules are in test_circuit_breaker.py."""

import pytest

from tests.proxy.policies.resilience.test_circuit_breaker import NOW, SETTINGS, make, one, permit_of, triggers, tripped
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.policies.resilience.circuit_breaker import (
    BreakerPermit,
    BreakerState,
    BreakerTrigger,
    CallNotPermitted,
)


def test_one_such_answer_opens_it_at_once_and_for_as_long() -> None:
    breaker = make()
    assert triggers(breaker.away(permit_of(breaker, NOW), 6.0, NOW)) == [BreakerTrigger.TOLD]
    held = breaker.acquire(NOW + 5.9)
    assert isinstance(held, CallNotPermitted)
    assert held.reason == "open"
    assert isinstance(breaker.acquire(NOW + 6.6 + 1e-6), BreakerPermit), "it is stretched by a tenth at most"
    assert breaker.state is BreakerState.HALF_OPEN


def test_it_is_never_opened_for_longer_than_its_cap() -> None:
    breaker = make()
    breaker.away(permit_of(breaker, NOW), 3600.0, NOW)
    assert breaker.snapshot(NOW).open_s == SETTINGS.open_max


def test_a_wait_shorter_than_the_open_time_does_not_shorten_it() -> None:
    breaker = make()
    breaker.away(permit_of(breaker, NOW), 0.1, NOW)
    assert breaker.snapshot(NOW).open_s >= 0.8 * SETTINGS.open


def test_replicas_that_were_told_the_same_do_not_come_back_together() -> None:
    waits = set()
    for seed in range(20):
        breaker = make(seed=seed)
        breaker.away(permit_of(breaker, NOW), 6.0, NOW)
        waits.add(breaker.snapshot(NOW).open_s)
    assert len(waits) == 20
    assert all(6.0 <= wait <= 6.6 for wait in waits)


def test_a_probe_that_is_told_so_keeps_it_open_for_as_long() -> None:
    breaker = make()
    ready = tripped(breaker)
    assert triggers(breaker.away(permit_of(breaker, ready), 9.0, ready)) == [
        BreakerTrigger.WAITED,
        BreakerTrigger.PROBE_FAILED,
    ]
    assert breaker.snapshot(ready).open_s >= 9.0


def test_it_counts_for_one_opening_only() -> None:
    breaker = make()
    breaker.away(permit_of(breaker, NOW), 9.0, NOW)
    ready = NOW + 10.0
    one(breaker, ready, Verdict.FAILED)
    assert breaker.snapshot(ready).open_s < 9.0, "the next opening has its own time"


@pytest.mark.parametrize("to", ["open", "closed"])
def test_an_operator_goes_before_the_vendor(to: str) -> None:
    breaker = make()
    permit = permit_of(breaker, NOW)
    breaker.force("open" if to == "open" else "closed", NOW)
    assert breaker.away(permit, 6.0, NOW) == ()
    assert breaker.state is (BreakerState.FORCED_OPEN if to == "open" else BreakerState.FORCED_CLOSED)


def test_an_answer_to_a_call_from_before_it_opened_changes_nothing() -> None:
    breaker = make()
    old = permit_of(breaker, NOW)
    tripped(breaker)
    before = breaker.snapshot(NOW)
    assert breaker.away(old, 9.0, NOW) == ()
    assert breaker.snapshot(NOW) == before
