"""The field of an id is the one that the path's parameter names, of its type, wherever it stands."""

from typing import Any

import pytest

from tests.simulator.small_vendor import TEXT, WHOLE, SmallVendor, fields, operation
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.document.documented_answer import answer_of
from tidegate.simulator.document.id_place import id_at, id_telling, other_id_names, sent_id, wished_ids


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
    assert wished_ids("petIdOrSlug") == ["petid", "id", "slug"]
    assert [*map(other_id_names, ("petIdOrSlug", "order_id"))] == [frozenset({"slug"}), frozenset()]


NO_ID = fields(ok=TEXT)


@pytest.mark.parametrize(
    ("answer", "body", "telling"),
    [
        (fields(id=TEXT), None, "told"),
        (TEXT, None, "told"),
        (NO_ID, fields("id", id=TEXT), "told"),
        (NO_ID, fields(id=TEXT), "sent"),
        (NO_ID, fields(pet=fields(id=TEXT)), "sent"),
        (NO_ID, fields("id", id={**TEXT, "readOnly": True}), ""),
        (NO_ID, fields(name=TEXT), ""),
        (None, None, ""),
    ],
)
def test_who_makes_an_object_is_told_its_id_or_names_it_or_never_learns_it(
    answer: Any, body: Any, telling: str
) -> None:
    document = SmallVendor({"/pets": {"post": operation(answer, body)}}).document
    post = next(iter(document.operations.values()))
    assert id_telling(document, ("id",), post, answer_of(document, post), answer) == telling


def test_an_id_is_told_by_an_answer_that_spells_its_name_otherwise() -> None:
    account, made = fields(Id=TEXT, Name=TEXT), fields("id", "success", id=TEXT, success={"type": "boolean"})
    vendor = SmallVendor({
        "/accounts": {"post": operation(made, fields(Name=TEXT), status=201)},
        "/accounts/{id}": {"get": operation(account)},
    })  # fmt: skip
    told = vendor.made("/accounts", {"Name": "A"})
    assert vendor.read(f"/accounts/{told['id']}") == {"Id": told["id"], "Name": "A"}
    with pytest.raises(VendorError):
        vendor.read("/accounts/nobody")


@pytest.mark.parametrize(
    ("body", "param", "own", "field"),
    [
        (fields("user_id", user_id=WHOLE), "user_id", {"id"}, "user_id"),
        (fields("userId", userId=WHOLE), "user_id", {"id"}, "userId"),
        (fields(user_id=WHOLE), "user_id", {"id"}, ""),
        (fields("user_id", user_id=WHOLE), "user_id", {"id", "userid"}, ""),
        (fields("id", id=WHOLE), "id", set(), ""),
        (fields("name", name=TEXT), "user_id", {"id"}, ""),
    ],
)
def test_what_a_request_must_call_as_the_path_does_names_what_it_puts_there(
    body: Any, param: str, own: set[str], field: str
) -> None:
    post = next(
        iter((vendor := SmallVendor({"/g/{id}/users": {"post": operation(None, body)}})).document.operations.values())
    )
    assert sent_id(vendor.document, post, param, own) == field
