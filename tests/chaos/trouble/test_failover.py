"""A failover kills the proxy, and says how far the clock of the machine is off on which it goes on."""

import pytest

from tests.chaos.trouble.setting import Surroundings
from tidegate.chaos.trouble.failover import Failover


@pytest.mark.parametrize(("clock", "error_s"), [({"ahead": "2h"}, 7200.0), ({"behind": "1m"}, -60.0), ({}, 0.0)])
def test_an_arrival_moves_the_proxy_to_the_other_machine(clock: dict[str, str], error_s: float) -> None:
    setting, failover = Surroundings(), Failover.model_validate({"steps": 2, "down": "3s", **clock})
    assert failover.strike(setting) is None  # type: ignore[func-returns-value]  # no connection is cut
    assert (failover.event, setting.failovers, setting.crashes) == ("arrival", [(2, 3.0, error_s)], [])
