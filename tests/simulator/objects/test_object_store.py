"""Objects live under their own objects, are made, changed and deleted, and refer to what is there."""

import pytest

from tests.simulator.houses import Street
from tidegate.simulator.answer.errors import VendorError
from tidegate.values.json_value import NOTHING


def test_what_is_made_is_read_back_changed_and_gone_after_its_deletion() -> None:
    street = Street()
    made = street.ask("POST /houses", {"name": "A", "status": "sold"}).body
    assert (made["name"], made["status"], made["note"]) == ("A", "sold", None)
    assert street.ask("GET /houses/{id}", id=made["id"]).body == made
    changed = street.ask("PATCH /houses/{id}", {"note": "new"}, id=made["id"]).body
    assert (changed["name"], changed["note"]) == ("A", "new")
    assert street.ask("DELETE /houses/{id}", id=made["id"]).body is NOTHING
    for operation in ("GET /houses/{id}", "DELETE /houses/{id}", "PATCH /houses/{id}"):
        with pytest.raises(VendorError, match="No such houses") as refused:
            street.ask(operation, id=made["id"])
        assert refused.value.reason == "not-found"


def test_objects_within_two_others_do_not_mix_and_count_for_themselves() -> None:
    street = Street()
    homes = [street.ask("POST /houses", {"name": name}).body["id"] for name in "AB"]
    made = [street.ask("POST /houses/{house}/rooms", house=homes[turn]).body["room"] for turn in (0, 1, 0)]
    assert [room["number"] for room in made] == [1, 1, 2]
    first = street.ask("GET /houses/{house}/rooms", house=homes[0]).body
    assert [room["number"] for room in first["rooms"]] == [2, 1]
    assert {room["house"] for room in first["rooms"]} == {homes[0]}
    assert first["total"] == 2
    street.ask("DELETE /houses/{house}/rooms/{room_number}", house=homes[0], room_number="1")
    with pytest.raises(VendorError):
        street.ask("GET /houses/{house}/rooms/{room_number}", house=homes[0], room_number="1")
    other = street.ask("GET /houses/{house}/rooms/{room_number}", house=homes[1], room_number="1").body
    assert other["room"]["house"] == homes[1]


def test_nothing_is_made_within_what_is_not_there() -> None:
    with pytest.raises(VendorError, match="No such houses: 'none'"):
        Street().ask("POST /houses/{house}/rooms", house="none")


def test_a_reference_names_an_object_that_is_there() -> None:
    street = Street()
    home = street.ask("POST /houses", {"name": "A"}).body["id"]
    assert street.ask("POST /keys").body["house"] == home
    alone = Street()
    referred = alone.ask("POST /keys").body["house"]
    assert alone.ask("GET /houses/{id}", id=referred).body["id"] == referred


def test_what_nobody_can_make_is_there_under_any_id() -> None:
    street = Street()
    first = street.ask("GET /owners/{username}", username="ada").body
    assert first["login"] == "ada"
    assert street.ask("GET /owners/{username}", username="ada").body == first


def test_what_is_put_is_there_from_then_on() -> None:
    street = Street()
    with pytest.raises(VendorError):
        street.ask("GET /stars/{owner}", owner="ada")
    assert street.ask("PUT /stars/{owner}", owner="ada").status == 204
    assert street.ask("GET /stars/{owner}", owner="ada").status == 204


def test_a_single_object_belongs_to_its_place() -> None:
    street = Street()
    homes = [street.ask("POST /houses", {"name": name}).body["id"] for name in "AB"]
    street.ask("PUT /houses/{id}/brief", {"title": "mine"}, id=homes[0])
    assert street.ask("GET /houses/{id}/brief", id=homes[0]).body["title"] == "mine"
    assert street.ask("GET /houses/{id}/brief", id=homes[1]).body["title"] != "mine"


def test_what_the_vendor_file_says_is_there_is_there_and_comes_back_after_a_reset() -> None:
    street = Street(objects={"houses": {"there": [{"id": "hs_first", "name": "First"}]}})
    for _ in range(2):
        assert street.ask("GET /houses/{id}", id="hs_first").body["name"] == "First"
        street.ask("DELETE /houses/{id}", id="hs_first")
        street.service.reset()


def test_a_declared_reference_that_names_nothing_is_refused() -> None:
    street = Street(objects={"keys": {"references": {"house": "houses"}}})
    with pytest.raises(VendorError, match="No such houses: 'none'") as refused:
        street.ask("POST /keys", {"house": "none"})
    assert refused.value.reason == "missing-reference"
