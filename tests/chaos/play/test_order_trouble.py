"""What held orders up, as windows."""

from tidegate.chaos.play.order_trouble import APP_WAIT_S, held_up
from tidegate.chaos.timeline.surroundings import SurroundingEvents
from tidegate.scenario.scenario import Scenario


def scenario(*faults: dict[str, str]) -> Scenario:
    return Scenario.model_validate({"name": "held up", "seconds": 100, "faults": list(faults)})


def test_a_crash_lasts_until_the_proxy_is_up_and_an_absent_app_until_it_is_posted_to_again() -> None:
    happened = SurroundingEvents(crashes=[(5.0, 8.0)], away=[(20.0, "busy"), (30.0, None)])
    assert held_up(scenario(), happened) == [(5.0, 8.0), (20.0, 30.0 + APP_WAIT_S)]


def test_a_slow_disk_counts_and_one_that_is_hardly_slow_does_not() -> None:
    slow = {"kind": "disk", "from": "10s", "for": "20s", "delay": "200ms"}
    fast, always = slow | {"delay": "30ms"}, {"kind": "disk", "delay": "1s"}
    assert held_up(scenario(slow, fast, always), SurroundingEvents()) == [(10.0, 30.0), (0.0, 100.0)]
