"""A slow disk adds to each commit, and the judge knows by how much."""

from tests.chaos.trouble.setting import Surroundings
from tidegate.chaos.trouble.disk import SlowCommits


def test_each_commit_takes_longer_until_the_fault_is_over() -> None:
    setting, slow = Surroundings(), SlowCommits.model_validate({"delay": "250ms"})
    slow.shift(setting, 1)
    assert setting.disk.commit_s == 0.254
    slow.shift(setting, -1)
    assert round(setting.disk.commit_s, 9) == 0.004
    assert slow.commit_delay_s == 0.25
