"""The law of fallback: over two vendors no payment is made twice, and none that was told is missing.

The short form of it. FALLBACK_SEEDS=1000 plays so many timelines.
"""

import os

import pytest

from tidegate.adapters.fallback import payments
from tidegate.adapters.fallback.choice import FallbackPolicy
from tidegate.chaos.play.fallback.fallback_draw import draw
from tidegate.chaos.play.fallback.fallback_stage import FallbackVerdict, play

SEEDS = int(os.environ.get("FALLBACK_SEEDS", "5"))
TELLING = (1, 3)
"""Timelines in which an app that moves on in doubt pays twice."""


def verdict(seed: int) -> FallbackVerdict:
    return play(draw(seed), seed)


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_no_payment_is_made_twice_over_two_vendors_and_none_that_was_told_is_missing() -> None:
    verdicts = {seed: verdict(seed) for seed in range(1, SEEDS + 1)}
    assert [seed for seed, one in verdicts.items() if not one.held] == []
    assert sum(one.stood_in for one in verdicts.values()) > 0, "the second vendor was never asked: this proves nothing"
    assert sum(one.in_doubt for one in verdicts.values()) > 0, "nothing was in doubt: this proves nothing"


@pytest.mark.slow
def test_an_app_that_moves_on_in_doubt_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payments, "POLICY", FallbackPolicy(in_doubt=True))
    assert any(verdict(seed).doubled for seed in TELLING)


@pytest.mark.slow
def test_a_timeline_is_played_the_same_way_each_time() -> None:
    assert verdict(2) == verdict(2)
