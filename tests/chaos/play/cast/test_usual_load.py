"""A load that names nothing asks each vendor for what it carries out."""

from pathlib import Path

from tests.chaos.kiosk import DRAWABLE, kiosk_cast, scenario
from tidegate.chaos.play.cast.preparation import rehearsed
from tidegate.chaos.play.cast.usual_load import with_usual_load
from tidegate.scenario.load import GivenRequest


def test_each_vendor_is_asked_for_all_that_it_carries_out(tmp_path: Path) -> None:
    made = with_usual_load(scenario(), rehearsed(kiosk_cast(tmp_path, "east", "west")))
    assert [load.vendor for load in made.load] == ["east", "west"]
    assert all({*load.mix} == DRAWABLE for load in made.load)


def test_given_requests_are_asked_for_instead(tmp_path: Path) -> None:
    given = {"group": GivenRequest(operation="sellTicket", body={"seats": 9}, draw=True)}
    (load,) = with_usual_load(scenario(), rehearsed(kiosk_cast(tmp_path, given=given))).load
    assert load.mix == {"group": 1}


def test_a_mix_stays_as_it_is_written(tmp_path: Path) -> None:
    given = scenario(load=[{"rate": "1/s", "mix": {"sellTicket": 1}}, {"rate": "1/s", "vendor": "nobody"}])
    assert with_usual_load(given, kiosk_cast(tmp_path)) == given
