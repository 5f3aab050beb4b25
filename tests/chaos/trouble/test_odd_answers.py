"""Odd answers come on every way, until the fault is over."""

from tests.chaos.trouble.setting import Surroundings
from tidegate.chaos.trouble.odd_answers import OddAnswers


def test_every_way_makes_answers_odd_until_the_fault_is_over() -> None:
    setting = Surroundings()
    long, surplus = (OddAnswers.model_validate({"form": form}) for form in ("long", "surplus"))
    long.shift(setting, 1)
    surplus.shift(setting, 1)
    assert [line.odd for line in setting.lines] == [["long", "surplus"]] * 2
    long.shift(setting, -1)
    assert [line.odd for line in setting.lines] == [["surplus"]] * 2
