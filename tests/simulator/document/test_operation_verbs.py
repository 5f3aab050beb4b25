"""What an operation does follows from its method, its path and its schemas, for many objects at once too."""

import copy

import pytest

from tests.simulator.small_vendor import SWITCH, TEXT, SmallVendor, collection, fields, listed, operation, query
from tidegate.simulator.answer.errors import VendorError

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


WIDGET = fields("id", id={**TEXT, "readOnly": True}, name=TEXT, status=fields(ready={"type": "integer"}))


def test_what_shows_the_object_around_is_about_that_object() -> None:
    """Each time written out, as tools write schemas without names."""
    paths = collection(WIDGET, listed(WIDGET), fields(name=TEXT), path="/widgets")
    copies = [copy.deepcopy(WIDGET) for _ in range(5)]
    paths["/widgets/{id}/block"] = {"put": operation(copies[0])}
    paths["/widgets/{id}/publish"] = {"post": operation(copies[1])}
    paths["/widgets/{id}/status"] = {"get": operation(copies[2]), "put": operation(copies[3], copies[3])}
    paths["/widgets/{id}/parent"] = {"get": operation(copies[4])}
    vendor = SmallVendor(paths)
    made = vendor.made("/widgets", {"name": "Ada"})
    at = f"/widgets/{made['id']}"
    assert vendor.ask("PUT", f"{at}/block").body == vendor.made(f"{at}/publish") == made
    assert vendor.ask("PUT", f"{at}/status", {"status": {"ready": 3}}).body == {**made, "status": {"ready": 3}}
    assert vendor.read(f"{at}/status") == vendor.read(at) == {**made, "status": {"ready": 3}}
    assert vendor.operation("GET", f"{at}/parent").kind == "parent"


def test_objects_that_can_only_be_made_listed_and_deleted_are_kept() -> None:
    owner, pet = fields("id", id=TEXT), fields("id", id={**TEXT, "readOnly": True}, name=TEXT, ownerId=TEXT)
    paths = {
        **collection(owner, listed(owner), owner, path="/owners"),
        "/owners/{ownerId}/pets": {"post": operation(pet, pet), "get": operation(listed(pet))},
        "/owners/{ownerId}/pets/{petId}": {"delete": operation(status=204)},
    }
    vendor = SmallVendor(paths)
    vendor.made("/owners", {"id": "o1"})
    made = vendor.made("/owners/o1/pets", {"name": "Ada"})
    assert (made["name"], made["ownerId"]) == ("Ada", "o1")
    assert vendor.read("/owners/o1/pets") == [made]
    vendor.ask("DELETE", f"/owners/o1/pets/{made['id']}")
    assert vendor.read("/owners/o1/pets") == []


def test_what_was_deleted_is_shown_as_it_was() -> None:
    paths = collection(PET, listed(PET), PET)
    inner = fields("id", id=TEXT, name=TEXT, note=TEXT)
    paths["/pets/{id}"]["get"] = operation(inner)
    paths["/pets/{id}"]["delete"] = operation(fields(data=inner))
    vendor = SmallVendor(paths)
    vendor.made("/pets", {"id": "p1", "name": "Ada"})
    before = vendor.read("/pets/p1")
    assert vendor.ask("DELETE", "/pets/p1").body == {"data": before}


def test_a_user_is_made_where_the_path_says_it_in_the_singular_or_with_a_word() -> None:
    paths = {
        "/users/{userId}": {"get": operation({"$ref": "#/components/schemas/User"})},
        "/user": {"post": operation({"$ref": "#/components/schemas/User"}, fields(name=TEXT))},
        "/auth/register": {"post": operation({"$ref": "#/components/schemas/User"}, fields(name=TEXT))},
        "/users/{userId}/delete": {"post": operation(status=204)},
    }
    vendor = SmallVendor(paths, {"User": fields("id", id={**TEXT, "readOnly": True}, name=TEXT)})
    first, made = (vendor.made(path, {"name": "Ada"}) for path in ("/user", "/auth/register"))
    assert [vendor.read(f"/users/{user['id']}") for user in (first, made)] == [first, made]
    vendor.ask("POST", f"/users/{made['id']}/delete")
    with pytest.raises(VendorError):
        vendor.read(f"/users/{made['id']}")


