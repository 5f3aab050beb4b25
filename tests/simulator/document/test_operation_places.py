"""An operation's objects are found in its answer and in its request."""

from tests.simulator.small_vendor import TEXT, SmallVendor, collection, fields, listed, operation

PET = fields("id", id={**TEXT, "readOnly": True}, name=TEXT)


def test_places_of_answer_items_and_request_are_known() -> None:
    one, page = fields(pet=PET), fields(rows=listed(fields(pet=PET)))
    vendor = SmallVendor(collection(one, page, fields(pet=fields(name=TEXT))))
    listing, making = vendor.operation("GET", "/pets"), vendor.operation("POST", "/pets")
    assert (listing.at, listing.item_at) == (("rows",), ("pet",))
    assert (making.at, making.sent_at, making.sent_fields) == (("pet",), ("pet",), frozenset({"name"}))
    assert vendor.operation("PUT", "/pets/1").replaces
    assert not vendor.operation("PATCH", "/pets/1").replaces


def test_a_request_without_a_schema_may_hold_every_field() -> None:
    vendor = SmallVendor(collection(PET, listed(PET), {}))
    assert vendor.operation("PUT", "/pets/1").sent_fields == {"id", "name"}


def test_names_of_fields_to_show_do_not_hide_the_list_that_a_request_is_about() -> None:
    pet = fields("id", id={**TEXT, "readOnly": True}, properties={"type": "object"})
    body = fields(inputs=listed(fields("id", id=TEXT)), properties=listed(TEXT))
    paths = collection(pet, listed(pet), pet)
    paths["/pets/batch/read"] = {"post": operation(fields(results=listed(pet)), body)}
    vendor = SmallVendor(paths)
    made = vendor.made("/pets", {"properties": {"a": 1}})
    sent = {"inputs": [{"id": made["id"]}], "properties": ["a"]}
    assert vendor.made("/pets/batch/read", sent)["results"] == [made]
