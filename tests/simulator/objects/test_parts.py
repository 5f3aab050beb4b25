"""A part of an object that has a path of its own is the object's: what is written at one path is read at the other."""

from typing import Any

import pytest

from tests.simulator.small_vendor import MERGE_PATCH, TEXT, SmallVendor, collection, fields, listed, operation
from tidegate.simulator.answer.errors import VendorError

ADDRESS = {"$ref": "#/components/schemas/Address"}
USER = fields(
    "id", id={**TEXT, "readOnly": True}, name=TEXT, address=ADDRESS, tags=listed(TEXT),
    status={**TEXT, "enum": ["on", "off"]}, links=fields(boss=fields(data=fields(id=TEXT), more=TEXT)),
)  # fmt: skip


@pytest.fixture
def vendor() -> SmallVendor:
    boss = fields("data", data=fields(id=TEXT))
    paths: dict[str, Any] = {
        **collection(USER, listed(USER), USER, path="/users"),
        "/users/{id}/address": {"get": operation(ADDRESS), "put": operation(ADDRESS, ADDRESS),
                                "patch": operation(ADDRESS, ADDRESS, media=MERGE_PATCH)},
        "/users/{id}/tags": {"get": operation(listed(TEXT)), "put": operation(None, listed(TEXT), status=204)},
        "/users/{id}/links/boss": {"get": operation(boss), "patch": operation(None, boss, status=204)},
        "/users/{id}/status": {"put": operation(None, fields(status=TEXT), status=204)},
    }  # fmt: skip
    return SmallVendor(paths, {"Address": fields(city=TEXT, zip=TEXT)})


def test_a_part_is_read_from_the_object_and_written_into_it(vendor: SmallVendor) -> None:
    made = vendor.made("/users", {"name": "Ada", "address": {"city": "Rome", "zip": "1"}, "tags": ["a"]})
    at = f"/users/{made['id']}"
    assert (vendor.read(f"{at}/address"), vendor.read(f"{at}/tags")) == ({"city": "Rome", "zip": "1"}, ["a"])
    assert vendor.ask("PATCH", f"{at}/address", {"zip": None}, MERGE_PATCH).body == {"city": "Rome"}
    assert vendor.ask("PUT", f"{at}/address", {"zip": "9"}).body == {"zip": "9"} == vendor.read(f"{at}/address")
    vendor.ask("PUT", f"{at}/tags", ["b", "c"])
    vendor.ask("PUT", f"{at}/status", {"status": "off"})
    after = vendor.read(at)
    assert (after["address"], after["tags"], after["status"]) == ({"zip": "9"}, ["b", "c"], "off")


def test_a_part_inside_a_part_is_changed_and_shown_as_far_as_its_path_has_it(vendor: SmallVendor) -> None:
    links = {"boss": {"data": {"id": "b1"}, "more": "x"}}
    made = vendor.made("/users", {"name": "Ada", "links": links})
    at = f"/users/{made['id']}"
    assert vendor.read(f"{at}/links/boss") == {"data": {"id": "b1"}}
    vendor.ask("PATCH", f"{at}/links/boss", {"data": {"id": "b2"}})
    assert vendor.read(at)["links"] == {"boss": {"data": {"id": "b2"}, "more": "x"}}


def test_a_part_of_nobody_is_not_there(vendor: SmallVendor) -> None:
    with pytest.raises(VendorError):
        vendor.read("/users/nobody/address")


def test_a_part_that_is_not_there_yet_is_as_its_answer_has_it(vendor: SmallVendor) -> None:
    made = vendor.made("/users", {"name": "Ada"})
    vendor.ask("PUT", f"/users/{made['id']}", {"name": "Ada"})
    address = vendor.read(f"/users/{made['id']}/address")
    assert vendor.read(f"/users/{made['id']}")["address"] == address


def test_a_part_is_found_whatever_the_id_is_called() -> None:
    article = fields("id", "slug", id=TEXT, slug=TEXT, links=fields(boss=fields(name=TEXT)))
    paths = collection(article, listed(article), article, path="/articles", item="/{slug}")
    boss = fields(name=TEXT)
    paths["/articles/{slug}/links/boss"] = {"get": operation(boss), "put": operation(boss, boss)}
    vendor = SmallVendor(paths)
    vendor.made("/articles", {"id": "1", "slug": "one"})
    vendor.ask("PUT", "/articles/one/links/boss", {"name": "Ada"})
    assert vendor.read("/articles/one")["links"] == {"boss": {"name": "Ada"}}


def test_a_part_is_found_by_every_name_of_its_object() -> None:
    article = fields("id", "slug", id={**TEXT, "readOnly": True}, slug=TEXT, author=fields(name=TEXT))
    author = fields(name=TEXT)
    paths = collection(article, listed(article), article, path="/articles", item="/{id_or_slug}")
    paths["/articles/{id_or_slug}/author"] = {"get": operation(author), "put": operation(author, author)}
    vendor = SmallVendor(paths)
    made = vendor.made("/articles", {"slug": "one"})
    vendor.ask("PUT", "/articles/one/author", {"name": "Ada"})
    assert vendor.read(f"/articles/{made['id']}") == {**made, "author": {"name": "Ada"}}


def test_entries_are_added_to_a_relationship_and_taken_out_of_it() -> None:
    tag, at = fields("type", "id", type=TEXT, id=TEXT), "/posts/{id}/relationships/tags"
    held = fields("data", data=listed(tag))
    post = fields("id", id={**TEXT, "readOnly": True}, relationships=fields(tags=held))
    changes = {method: operation(None, held, status=204) for method in ("post", "patch", "delete")}
    vendor = SmallVendor(
        {**collection(post, listed(post), post, path="/posts"), at: {"get": operation(held), **changes}}
    )
    one, two = ({"type": "tags", "id": name} for name in "ab")
    made = vendor.made("/posts", {"relationships": {"tags": {"data": [one]}}})
    place = at.replace("{id}", made["id"])
    vendor.ask("POST", place, {"data": [one, two]})
    assert vendor.read(place)["data"] == [one, two]
    vendor.ask("DELETE", place, {"data": [{**one, "meta": {}}]})
    assert vendor.read(f"/posts/{made['id']}")["relationships"]["tags"]["data"] == [two]
    vendor.ask("PATCH", place, {"data": []})
    assert vendor.read(place)["data"] == []
