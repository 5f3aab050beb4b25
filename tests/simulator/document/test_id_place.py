"""The field of an id is the one that the path's parameter names, of its type, wherever it stands."""

from typing import Any

import pytest

from tests.simulator.small_vendor import TEXT, WHOLE, SmallVendor, fields, operation
from tidegate.simulator.document.id_place import id_at, wished_ids


@pytest.mark.parametrize(
    ("param", "shape", "at"),
    [
        ("id", {"id": TEXT}, ("id",)),
        ("pet_id", {"uuid": TEXT, "pet_id": TEXT}, ("pet_id",)),
        ("project_gid", {"gid": TEXT, "name": TEXT}, ("gid",)),
        ("name", {"metadata": fields(name=TEXT), "spec": fields(name=TEXT)}, ("metadata", "name")),
        ("entry_id", {"sys": fields(id=TEXT), "fields": fields(id=TEXT)}, ("sys", "id")),
        ("id", {"owner": fields(id=TEXT), "title": TEXT}, ()),
        ("key", {"code": {"type": "integer", "enum": [2000]}, "result": fields()}, ()),
        ("key", {"id": {"type": "object"}, "name": TEXT}, ("name",)),
    ],
)
def test_an_id_is_where_the_document_has_it(param: str, shape: dict[str, Any], at: tuple[str, ...]) -> None:
    document = SmallVendor({"/pets/{" + param + "}": {"get": operation(fields(**shape))}}).document
    shown = next(iter(document.operations.values()))
    assert id_at(document, shown, shape, param, ("pets", "{}"), marked=False) == at


def test_a_text_is_no_id_where_the_path_takes_an_integer() -> None:
    node = {"parameters": [{"name": "id", "in": "path", "required": True, "schema": WHOLE}]}
    document = SmallVendor({"/pets/{id}": {"get": {**operation(fields(id=TEXT)), **node}}}).document
    shown = next(iter(document.operations.values()))
    assert id_at(document, shown, {"id": TEXT, "number": WHOLE}, "id", ("pets", "{}"), marked=False) == ("number",)


def test_a_parameters_words_are_wished_for_the_longest_first() -> None:
    assert wished_ids("customerAccountId") == ["customeraccountid", "accountid", "id"]