def test_a_search_by_post_is_a_list_that_its_body_narrows() -> None:
    pet = fields("id", id={**TEXT, "readOnly": True}, name=TEXT)
    paths = collection(pet, listed(pet), pet)
    search = fields(name=TEXT, query=TEXT, limit={"type": "integer"}, offset={"type": "integer"})
    paths["/pets/search"] = {"post": operation(fields("items", items=listed(pet), total={"type": "integer"}), search)}
    vendor = SmallVendor(paths)
    for name in ("red hat", "hat", "coat"):
        vendor.made("/pets", {"name": name})

    def names(body: dict[str, object]) -> tuple[list[str], int]:
        answer = vendor.made("/pets/search", body)
        return [one["name"] for one in answer["items"]], answer["total"]

    assert names({"name": "hat"}) == (["hat"], 1)
    assert names({"query": "Hat"}) == (["hat", "red hat"], 2)
    assert names({"limit": 1, "offset": 1}) == (["hat"], 3)
    assert len(vendor.read("/pets")) == 3


def test_a_put_on_a_collection_is_about_the_object_that_the_body_names() -> None:
    paths = collection(PET, listed(PET), PET)
    paths["/pets"]["put"] = operation(PET, PET)
    paths["/pets"]["put"]["responses"]["404"] = {"description": ""}
    vendor = SmallVendor(paths)
    vendor.made("/pets", {"id": "p1", "name": "Ada"})
    assert vendor.ask("PUT", "/pets", {"id": "p1", "name": "Bob"}).body == {"id": "p1", "name": "Bob"}
    assert vendor.read("/pets/p1") == {"id": "p1", "name": "Bob"}
    with pytest.raises(VendorError):
        vendor.ask("PUT", "/pets", {"id": "p2", "name": "Cy"})


def test_an_action_that_answers_the_object_in_an_envelope_shows_that_object() -> None:
    article = fields("slug", slug={**TEXT, "readOnly": True}, title=TEXT)
    one = fields("article", article=article)
    paths = collection(one, fields(articles=listed(article)), fields(article=article), path="/articles", item="/{slug}")
    paths["/articles/{slug}/favorite"] = {"post": operation(one), "delete": operation(one)}
    paths["/articles/{slug}/default"] = {"put": operation(one)}
    vendor = SmallVendor(paths)
    made = vendor.made("/articles", {"article": {"title": "One"}})
    at = f"/articles/{made['article']['slug']}"
    assert vendor.made(f"{at}/favorite") == vendor.ask("DELETE", f"{at}/favorite").body == made
    assert vendor.ask("PUT", f"{at}/default").body == made
    assert vendor.operation("PUT", f"{at}/default").kind == "articles"


def test_a_put_on_a_nested_collection_keeps_to_the_object_around() -> None:
    owner, pet = fields("id", id=TEXT), fields("id", id=TEXT, ownerId=TEXT, name=TEXT)
    paths = {
        **collection(owner, listed(owner), owner, path="/owners", item="/{ownerId}"),
        **collection(pet, listed(pet), pet, path="/owners/{ownerId}/pets", item="/{petId}"),
    }
    paths["/owners/{ownerId}/pets"]["put"] = operation(pet, pet)
    vendor = SmallVendor(paths)
    vendor.made("/owners", {"id": "o1"})
    for name in ("Ada", "Bob"):
        vendor.ask("PUT", "/owners/o1/pets", {"id": "p1", "name": name})
    assert vendor.read("/owners/o1/pets") == [{"id": "p1", "ownerId": "o1", "name": "Bob"}]
    assert vendor.read("/owners/o1/pets/p1")["name"] == "Bob"


