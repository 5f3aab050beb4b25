"""A request about many objects has a list of what each is made of, and not too long a one."""

import pytest

from tests.simulator.small_vendor import TEXT, SmallVendor, collection, fields, listed, operation
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
    with pytest.raises(VendorError):
        batched((), {}, [{}] * (BATCH_MAX + 1))
    with pytest.raises(VendorError):
        batched(("inputs",), {"inputs": ["a"]}, None)
    assert batched(("inputs",), {}, None) == []
