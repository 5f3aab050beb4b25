"""A cast has every operation of its vendors in every way, and only what is asked for has stories."""

from pathlib import Path

from tests.chaos.kiosk import DRAWABLE, kiosk_cast
from tidegate.scenario.load import GivenRequest


def test_every_operation_is_a_source_and_has_a_story_for_each_way(tmp_path: Path) -> None:
    cast = kiosk_cast(tmp_path)
    assert {source.name for source in cast.vendors["kiosk"].sources} == DRAWABLE
    assert {"sellTicket keyed", "sellTicket plain", "sellTicket revise", "listTickets glance"} <= cast.stories.keys()
    assert "listTickets keyed" not in cast.stories
    assert cast.weighted["sellTicket keyed"] > cast.weighted["sellTicket rash"]


def test_several_vendors_have_addresses_and_names_of_their_own(tmp_path: Path) -> None:
    cast = kiosk_cast(tmp_path, "east", "west")
    assert len({*cast.addresses.values()}) == 2
    assert cast.stories["east sellTicket plain"].vendor == "east"
    assert cast.stories["west sellTicket plain"].vendor == "west"


def test_what_a_vendor_does_not_carry_out_has_no_weight_but_stays_known(tmp_path: Path) -> None:
    cast = kiosk_cast(tmp_path).only(["kiosk sellTicket"], {"kiosk listTickets": "404"})
    assert {cast.stories[name].operation for name in cast.weighted} == {"sellTicket"}
    assert "listTickets plain" in cast.stories
    assert {source.name for source in cast.vendors["kiosk"].known} == DRAWABLE
    assert cast.undrawn == {"kiosk listTickets": "404"}


def test_a_given_request_is_a_source_beside_the_operation_that_it_is_for(tmp_path: Path) -> None:
    given = {"group": GivenRequest(operation="sellTicket", body={"seats": 9}, draw=True)}
    cast = kiosk_cast(tmp_path, given=given)
    assert {source.name for source in cast.vendors["kiosk"].sources} == {*DRAWABLE, "group"}
    source = cast.stories["group plain"].drawn
    assert source.operation.id == "sellTicket"
    assert source.draw("a", {}).values["seats"] == 9