def test_a_query_lists_what_its_body_asks_for() -> None:
    pet = fields("id", id={**TEXT, "readOnly": True}, name=TEXT, kind=TEXT)
    paths = collection(pet, listed(pet), pet)
    paths["/pets"]["query"] = operation(listed(pet), fields(kind=TEXT, limit={"type": "integer"}))
    paths["/pets/{id}"]["query"] = operation(pet, fields(lang=TEXT))
    vendor = SmallVendor(paths)
    made = [vendor.made("/pets", {"name": name, "kind": kind}) for name, kind in (("Ada", "cat"), ("Bob", "dog"))]
    assert vendor.ask("QUERY", "/pets", {"kind": "dog"}).body == made[1:]
    assert len(vendor.ask("QUERY", "/pets", {"limit": 1}).body) == 1
    assert vendor.ask("QUERY", f"/pets/{made[0]['id']}", {}).body == made[0]


def test_a_put_that_lists_a_404_and_no_201_makes_nothing() -> None:
    pet = fields("id", id={**TEXT, "readOnly": True}, name=TEXT)
    paths = collection(pet, listed(pet), fields(name=TEXT))
    paths["/pets/{id}"]["put"]["responses"]["404"] = {"description": ""}
    vendor = SmallVendor(paths)
    with pytest.raises(VendorError):
        vendor.ask("PUT", "/pets/p9", {"name": "x"})
    at = f"/pets/{vendor.made('/pets', {'name': 'a'})['id']}"
    assert vendor.ask("PUT", at, {"name": "b"}).body == {"id": at.removeprefix("/pets/"), "name": "b"}
    del paths["/pets"]["post"]  # nothing else makes them
    assert SmallVendor(paths).ask("PUT", "/pets/p9", {"name": "x"}).body == {"id": "p9", "name": "x"}


def test_a_delete_of_a_collection_ends_what_its_query_narrows() -> None:
    pet = fields("id", id={**TEXT, "readOnly": True}, name=TEXT, tags=listed(TEXT))
    cart = fields("id", id={**TEXT, "readOnly": True})
    item = fields("id", id={**TEXT, "readOnly": True}, name=TEXT)
    paths = {
        **collection(pet, listed(pet), pet),
        **collection(cart, listed(cart), cart, path="/carts", item="/{cartId}"),
        **collection(item, listed(item), item, path="/carts/{cartId}/items"),
        **collection(pet, listed(pet), pet, path="/kept"),
    }
    paths["/pets"]["delete"] = operation(None, None, query("name"), query("tag_name"), query("dry"), status=204)
    paths["/carts/{cartId}/items"]["delete"] = operation(None, None, status=204)
    paths["/kept"]["delete"] = operation(None, None, {**query("since"), "required": True}, status=204)
    vendor = SmallVendor(paths)
    for number in range(12):
        vendor.made("/pets", {"name": f"n{number % 2}", "tags": ["old"] if number > 9 else []})
    vendor.ask("DELETE", "/pets?name=n0&dry=yes")  # nobody knows what is meant
    assert len(vendor.read("/pets")) == 12
    vendor.ask("DELETE", "/pets?tag_name=old")
    vendor.ask("DELETE", "/pets?name=n0")
    assert {one["name"] for one in vendor.read("/pets")} == {"n1"}
    one, other = (vendor.made("/carts", {})["id"] for _ in range(2))
    for at in (one, one, other):
        vendor.made(f"/carts/{at}/items", {"name": "x"})
    vendor.ask("DELETE", f"/carts/{one}/items")
    assert [len(vendor.read(f"/carts/{at}/items")) for at in (one, other)] == [0, 1]
    assert vendor.operation("DELETE", "/kept").does == "sample"


@pytest.mark.parametrize("body", [None, fields(reason=TEXT)])
def test_a_put_and_a_delete_without_an_answer_set_a_switch_of_the_object_of_their_name(body: object) -> None:
    pet = fields("id", id={**TEXT, "readOnly": True}, isLocked=SWITCH)
    paths = collection(pet, listed(pet), pet)
    paths["/pets/{id}/lock"] = {"put": operation(None, body, status=204), "delete": operation(status=204)}
    vendor = SmallVendor(paths)
    at = f"/pets/{vendor.made('/pets', {'isLocked': False})['id']}"
    for method, locked in (("PUT", True), ("DELETE", False)):
        vendor.ask(method, f"{at}/lock", {} if body and method == "PUT" else None)
        assert vendor.read(at)["isLocked"] is locked
