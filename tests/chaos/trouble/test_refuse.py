"""A refusal hits a connection that is to be made, and nothing else."""

from tests.chaos.trouble.setting import Surroundings
from tidegate.chaos.trouble.refuse import Refuse


def test_an_event_is_a_new_connection_and_those_that_stand_are_left_alone() -> None:
    setting, refuse = Surroundings(), Refuse.model_validate({"probability": "30%", "first_n": 5})
    assert refuse.strike(setting)
    assert (refuse.event, refuse.calls_hit, setting.cuts) == ("dial", 0.3, 0)
