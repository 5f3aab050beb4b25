"""Each scenario of docs/scenarios.md can be played, and something happens in it."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tidegate.chaos.apps.retry_loop import OPERATIONS
from tidegate.chaos.judge.vacuity import unplayable
from tidegate.chaos.play.cast.named_cast import named_cast
from tidegate.chaos.play.cast.preparation import rehearsed
from tidegate.chaos.play.cast.vendor_run import play_vendors
from tidegate.chaos.play.run import document_operations, play, through_tidegate
from tidegate.configfile.units import parse_rate
from tidegate.scenario.scenario import Scenario

RATE = parse_rate("1/s")
"""What is offered in place of a load that goes on: enough for everything that an example does to happen."""
PAGE = Path(__file__).parents[3] / "docs" / "scenarios.md"


def examples() -> list[Scenario]:
    blocks = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [Scenario.model_validate(YAML(typ="safe").load(block)) for block in blocks]


@pytest.mark.slow
@pytest.mark.parametrize("scenario", examples(), ids=lambda scenario: scenario.name)
def test_an_example_is_played_and_does_something(scenario: Scenario) -> None:
    if scenario.vendor:
        cast = rehearsed(named_cast(scenario.vendor, scenario.requests))
        played = play_vendors(cast, scenario, 1)
        assert all(figures.asked > 0 for figures in played.tidegate.values())
        assert (played.broken, played.untried) == ((), ())
        return
    assert unplayable(scenario, document_operations(), OPERATIONS) == []
    load = tuple(one.model_copy(update={"rate": one.rate and RATE}) for one in scenario.load)
    made = play(scenario.model_copy(update={"load": load}), scenario.seed or 1, through_tidegate)
    assert made.figures.asked > 0
    assert made.figures.attempts > 0
    assert len(made.untried) < len(scenario.faults), made.untried
