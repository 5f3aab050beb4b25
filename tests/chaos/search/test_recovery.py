"""The proof of recovery: a short outage is survived as promised, and each measure can be missed."""

from unittest.mock import patch

import pytest

from tests.chaos.mutants import planted, the_breaker_never_opens, the_budget_always_grants
from tidegate.chaos.search.recovery import Recovery, drawn, proof
from tidegate.proxy.policies.resilience.circuit_breaker import CircuitBreaker

AWAY_S = 45.0
SOON_S = 20.0
"""Long enough for what goes wrong at once."""


def words(recovery: Recovery) -> set[str]:
    return {sentence.partition(":")[0] for sentence in recovery.broken}


def test_seeds_differ_in_how_the_vendor_is_away() -> None:
    assert {drawn(seed).pieces[1]["mode"] for seed in range(12)} == {"refuse", "reset", "status"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 5, 8])
def test_an_outage_ends_within_open_time_and_ramp_without_a_storm(seed: int) -> None:
    found = proof(seed, AWAY_S)
    assert found.broken == ()
    assert found.course is not None
    assert min(sum(found.course.done), sum(found.course.failed), sum(found.course.attempts)) > 100
    assert "course" not in found.described()
    assert found.goodput_before == pytest.approx(50.0, abs=1.0)
    assert 0 < found.probes_max <= 2
    assert 0 < found.retries_max <= found.retries_allowed


@pytest.mark.slow
def test_a_proxy_without_a_budget_or_a_breaker_is_caught() -> None:
    with planted(the_budget_always_grants):
        assert "retries" in words(proof(0, SOON_S))
    with planted(the_breaker_never_opens):
        assert "probes" in words(proof(0, AWAY_S))


@pytest.mark.slow
def test_a_breaker_that_stays_open_is_caught() -> None:
    with patch.object(CircuitBreaker, "_open_s", lambda self: 500.0):
        assert "recovery" in words(proof(0, SOON_S))
