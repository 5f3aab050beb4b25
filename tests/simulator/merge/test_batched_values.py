"""A request about many objects has a list of what each is made of, and not too long a one."""

import pytest

from tests.simulator.small_vendor import TEXT, WHOLE, SmallVendor, collection, fields, listed, operation, query
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.merge.batched_values import BATCH_MAX, batched

PET = fields("id", id=TEXT, name=TEXT)


def test_many_are_made_read_changed_and_deleted_by_one_request() -> None:
    many, page = fields(inputs=listed(fields(id=TEXT, name=TEXT))), fields(results=listed(PET))
    paths = {
        **collection(PET, listed(PET), PET),
        **{f"/pets/batch/{verb}": {"post": operation(page, many)} for verb in ("create", "read", "update")},
        "/pets/batch/delete": {"post": operation(None, many, status=204)},
    }
    vendor = SmallVendor(paths)
    made = vendor.made("/pets/batch/create", {"inputs": [{"name": "Ada"}, {"name": "Bob"}]})["results"]
    assert [pet["name"] for pet in made] == ["Ada", "Bob"]
    named = [{"id": pet["id"]} for pet in made]
    assert vendor.made("/pets/batch/read", {"inputs": named})["results"] == made
    changed = [{**name, "name": "Cleo"} for name in named]
    vendor.made("/pets/batch/update", {"inputs": changed})
    assert [vendor.read(f"/pets/{pet['id']}")["name"] for pet in made] == ["Cleo", "Cleo"]
    vendor.ask("POST", "/pets/batch/delete", {"inputs": named})
    assert vendor.read("/pets") == []


def test_a_body_that_is_a_list_makes_each() -> None:
    paths = collection(PET, listed(PET), PET)
    paths["/pets"]["post"] = operation(listed(PET), listed(fields(name=TEXT)), status=201)
    vendor = SmallVendor(paths)
    assert [pet["name"] for pet in vendor.made("/pets", [{"name": "Ada"}, {"name": "Bob"}])] == ["Ada", "Bob"]


def test_too_many_or_no_objects_are_refused() -> None:
    kind = SmallVendor(collection(PET, listed(PET), PET)).kind("pets")
    with pytest.raises(VendorError):
        batched((), {}, [{}] * (BATCH_MAX + 1), kind)
    with pytest.raises(VendorError):
        batched(("inputs",), {"inputs": [1.5]}, None, kind)
    assert batched(("inputs",), {}, None, kind) == []
    assert batched(("ids",), {"ids": ["a"]}, None, kind) == [{"id": "a"}]


ITEM = fields("sku", sku=TEXT, qty=WHOLE)


def shop() -> SmallVendor:
    paths = collection(ITEM, listed(ITEM), ITEM, path="/items", item="/{sku}")
    paths["/items"]["put"] = operation(listed(ITEM), listed(ITEM))
    paths["/items"]["delete"] = operation(None, None, query("skus", type="array", items=TEXT), status=204)
    paths["/items/upsert"] = {"post": operation(ITEM, ITEM)}
    paths["/items/bulk-delete"] = {"post": operation(fields("deleted", deleted=WHOLE), fields(ids=listed(TEXT)))}
    vendor = SmallVendor(paths)
    for place, sku in enumerate("abc"):
        vendor.made("/items", {"sku": sku, "qty": place})
    return vendor


def skus(vendor: SmallVendor) -> str:
    return "".join(sorted(item["sku"] for item in vendor.read("/items")))


def test_many_are_deleted_by_their_ids_and_one_that_is_not_there_refuses_the_whole() -> None:
    vendor = shop()
    with pytest.raises(VendorError, match="'z'"):
        vendor.made("/items/bulk-delete", {"ids": ["a", "z"]})
    assert skus(vendor) == "abc"
    assert vendor.made("/items/bulk-delete", {"ids": ["a", "b"]}) == {"deleted": 2}
    vendor.ask("DELETE", "/items?skus=c")
    assert skus(vendor) == ""


def test_what_is_put_is_made_where_it_is_not_there() -> None:
    vendor = shop()
    assert vendor.ask("PUT", "/items", [{"sku": "a", "qty": 7}, {"sku": "d", "qty": 8}]).body == [
        {"sku": "a", "qty": 7}, {"sku": "d", "qty": 8},
    ]  # fmt: skip
    assert vendor.made("/items/upsert", {"sku": "a", "qty": 9}) == {"sku": "a", "qty": 9} == vendor.read("/items/a")
    vendor.made("/items/upsert", {"sku": "e", "qty": 1})
    assert skus(vendor) == "abcde"


BOOK = fields(name=TEXT, title=TEXT)
BOOKS = fields("books", books=listed(BOOK))


def library() -> SmallVendor:
    base = "/publishers/{publisher}/books"
    made = {**operation(BOOK, BOOK), "parameters": [query("bookId")]}
    wrapped = fields(requests=listed(fields(parent=TEXT, book=BOOK, bookId=TEXT, updateMask=TEXT)))
    return SmallVendor(
        {
            base: {"get": operation(BOOKS), "post": made},
            f"{base}/{{book}}": {"get": operation(BOOK)},
            f"{base}:batchGet": {"get": operation(BOOKS, None, query("names", type="array", items=TEXT))},
            f"{base}:batchCreate": {"post": operation(BOOKS, wrapped)},
            f"{base}:batchUpdate": {"post": operation(BOOKS, wrapped)},
            f"{base}:batchDelete": {"post": operation(fields(), fields(names=listed(TEXT)))},
        }
    )


def test_entries_in_a_wrapper_are_made_and_changed_under_the_ids_beside_them() -> None:
    vendor, base = library(), "/publishers/x/books"
    sent = [{"parent": "publishers/x", "book": {"title": name}, "bookId": name} for name in ("a", "b")]
    made = vendor.ask("POST", f"{base}:batchCreate", {"requests": sent}).body["books"]
    assert made == [{"name": "a", "title": "a"}, {"name": "b", "title": "b"}]
    assert vendor.read(f"{base}/a") == made[0]
    changed = [{"book": {"name": "publishers/x/books/a", "title": "new"}, "updateMask": "title"}]
    vendor.ask("POST", f"{base}:batchUpdate", {"requests": changed})
    assert vendor.read(f"{base}/a") == {"name": "a", "title": "new"}


def test_objects_are_named_by_the_path_that_leads_to_them() -> None:
    vendor, base = library(), "/publishers/x/books"
    for name in ("a", "b", "c"):
        vendor.ask("POST", f"{base}?bookId={name}", {"title": name})
    found = vendor.read(f"{base}:batchGet?names=publishers/x/books/a&names=b")["books"]
    assert sorted(one["name"] for one in found) == ["a", "b"]
    vendor.ask("POST", f"{base}:batchDelete", {"names": ["publishers/x/books/a", "b"]})
    assert [one["name"] for one in vendor.read(base)["books"]] == ["c"]
