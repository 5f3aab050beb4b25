"""A list shows what passes its filters, in the order that the request wants, and counts no more than that."""

from typing import Any

import pytest

from tests.simulator.small_vendor import SWITCH, TEXT, WHOLE, SmallVendor, collection, fields, listed, operation, query
from tidegate.simulator.answer.errors import VendorError

STATUS = {"type": "string", "enum": ["active", "off"]}
USER = fields("id", id={**TEXT, "readOnly": True}, name=TEXT, status=STATUS, qty=WHOLE, flag=SWITCH, tags=listed(TEXT))
PAGE = fields(
    "items", "total", items=listed(USER), total=WHOLE, pages=fields(total_pages=WHOLE),
    next={**TEXT, "nullable": True}, links=fields(next=fields(href=TEXT)),
)  # fmt: skip
PARAMS = (
    query("limit", type="integer"), query("offset", type="integer"), query("status", type="array", items=TEXT),
    query("name"), query("flag", type="boolean"), query("qty_gte", type="integer"), query("tags"), query("sort"),
    query("order_by", type="string", enum=["qty", "name"]), query("direction", type="string", enum=["asc", "desc"]),
)  # fmt: skip
SENT: list[dict[str, Any]] = [
    {"name": "a", "status": "active", "qty": 2, "flag": True, "tags": ["x", "y"]},
    {"name": "b", "status": "off", "qty": 9, "flag": False, "tags": ["y"]},
    {"name": "c", "status": "active", "qty": 5, "flag": True, "tags": []},
]


@pytest.fixture(scope="module")
def users() -> SmallVendor:
    vendor = SmallVendor(collection(USER, PAGE, USER, *PARAMS, path="/users"))
    for sent in SENT:
        vendor.made("/users", sent)
    return vendor


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("status=off", "b"),
        ("status=off&status=active", "cba"),
        ("status=nothing", ""),
        ("flag=true", "ca"),
        ("qty_gte=5", "cb"),
        ("tags=y", "ba"),
        ("name=a", "a"),
        ("sort=qty", "acb"),
        ("sort=-qty", "bca"),
        ("sort=status,-qty", "cab"),
        ("order_by=qty&direction=desc", "bca"),
        ("direction=asc", "abc"),
        ("sort=qty&offset=1&limit=1", "c"),
        ("flag=true&sort=name", "ac"),
    ],
)
def test_a_list_is_narrowed_and_ordered(users: SmallVendor, asked: str, names: str) -> None:
    assert "".join(user["name"] for user in users.read(f"/users?{asked}")["items"]) == names


def test_a_total_counts_what_passes_and_the_next_page_keeps_every_parameter(users: SmallVendor) -> None:
    page = users.read("/users?status=active&status=off&flag=true&limit=1")
    assert (page["total"], page["pages"]["total_pages"]) == (2, 2)
    assert page["next"] == "/users?status=active&status=off&flag=true&limit=1&offset=1"
    assert page["links"]["next"]["href"] == page["next"]
    last = users.read("/users?name=a")
    assert (last["total"], last["next"]) == (1, None)


def test_a_cursor_is_a_place_also_when_its_object_is_gone() -> None:
    page = fields("data", "next_cursor", data=listed(USER), next_cursor={**TEXT, "nullable": True})
    params = (query("limit", type="integer"), query("cursor"), query("sort"))
    vendor = SmallVendor(collection(USER, page, USER, *params, path="/users"))
    for qty in range(6):
        vendor.made("/users", {"qty": qty})
    for asked, left in (("limit=2", [3, 2]), ("limit=2&sort=qty", [2, 3])):
        first = vendor.read(f"/users?{asked}")
        vendor.ask("DELETE", f"/users/{first['data'][-1]['id']}")
        second = vendor.read(f"/users?{asked}&cursor={first['next_cursor']}")
        assert [user["qty"] for user in second["data"]] == left
    with pytest.raises(VendorError):
        vendor.read("/users?cursor=nonsense")


def test_moments_before_and_after_are_no_cursors() -> None:
    moment = {"type": "string", "format": "date-time"}
    own = {**TEXT, "readOnly": True}
    user = fields("id", id=own, created_at={**moment, "readOnly": True})
    params = (query("after", **moment), query("before", **moment))
    vendor = SmallVendor(collection(user, listed(user), user, *params, path="/users"))
    vendor.made("/users", {})
    assert len(vendor.read("/users?after=2020-01-01T00:00:00Z&before=2030-01-01T00:00:00Z")) == 1
    assert vendor.read("/users?after=2029-01-01T00:00:00Z&before=2030-01-01T00:00:00Z") == []


