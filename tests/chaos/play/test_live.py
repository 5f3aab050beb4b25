"""The live story: the same at every length. That it plays is tests/cli/proof/test_demo.py."""

import pytest

from tidegate.chaos.play.live import phase_of, written_story
from tidegate.chaos.timeline import offered_load
from tidegate.scenario.scenario import Scenario


@pytest.mark.parametrize("seconds", [10.0, 20.0, 600.0])
def test_the_story_is_a_sound_scenario_at_every_length(seconds: float) -> None:
    story = Scenario.model_validate(written_story(seconds))
    ((begin, end),) = offered_load.outages(story)
    assert 0 < begin < end < story.seconds
    assert (end - begin) / seconds == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("at_s", "words"),
    [(1.0, "ordinary"), (4.0, "resets"), (8.0, "outage"), (12.0, "ordinary"), (18.0, "finish")],
)
def test_each_moment_has_its_words(at_s: float, words: str) -> None:
    assert words in phase_of(Scenario.model_validate(written_story(20.0)), at_s)
