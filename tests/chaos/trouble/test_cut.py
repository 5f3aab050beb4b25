"""A cut loses a piece of bytes and the connection with it."""

import pytest

from tests.chaos.trouble.setting import Surroundings
from tidegate.chaos.trouble.cut import Cut


@pytest.mark.parametrize("mode", ["reset", "silent"])
def test_a_piece_is_lost_with_its_connection(mode: str) -> None:
    setting, cut = Surroundings(), Cut.model_validate({"mode": mode})
    assert (cut.event, cut.strike(setting), setting.cuts) == ("piece", mode, 1)


def test_the_judge_counts_its_share_of_the_calls() -> None:
    assert Cut.model_validate({"probability": "40%"}).calls_hit == 0.4
