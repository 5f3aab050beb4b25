"""What is wanted has its moment, its story and the names of what it is about."""

from pathlib import Path

import pytest

from tests.chaos.kiosk import kiosk_cast, scenario
from tidegate.chaos.play.cast.intents import intents_of
from tidegate.chaos.play.cast.preparation import rehearsed
from tidegate.chaos.timeline.cast_draw import draw_cast, written
from tidegate.problems import UsageError


def test_a_written_load_is_asked_for_in_the_ordinary_ways(tmp_path: Path) -> None:
    cast = rehearsed(kiosk_cast(tmp_path))
    given = scenario(load=[{"rate": "1/s", "mix": {"sellTicket": 1, "showTicket": 1}}])
    wanted = intents_of(written(cast, given, 1), cast, 15.0)
    assert {intent.story for intent in wanted.intents} == {"sellTicket keyed", "showTicket plain"}
    assert [intent.start_s for intent in wanted.intents] == [float(second) for second in range(30)]
    assert all("id" in intent.names for intent in wanted.intents if intent.story == "showTicket plain")
    assert {*wanted.snapshots} == {"kiosk"}


def test_a_drawn_load_is_asked_for_in_every_way(tmp_path: Path) -> None:
    cast = rehearsed(kiosk_cast(tmp_path))
    wanted = intents_of(draw_cast(cast, 3, 5.0), cast, 15.0)
    assert len({intent.story for intent in wanted.intents}) > 15
    assert {intent.patience_s for intent in wanted.intents} == {45.0}


def test_apps_wait_longer_for_a_vendor_that_takes_longer(tmp_path: Path) -> None:
    cast = kiosk_cast(tmp_path)
    assert intents_of(written(cast, scenario(), 1), cast, 40.0).intents[0].patience_s == 90.0


def test_an_operation_that_is_not_there_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    cast = kiosk_cast(tmp_path)
    given = scenario(load=[{"rate": "1/s", "mix": {"selTicket": 1}}])
    with pytest.raises(UsageError, match=r"no request or operation is called selTicket.*sellTicket"):
        intents_of(written(cast, given, 1), cast, 15.0)
