"""Probes that disagree: one comes back well, one does not. The other rules are in test_circuit_breaker.py."""

import pytest

from tests.proxy.policies.resilience.test_circuit_breaker import SETTINGS, make, permit_of, tripped
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.policies.resilience.circuit_breaker import BreakerState


@pytest.mark.parametrize("order", ["the good one first", "the bad one first"])
def test_where_one_of_two_probes_comes_back_well_the_next_try_comes_soon(order: str) -> None:
    breaker = make()
    ready = tripped(breaker)
    for _ in range(5):
        breaker.release(permit_of(breaker, ready), Verdict.FAILED, 0.1, ready)
        ready += breaker.snapshot(ready).open_s + 1e-6
    good, bad = permit_of(breaker, ready), permit_of(breaker, ready)
    first, second = ((good, Verdict.SUCCESS), (bad, Verdict.FAILED))
    if order == "the bad one first":
        first, second = second, first
    for permit, verdict in (first, second):
        breaker.release(permit, verdict, 0.1, ready)
    assert breaker.state is BreakerState.OPEN
    assert breaker.snapshot(ready).open_s <= SETTINGS.open
