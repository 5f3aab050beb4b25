"""The apps that are posted to go away in the way that the fault says, and come back."""

from typing import get_args

import pytest

from tests.chaos.trouble.setting import Surroundings
from tidegate.chaos.trouble.app_away import AppAway
from tidegate.chaos.trouble.surrounding_fault import AwayMode


@pytest.mark.parametrize("mode", get_args(AwayMode))
def test_they_are_away_until_the_fault_is_over(mode: str) -> None:
    setting, away = Surroundings(), AppAway.model_validate({"mode": mode, "for": "20s"})
    away.shift(setting, 1)
    away.shift(setting, -1)
    assert setting.away == [mode, None]


def test_nobody_listens_where_the_scenario_does_not_say_how() -> None:
    assert AppAway().mode == "refuse"
