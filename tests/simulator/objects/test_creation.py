"""An object is made of what was sent, of the path around it, and of what the vendor gives each."""

import pytest

from tests.simulator.small_vendor import TEXT, SmallVendor, collection, fields, listed, operation
from tidegate.simulator.answer.errors import VendorError

OWN = {**TEXT, "readOnly": True}
PROJECT = fields("id", id=OWN, name=TEXT)
TASK = fields("id", "project", id=OWN, title=TEXT, project={**fields("id", id=TEXT, name=TEXT), "readOnly": True})


def test_what_is_made_below_an_object_tells_of_it() -> None:
    tasks = collection(TASK, listed(TASK), fields(title=TEXT), path="/projects/{project_id}/tasks")
    vendor = SmallVendor(
        {**collection(PROJECT, listed(PROJECT), PROJECT, path="/projects", item="/{project_id}"), **tasks}
    )
    project = vendor.made("/projects", {"name": "Plan"})
    assert vendor.made(f"/projects/{project['id']}/tasks", {"title": "t"})["project"] == project


def test_a_sample_below_an_object_tells_of_it_too() -> None:
    order = fields("id", id=OWN, userId=TEXT)
    vendor = SmallVendor({"/users/{uid}/orders": {"post": operation(order, fields(), status=201)}})
    assert vendor.made("/users/u1/orders", {})["userId"] == "u1"


def test_put_makes_what_is_not_there_and_says_so_where_the_document_does() -> None:
    pet = fields("id", id=OWN, name=TEXT)
    paths = collection(pet, listed(pet), pet)
    paths["/pets/{id}"]["put"]["responses"]["201"] = paths["/pets/{id}"]["put"]["responses"]["200"]
    vendor = SmallVendor(paths)
    assert [vendor.ask("PUT", "/pets/p1", {"name": name}).status for name in "ab"] == [201, 200]
    assert vendor.read("/pets/p1") == {"id": "p1", "name": "b"}


def test_an_id_that_is_there_already_is_a_conflict() -> None:
    pet = fields("id", id=TEXT, name=TEXT)
    vendor = SmallVendor(collection(pet, listed(pet), pet))
    vendor.made("/pets", {"id": "p1"})
    with pytest.raises(VendorError) as refused:
        vendor.made("/pets", {"id": "p1"})
    assert refused.value.status == 409
