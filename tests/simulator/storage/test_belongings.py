"""What belongs to an object around it is known by its path, and can be saved and put back."""

import pytest

from tests.simulator.small_vendor import TEXT, SmallVendor, collection, fields, listed, operation
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.storage.belongings import Belongings

CARD = fields("id", id=TEXT)
PATHS = {
    "/boards/{boardId}/cards": {"get": operation(listed(CARD)), "post": operation(CARD, fields(), status=201)},
    "/cards/{id}": {"get": operation(CARD)},
}


def test_belongings_are_found_dropped_and_restored() -> None:
    listing = SmallVendor(PATHS).operation("GET", "/boards/1/cards")
    belongings = Belongings()
    for board, card in (("1", "a"), ("1", "b"), ("2", "c")):
        belongings.add(listing, {"boardId": board}, card)
    belongings.drop("cards", "b")
    saved = belongings.described()
    assert belongings.is_elsewhere(listing, {"boardId": "1"}, "c")
    assert not belongings.is_elsewhere(listing, {"boardId": "1"}, "a")
    belongings.replace([])
    assert belongings.keys(listing, {"boardId": "1"}) is None
    assert not belongings.is_elsewhere(listing, {"boardId": "1"}, "c")
    belongings.replace(saved)
    assert belongings.keys(listing, {"boardId": "1"}) == frozenset({"a"})
    assert belongings.keys(SmallVendor(PATHS).operation("GET", "/cards/a"), {}) is None


GROUP, USER = fields("id", "title", id=TEXT, title=TEXT), fields("id", "name", id=TEXT, name=TEXT)
TEAMS = {
    **collection(USER, listed(USER), fields("name", name=TEXT), path="/users"),
    **collection(GROUP, listed(GROUP), fields("title", title=TEXT), path="/groups"),
    "/groups/{group_id}/users": {
        "get": operation(listed(USER)),
        "post": operation(USER, fields("user_id", user_id=TEXT), status=201),
    },
    "/groups/{group_id}/users/{user_id}": {"get": operation(USER), "delete": operation(status=204)},
}


def test_who_is_put_into_a_group_by_name_leaves_it_without_being_deleted() -> None:
    vendor = SmallVendor(TEAMS)
    ada, one, two = vendor.made("/users", {"name": "Ada"}), *(vendor.made("/groups", {"title": t}) for t in "ab")
    for group in (one, two):
        assert vendor.made(f"/groups/{group['id']}/users", {"user_id": ada["id"]}) == ada
    assert vendor.read("/users") == [ada] == vendor.read(f"/groups/{one['id']}/users")
    vendor.ask("DELETE", f"/groups/{one['id']}/users/{ada['id']}")
    assert vendor.read(f"/groups/{one['id']}/users") == []
    with pytest.raises(VendorError):
        vendor.read(f"/groups/{one['id']}/users/{ada['id']}")
    assert vendor.read(f"/groups/{two['id']}/users/{ada['id']}") == ada == vendor.read(f"/users/{ada['id']}")
