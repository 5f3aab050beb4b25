"""A request may wrap the object as the answer does."""

import pytest

from tests.simulator.houses import Street
from tests.simulator.small_vendor import TEXT, WHOLE, SmallVendor, collection, fields, listed


def test_an_object_is_read_out_of_the_wrapper_that_the_answer_has_too() -> None:
    street = Street()
    house = street.ask("POST /houses").body["id"]
    made = street.ask("POST /houses/{house}/rooms", {"room": {"colour": "blue"}}, house=house)
    assert made.body["room"]["colour"] == "blue"


def test_an_object_that_is_not_wrapped_is_read_as_it_is() -> None:
    street = Street()
    house = street.ask("POST /houses").body["id"]
    made = street.ask("POST /houses/{house}/rooms", {"colour": "blue", "room": "none"}, house=house)
    assert made.body["room"]["colour"] == "blue"


PART = {"Own": fields("title", "at", title=TEXT, note={**TEXT, "nullable": True}, at={**TEXT, "readOnly": True})}


def test_fields_that_a_request_has_bare_go_into_the_part_that_has_all_of_them() -> None:
    one = fields("id", "attributes", id=WHOLE, attributes={"$ref": "#/components/schemas/Own"})
    sent = fields("data", data=fields(title=TEXT, note=TEXT))
    answer = fields("data", data=one)
    page = fields("data", "meta", data=listed(one), meta=fields("pagination", pagination=fields("total", total=WHOLE)))
    vendor = SmallVendor(collection(answer, page, sent), PART)
    made = vendor.made("/pets", {"data": {"title": "A", "note": "n"}})["data"]
    assert (made["attributes"]["title"], made["attributes"]["note"]) == ("A", "n")
    at, stamp = f"/pets/{made['id']}", made["attributes"]["at"]
    changed = vendor.ask("PATCH", at, {"data": {"title": "B"}}).body["data"]["attributes"]
    assert changed == {"title": "B", "note": "n", "at": stamp}
    replaced = vendor.ask("PUT", at, {"data": {"title": "C"}}).body["data"]["attributes"]
    assert replaced == {"title": "C", "at": stamp}
    assert vendor.read("/pets")["meta"]["pagination"]["total"] == 1


@pytest.mark.parametrize("name", ["attributes", "fields", "properties"])
def test_patch_changes_entries_of_a_part_that_has_all_fields_and_put_replaces_it(name: str) -> None:
    one = fields("id", id={**TEXT, "readOnly": True}, **{name: {"type": "object"}})
    vendor = SmallVendor(collection(one, listed(one), fields(**{name: {"type": "object"}})))
    at = f"/pets/{vendor.made('/pets', {name: {'a': 1, 'b': 2}})['id']}"
    assert vendor.ask("PATCH", at, {name: {"b": None, "c": 3}}).body[name] == {"a": 1, "b": None, "c": 3}
    assert vendor.ask("PUT", at, {name: {"d": 4}}).body[name] == {"d": 4}
