"""A crash kills the proxy, some steps after the event."""

import pytest

from tests.chaos.trouble.setting import Surroundings
from tidegate.chaos.trouble.crash import Crash


def test_an_arrival_kills_the_proxy_for_a_while() -> None:
    setting, crash = Surroundings(), Crash.model_validate({"steps": 3, "down": "500ms"})
    crash.strike(setting)
    assert (crash.event, setting.crashes, setting.cuts) == ("arrival", [(3, 0.5)], 0)


def test_the_judge_counts_no_calls_for_it() -> None:
    assert Crash().calls_hit == 0.0


@pytest.mark.parametrize("power", [False, True])
def test_power_fails_only_where_the_scenario_says_so(power: bool) -> None:
    setting = Surroundings()
    Crash.model_validate({"power": power}).strike(setting)
    assert setting.powerless == power
