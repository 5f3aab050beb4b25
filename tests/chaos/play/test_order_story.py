"""The live story of the order flow: the same at every length. That it plays is tests/cli/proof/test_demo_orders.py."""

import pytest

from tidegate.chaos.play.order_story import phase_of, written_orders
from tidegate.chaos.timeline import offered_load
from tidegate.scenario.scenario import Scenario


@pytest.mark.parametrize(("seconds", "rate"), [(15.0, 2.0), (30.0, 10.0), (600.0, 0.1)])
def test_the_story_is_a_sound_scenario_at_every_length(seconds: float, rate: float) -> None:
    story = Scenario.model_validate(written_orders(seconds, rate))
    ((begin, end),) = offered_load.outages(story)
    assert 0 < begin < end < story.seconds
    (load,) = story.load
    assert len(offered_load.moments(story, load)) == pytest.approx(0.8 * seconds * rate, abs=1)


@pytest.mark.parametrize(("at_s", "words"), [(1.0, "ordinary"), (8.0, "outage"), (13.0, "has waited"), (19.0, "ord")])
def test_each_moment_has_its_words(at_s: float, words: str) -> None:
    assert words in phase_of(Scenario.model_validate(written_orders(20.0, 2.0)), at_s)