def test_the_headers_of_a_page_say_what_is_known_of_it() -> None:
    page = operation(listed(USER), None, query("page", type="integer"), query("per_page", type="integer"))
    page["responses"]["200"]["headers"] = {
        name: {"schema": WHOLE} for name in ("X-Total-Count", "X-Page", "X-Total-Pages", "X-Next-Page", "X Total")
    } | {"Link": {"schema": TEXT}}
    vendor = SmallVendor({"/users": {"get": page, "post": operation(USER, USER, status=201)}})
    for sent in SENT:
        vendor.made("/users", sent)
    first, last = (vendor.ask("GET", f"/users?page={number}&per_page=2").headers for number in (1, 2))
    assert first["X-Total-Count"] == "3"
    assert (first["X-Page"], first["X-Total-Pages"], first["X-Next-Page"]) == ("1", "2", "2")
    assert 'rel="next"' in first["Link"]
    assert "X-Next-Page" not in last
    assert "X Total" not in first, "no header can have such a name"


def test_a_parameter_that_may_be_null_narrows_as_one_that_may_not() -> None:
    """FastAPI writes every parameter that may be left out so."""
    null = {"type": "null"}
    params = query("status", anyOf=[STATUS, null]), query("qty_gte", anyOf=[WHOLE, null])
    vendor = SmallVendor(collection(USER, listed(USER), USER, *params, path="/users"))
    for sent in SENT:
        vendor.made("/users", sent)
    assert [one["name"] for one in vendor.read("/users?status=active")] == ["c", "a"]
    assert [one["name"] for one in vendor.read("/users?qty_gte=5")] == ["c", "b"]


def test_a_filter_has_its_default_and_an_object_inside_goes_by_its_name() -> None:
    pet = fields("id", id=TEXT, status=STATUS, tags=listed(fields(id=WHOLE, name=TEXT)), owner=fields(username=TEXT))
    params = query("status", **STATUS, default="active"), query("tags", type="array", items=TEXT), query("owner")
    page = fields("pets", "petsCount", pets=listed(pet), petsCount=WHOLE)
    vendor = SmallVendor(collection(pet, page, pet, *params))
    vendor.made("/pets", {"id": "a", "status": "active", "tags": [{"name": "big"}], "owner": {"username": "ada"}})
    vendor.made("/pets", {"id": "b", "status": "active", "tags": [{"name": "old"}], "owner": {"username": "bob"}})
    vendor.made("/pets", {"id": "c", "status": "off", "tags": [{"name": "big"}], "owner": {"username": "bob"}})

    def ids(query_string: str) -> tuple[str, int]:
        body = vendor.read(f"/pets{query_string}")
        return "".join(one["id"] for one in body["pets"]), body["petsCount"]

    assert ids("") == ("ba", 2)
    assert ids("?status=off") == ("c", 1)
    assert (ids("?tags=big"), ids("?owner=bob")) == (("a", 1), ("b", 1))


@pytest.mark.parametrize("name", ["ids", "petIds"])
@pytest.mark.parametrize("number", [TEXT, WHOLE])
def test_ids_in_one_text_choose_what_a_list_shows(name: str, number: dict[str, Any]) -> None:
    pet = fields("id", id=number, name=TEXT)
    vendor = SmallVendor(collection(pet, listed(pet), fields(name=TEXT), query(name)))
    ids = [vendor.made("/pets", {"name": one})["id"] for one in "abc"]
    assert [one["name"] for one in vendor.read(f"/pets?{name}={ids[0]},{ids[2]}")] == ["c", "a"]


def test_a_part_that_leads_on_is_left_out_where_there_is_no_more() -> None:
    leads = fields(next=fields("after", after=TEXT))
    page = fields("items", items=listed(USER), paging=leads)
    vendor = SmallVendor(collection(USER, page, USER, query("after"), query("limit", **WHOLE)))
    for _ in range(2):
        vendor.made("/pets", {})
    first = vendor.read("/pets?limit=1")
    last = vendor.read(f"/pets?limit=1&after={first['paging']['next']['after']}")
    assert (len(last["items"]), last.get("paging", {})) == (1, {})


def test_a_path_that_counts_tells_how_many_objects_pass() -> None:
    pet = fields("id", id={**TEXT, "readOnly": True}, status=STATUS)
    paths = collection(pet, listed(pet), pet)
    nested = fields("count", count=fields("value", value=WHOLE))
    for path, answer in (("count", fields("count", count=WHOLE)), ("$count", WHOLE)):
        paths[f"/pets/{path}"] = {"get": operation(answer, None, query("status"))}
    paths["/pets/count.json"] = {"get": operation(nested)}
    vendor = SmallVendor(paths)
    for status in ("active", "active", "off"):
        vendor.made("/pets", {"status": status})
    assert vendor.read("/pets/count") == {"count": 3}
    assert vendor.read("/pets/count?status=off") == {"count": 1}
    assert vendor.read("/pets/$count?status=active") == 2
    assert vendor.read("/pets/count.json")["count"]["value"] == 3


