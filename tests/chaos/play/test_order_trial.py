"""A drawn order flow keeps its promises, repeats, and what is left over or unexpected breaks one."""

from dataclasses import replace

import pytest

from tidegate.chaos.play.order_trial import order_violations, played_orders
from tidegate.chaos.timeline.draw import draw

SEED = next(seed for seed in range(200) if draw(seed, 10).orders is not None)


@pytest.mark.slow
def test_a_drawn_order_flow_keeps_every_promise_and_repeats() -> None:
    played, again = (played_orders(draw(SEED, 4.0)) for _ in range(2))
    assert order_violations(played) == []
    assert played.figures.changes > 10
    assert played.evidence == again.evidence
    assert played.lines == again.lines


@pytest.mark.slow
def test_what_is_left_over_and_what_nobody_expects_breaks_a_promise() -> None:
    played = played_orders(draw(SEED, 1.0))
    bad = replace(
        played,
        rest={"calls under way": 1, "connections to warehouse": 2},
        surprises=["Task exception was never retrieved KeyError: 'x'"],
        lines=[{"bug": "KeyError", "where": ["a.py:1", "b.py:2"]}],
    )
    assert [sentence.partition(":")[0] for sentence in order_violations(bad)] == [
        "at rest",
        "surprise",
        "surprise",
    ]
