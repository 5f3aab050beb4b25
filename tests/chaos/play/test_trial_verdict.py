"""A verdict is given of whatever a seed plays, and of a world that cannot end."""

import pytest

from tidegate.chaos.play import trial
from tidegate.chaos.play.trial_verdict import judged
from tidegate.chaos.timeline.draw import draw

MINUTES = 1.0
ORDERS = next(seed for seed in range(200) if draw(seed, 10).orders is not None)


def test_every_promise_is_kept_in_a_few_short_trials() -> None:
    for seed in range(4):
        assert judged(draw(seed, MINUTES)).broken == ()


def test_the_verdict_of_an_order_flow_counts_changes_and_requests() -> None:
    verdict = judged(draw(ORDERS, MINUTES))
    assert verdict.broken == ()
    assert 0 < verdict.calls <= verdict.attempts + 10


def test_a_world_that_does_not_end_is_a_broken_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "END_S", -30.0)
    (sentence,) = judged(draw(1, MINUTES)).broken
    assert sentence.startswith("stuck: the run did not end within 30 s")