def test_ids_in_one_text_of_the_query_are_deleted_together() -> None:
    pet = fields("id", id=WHOLE)
    paths = collection(pet, listed(pet), fields())
    paths["/pets/destroy_many"] = {"delete": operation(None, None, query("ids"), status=204)}
    vendor = SmallVendor(paths)
    ids = [str(vendor.made("/pets", {})["id"]) for _ in range(3)]
    vendor.ask("DELETE", f"/pets/destroy_many?ids={ids[0]},{ids[2]}")
    assert [str(one["id"]) for one in vendor.read("/pets")] == [ids[1]]


@pytest.mark.parametrize(
    ("param", "first", "later"),
    [
        ("cursor", "/news", "/news?cursor=abc"),
        ("page", "/news?page=1", "/news?page=2"),
        ("offset", "/news?offset=0", "/news?offset=2"),
    ],
)
def test_a_list_of_which_nothing_is_kept_ends_behind_the_example_of_its_first_page(
    param: str, first: str, later: str
) -> None:
    item = fields("title", title=TEXT)
    body = fields("items", items=listed(item), has_more=SWITCH, meta=fields(next_cursor=TEXT))
    example = {"items": [{"title": "a"}, {"title": "b"}], "has_more": True, "meta": {"next_cursor": "abc"}}
    news = operation(body, None, query(param, type="string" if param == "cursor" else "integer"))
    news["responses"]["200"]["content"]["application/json"]["example"] = example
    vendor = SmallVendor({"/news": {"get": news}})
    assert vendor.read("/news") == vendor.read(first) == example
    ended = vendor.read(later)
    assert (ended["items"], ended.get("has_more", False), ended.get("meta", {}).get("next_cursor", "")) == (
        [],
        False,
        "",
    )


def test_a_page_that_may_not_be_empty_has_the_sample_again_and_leads_nowhere() -> None:
    body = fields(
        "items", items={**listed(TEXT), "minItems": 1}, meta={"oneOf": [fields("next_cursor", next_cursor=TEXT)]}
    )
    news = operation(body, None, query("cursor"))
    example = {"items": ["a"], "meta": {"next_cursor": "abc"}}
    news["responses"]["200"]["content"]["application/json"]["example"] = example
    ended = SmallVendor({"/news": {"get": news}}).read("/news?cursor=abc")
    assert ended["items"] == ["a"]
    assert "abc" not in str(ended)


@pytest.mark.parametrize(("asked", "count"), [("", None), ("?%24count=false", None), ("?%24count=true", 2)])
def test_odata_tells_a_total_to_who_asks_for_it(asked: str, count: int | None) -> None:
    pet = fields("id", id={**TEXT, "readOnly": True})
    page = fields(value=listed(pet), **{"@odata.count": WHOLE})
    vendor = SmallVendor(collection(pet, page, pet, query("$count", **SWITCH)))
    for _ in range(2):
        vendor.made("/pets", {})
    assert vendor.read(f"/pets{asked}").get("@odata.count") == count


def test_a_search_of_scim_is_about_no_schemas_and_shows_what_it_names() -> None:
    user = fields("id", id={**TEXT, "readOnly": True}, userName=TEXT, schemas=listed(TEXT))
    page = fields(totalResults=WHOLE, Resources=listed(user))
    search = fields(schemas=listed(TEXT), filter=TEXT, attributes=listed(TEXT))
    paths = collection(user, page, user, path="/Users")
    vendor = SmallVendor({**paths, "/Users/.search": {"post": operation(page, search)}})
    for name in ("ann", "bob"):
        vendor.made("/Users", {"userName": name, "schemas": ["urn:user"]})
    sent = {"schemas": ["urn:message"], "filter": 'userName sw "b"', "attributes": ["userName"]}
    body = vendor.ask("POST", "/Users/.search", sent).body
    found = body["Resources"][0]
    assert (body["totalResults"], found) == (1, {"id": found["id"], "userName": "bob"})


def test_a_parameter_with_a_key_narrows_by_an_entry_of_a_map() -> None:
    pet = fields("id", id={**TEXT, "readOnly": True}, labels={"type": "object", "additionalProperties": TEXT})
    vendor = SmallVendor(collection(pet, listed(pet), pet, query("labels[colour]")))
    for colour in ("red", "blue"):
        vendor.made("/pets", {"labels": {"colour": colour}})
    assert [one["labels"] for one in vendor.read("/pets?labels%5Bcolour%5D=red")] == [{"colour": "red"}]
