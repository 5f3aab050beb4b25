"""What an operation does follows from its method, its path and its schemas, for many objects at once too."""

import pytest

from tests.simulator.small_vendor import TEXT, SmallVendor, collection, fields, listed, operation

PET = fields(id=TEXT, name=TEXT)
MANY = fields(inputs=listed(fields(id=TEXT, name=TEXT)))


@pytest.mark.parametrize(
    ("method", "path", "does"),
    [
        ("POST", "/pets/batch/create", "create"),
        ("POST", "/pets/batch/read", "retrieve"),
        ("POST", "/pets/bulk", "create"),
        ("PATCH", "/pets", "update"),
        ("POST", "/pets:batchDelete", "delete"),
        ("DELETE", "/pets", "delete"),
    ],
)
def test_many_objects_at_once_are_dealt_with_as_the_path_or_the_method_says(method: str, path: str, does: str) -> None:
    paths = collection(PET, listed(PET), PET)
    paths.setdefault(path, {})[method.lower()] = operation(fields(results=listed(PET)), MANY)
    shape = SmallVendor(paths).operation(method, path)
    assert (shape.does, shape.kind, shape.many) == (does, "pets", ("inputs",))


def test_a_verb_and_a_key_in_a_step_are_read() -> None:
    paths = collection(PET, fields(value=listed(PET)), PET, path="/Pets", item="({id})")
    paths["/Pets/{id}:cancel"] = {"post": operation(PET)}
    vendor = SmallVendor(paths)
    assert vendor.operation("GET", "/Pets(1)").does == "retrieve"
    assert (vendor.operation("POST", "/Pets/1:cancel").does, vendor.operation("POST", "/Pets/1:cancel").action) == (
        "act", "cancel",
    )  # fmt: skip


def test_an_object_with_a_list_and_words_of_pages_is_no_list() -> None:
    pet = fields("id", id={**TEXT, "readOnly": True}, name=TEXT, tags=listed(TEXT), meta=fields(), url=TEXT)
    vendor = SmallVendor(collection(pet, listed(pet), fields(name=TEXT)))
    assert vendor.operation("POST", "/pets").does == "create"
    made = vendor.made("/pets", {"name": "Ada"})
    assert vendor.read(f"/pets/{made['id']}") == made
