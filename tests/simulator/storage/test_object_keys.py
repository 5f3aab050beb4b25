"""Keys of objects come from the path, the request and the object."""

import pytest

from tests.simulator.houses import Street
from tests.simulator.small_vendor import TEXT, WHOLE, SmallVendor, fields, listed, operation
from tidegate.simulator.answer import errors
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.storage.object_keys import ALONE, ObjectKeys
from tidegate.vendor.resource_facts import ObjectFacts


def test_a_key_is_the_ids_around_and_the_own() -> None:
    street = Street()
    where, kinds = ObjectKeys(street.resource_operations.model), street.resource_operations.kinds
    shape = street.resource_operations.of(street.document.operations["POST /houses/{house}/rooms"])
    assert where.scope(kinds["rooms"], shape, {"house": "hs_1"}, {}, None) == "hs_1"
    assert where.key(kinds["rooms"], "hs_1", 3) == "hs_1/3"
    assert where.key(kinds["houses"], "", "a/b") == "a%2Fb"
    assert where.key(kinds["houses"], "", 1795265219.1) == where.key(kinds["houses"], "", "1795265219.100000")
    for moment in ("1795265219.100000", "0123456789.000001", "9876543210.123456", "9999999999.999999"):
        assert where.key(kinds["houses"], "", float(moment)) == where.key(kinds["houses"], "", moment)
    assert where.key(kinds["brief"], "hs_1", "") == f"hs_1/{ALONE}"


def test_an_object_may_say_itself_what_is_around_it() -> None:
    facts = ObjectFacts(within={"owner": "/by/login"})
    kind = ResourceKind("x", ("x", "{}", "y", "{}"), within=("owner",), facts=facts)
    assert ObjectKeys.parent_id(kind, "owner", {"by": {"login": "ada"}}) == "ada"
    named = ResourceKind("x", ("x", "{}", "y", "{}"), within=("owner",), names={"owner": "owner"})
    assert ObjectKeys.parent_id(named, "owner", {"owner": {"id": 5, "login": "ada"}}) == "ada"
    assert ObjectKeys.parent_id(named, "owner", {"owner": "ada"}) == "ada"


def test_the_objects_that_a_path_goes_through_are_told_innermost_first() -> None:
    street = Street()
    where = ObjectKeys(street.resource_operations.model)
    shape = street.resource_operations.of(street.document.operations["GET /houses/{house}/rooms/{room_number}"])
    around = where.around(shape, {"house": "hs_1", "room_number": "2"})
    assert [(kind.name, key, param) for kind, key, _, param in around] == [("houses", "hs_1", "house")]


def test_an_item_of_a_batch_is_looked_for_around_what_the_path_says_and_one_without_a_name_is_not_there() -> None:
    street = Street()
    where, rooms = ObjectKeys(street.resource_operations.model), street.resource_operations.kinds["rooms"]
    shape = street.resource_operations.of(street.document.operations["POST /houses/{house}/rooms"])
    assert where.of_item(rooms, shape, {"house": "hs_1"}, {"number": 3}) == ("hs_1/3", 3)
    with pytest.raises(errors.VendorError, match="No such rooms"):
        where.of_item(rooms, shape, {"house": "hs_1"}, {"colour": "blue"})


def test_what_is_below_an_object_is_there_by_each_of_its_names() -> None:
    issue, note = fields("id", "key", id=WHOLE, key=TEXT), fields("id", id={**TEXT, "readOnly": True}, body=TEXT)
    named = {"name": "issueIdOrKey", "in": "path", "required": True, "schema": TEXT}
    page = fields("notes", "total", notes=listed(note), total=WHOLE)
    vendor = SmallVendor({
        "/issues": {"post": operation(issue, fields(), status=201)},
        "/issues/{issueIdOrKey}": {"get": operation(issue, None, named)},
        "/issues/{issueIdOrKey}/notes": {"get": operation(page, None, named), "post": operation(note, note, named)},
        "/issues/{issueIdOrKey}/notes/{id}": {"get": operation(note, None, named, {**named, "name": "id"})},
    })  # fmt: skip
    made = vendor.made("/issues", {})
    first, second = (vendor.made(f"/issues/{made[name]}/notes", {"body": name}) for name in ("id", "key"))
    for name in ("id", "key"):
        at = f"/issues/{made[name]}/notes"
        assert vendor.read(at)["total"] == 2
        assert [vendor.read(f"{at}/{one['id']}") for one in (first, second)] == [first, second]
    with pytest.raises(errors.VendorError):
        vendor.read("/issues/nobody/notes")


def test_what_is_below_an_object_is_listed_where_the_path_calls_its_id_as_the_objects_own() -> None:
    board, card = fields("id", id={**TEXT, "readOnly": True}), fields("id", id={**TEXT, "readOnly": True}, boardId=TEXT)
    named = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    vendor = SmallVendor({
        "/boards": {"post": operation(board, fields(), status=201)},
        "/boards/{id}": {"get": operation(board, None, named)},
        "/boards/{id}/cards": {"get": operation(listed(card), None, named),
                               "post": operation(card, fields(), named, status=201)},
        "/cards/{id}": {"get": operation(card, None, named), "patch": operation(card, fields(boardId=TEXT), named)},
    })  # fmt: skip
    first, second = (vendor.made("/boards", {})["id"] for _ in range(2))
    made = vendor.made(f"/boards/{first}/cards", {})
    assert vendor.read(f"/boards/{first}/cards") == [made]
    moved = vendor.ask("PATCH", f"/cards/{made['id']}", {"boardId": second}).body
    assert (vendor.read(f"/boards/{first}/cards"), vendor.read(f"/boards/{second}/cards")) == ([], [moved])


def test_what_is_put_into_a_group_is_the_object_of_that_id() -> None:
    user = {"$ref": "#/components/schemas/User"}
    named = [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in ("g", "u")]
    vendor = SmallVendor(
        {
            "/users": {"post": operation(user, fields(name=TEXT), status=201)},
            "/users/{u}": {"get": operation(user, None, named[1])},
            "/groups/{g}/members": {"get": operation(listed(user), None, named[0])},
            "/groups/{g}/members/{u}": {
                method: operation(None, None, *named, status=204) for method in ("put", "delete")
            },
        },
        {"User": fields("id", id={**TEXT, "readOnly": True}, name=TEXT)},
    )
    made = vendor.made("/users", {"name": "Ada"})
    vendor.ask("PUT", f"/groups/1/members/{made['id']}")
    assert vendor.read("/groups/1/members") == [made]
    vendor.ask("DELETE", f"/groups/1/members/{made['id']}")
    assert (vendor.read("/groups/1/members"), vendor.read(f"/users/{made['id']}")) == ([], made)
