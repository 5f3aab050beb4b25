"""Each scenario of docs/scenarios.md can be played, and something happens in it."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tidegate.chaos.apps.retry_loop import OPERATIONS
from tidegate.chaos.judge.vacuity import unplayable
from tidegate.chaos.play.run import document_operations, play, through_tidegate
from tidegate.scenario.scenario import Scenario

PAGE = Path(__file__).parents[3] / "docs" / "scenarios.md"


def examples() -> list[Scenario]:
    blocks = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [Scenario.model_validate(YAML(typ="safe").load(block)) for block in blocks]


@pytest.mark.slow
@pytest.mark.parametrize("scenario", examples(), ids=lambda scenario: scenario.name)
def test_an_example_is_played_and_does_something(scenario: Scenario) -> None:
    assert unplayable(scenario, document_operations(), OPERATIONS) == []
    made = play(scenario, scenario.seed or 1, through_tidegate)
    assert made.figures.asked > 0
    assert made.figures.attempts > 0
    assert len(made.untried) < len(scenario.faults), made.untried
