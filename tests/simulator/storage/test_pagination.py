"""Lists have the vendor's envelope, cursors, filters and expansions."""

from urllib.parse import quote

import pytest

from tests.simulator.conftest import Played
from tests.simulator.small_vendor import TEXT, WHOLE, SmallVendor, collection, fields, listed, query


async def fill(vendor: Played, count: int = 5) -> list[str]:
    made = []
    for n in range(count):
        made.append((await vendor.ask("POST", "/v1/customers", f"email=c{n % 2}@x.example&name=n{n}"))[1]["id"])
        await vendor.world.advance(10)
    return made


async def test_a_list_is_an_object_with_its_own_address(vendor: Played) -> None:
    made = await fill(vendor)
    status, page = await vendor.ask("GET", "/v1/customers?limit=2")
    assert status == 200
    assert (page["object"], page["url"], page["has_more"]) == ("list", "/v1/customers", True)
    assert [entry["id"] for entry in page["data"]] == [made[4], made[3]]


async def test_cursors_lead_through_all_pages_and_back(vendor: Played) -> None:
    made = await fill(vendor)
    second = (await vendor.ask("GET", f"/v1/customers?limit=2&starting_after={made[3]}"))[1]
    last = (await vendor.ask("GET", f"/v1/customers?limit=2&starting_after={made[1]}"))[1]
    back = (await vendor.ask("GET", f"/v1/customers?limit=2&ending_before={made[1]}"))[1]
    assert [entry["id"] for entry in second["data"]] == [made[2], made[1]]
    assert ([entry["id"] for entry in last["data"]], last["has_more"]) == ([made[0]], False)
    assert [entry["id"] for entry in back["data"]] == [made[3], made[2]]


async def test_a_list_without_a_limit_holds_ten(vendor: Played) -> None:
    await fill(vendor, 12)
    assert len((await vendor.ask("GET", "/v1/customers"))[1]["data"]) == 10


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("starting_after=cus_none", "starting_after"),
        ("ending_before=cus_none", "ending_before"),
        ("expand[]=data.name", "expand"),
        ("expand[]=name", "expand"),
        ("frob=1", "frob"),
    ],
)
async def test_a_bad_query_is_refused_by_its_parameter(vendor: Played, query: str, param: str) -> None:
    await fill(vendor, 1)
    status, refused = await vendor.ask("GET", f"/v1/customers?{query}")
    assert (status, refused["error"]["param"]) == (400, param)


async def test_filters_let_through_what_they_name(vendor: Played) -> None:
    await fill(vendor)
    names = [entry["name"] for entry in (await vendor.ask("GET", "/v1/customers?email=c1@x.example"))[1]["data"]]
    assert names == ["n3", "n1"]


async def test_created_is_a_second_or_bounds_of_seconds(vendor: Played) -> None:
    await fill(vendor)
    began = 1_735_689_600

    async def names(query: str) -> list[str]:
        return [entry["name"] for entry in (await vendor.ask("GET", f"/v1/customers?{query}"))[1]["data"]]

    assert await names(f"created={began + 10}") == ["n1"]
    assert await names(f"created[gte]={began + 10}&created[lt]={began + 30}") == ["n2", "n1"]
    assert await names(f"created[gt]={began + 10}&created[lte]={began + 30}") == ["n3", "n2"]


async def test_events_are_filtered_by_type_by_types_and_by_a_star(vendor: Played) -> None:
    await vendor.pay()
    await fill(vendor, 1)

    async def types(query: str) -> list[str]:
        return [entry["type"] for entry in (await vendor.ask("GET", f"/v1/events?{query}"))[1]["data"]]

    assert await types("type=customer.created") == ["customer.created"]
    assert await types("type=payment_intent.*") == ["payment_intent.succeeded", "payment_intent.created"]
    both = "types[]=customer.created&types[]=payment_intent.created"
    assert await types(both) == ["customer.created", "payment_intent.created"]


async def test_an_expanded_field_holds_the_object_itself(vendor: Played) -> None:
    customer = (await fill(vendor, 1))[0]
    await vendor.ask("POST", "/v1/payment_intents", f"amount=5&currency=eur&customer={customer}")
    listed = (await vendor.ask("GET", "/v1/payment_intents?expand[]=data.customer"))[1]["data"][0]
    assert listed["customer"]["name"] == "n0"
    plain = (await vendor.ask("GET", "/v1/payment_intents"))[1]["data"][0]
    assert plain["customer"] == customer


def test_an_order_may_come_as_a_list_with_commas_in_it_and_lead_inside_a_part_with_slashes() -> None:
    pet = fields("id", id={**TEXT, "readOnly": True}, qty=WHOLE, owner=fields(city=TEXT))
    orders = {**query("$orderby", type="array", items=TEXT), "style": "form", "explode": False}
    vendor = SmallVendor(collection(pet, listed(pet), pet, orders))
    for qty, city in ((1, "b"), (2, "a"), (3, "b")):
        vendor.made("/pets", {"qty": qty, "owner": {"city": city}})
    asked = "/pets?%24orderby=owner%2Fcity%2Cqty%20desc"
    assert [one["qty"] for one in vendor.read(asked)] == [2, 3, 1]


@pytest.mark.parametrize(
    ("names", "field", "asked", "shown"),
    [
        (("page", "size"), "size", "page=1&size=2", 2),
        (("limit", "offset"), "limit", "limit=2", 2),
        (("limit", "offset"), "offset", "limit=3&offset=1", 3),
        (("start", "limit"), "start", "start=1&limit=3", 3),
        (("first", "after"), "first", "first=2", 2),
        (("count", "cursor"), "count", "count=3", 3),
        (("from", "to", "limit"), "at", "from=2&to=9&limit=3", 3),
        (("page", "size"), "qty", "page=1&size=9", 4),
    ],
)
def test_what_asks_for_a_page_narrows_nothing_though_a_field_has_its_name(
    names: tuple[str, ...], field: str, asked: str, shown: int
) -> None:
    pet = fields("id", id={**TEXT, "readOnly": True}, **{field: WHOLE})
    counts = (query(name, **(TEXT if name in ("after", "cursor") else WHOLE)) for name in names)
    vendor = SmallVendor(collection(pet, listed(pet), pet, *counts))
    for number in range(4):
        vendor.made("/pets", {field: number + 10})
    assert len(vendor.read(f"/pets?{asked}")) == shown


def test_a_page_since_an_id_has_what_was_made_after_it() -> None:
    pet = fields("id", id={**WHOLE, "readOnly": True}, name=TEXT)
    vendor = SmallVendor(collection(pet, listed(pet), pet, query("since_id", **WHOLE), query("limit", **WHOLE)))
    made = [vendor.made("/pets", {"name": name})["id"] for name in "abcd"]
    assert [one["id"] for one in vendor.read("/pets?limit=2")] == made[:2]
    assert [one["id"] for one in vendor.read(f"/pets?since_id={made[1]}")] == made[2:]


def test_a_list_is_ordered_by_sort_though_a_field_has_that_name() -> None:
    pet = fields("id", id={**TEXT, "readOnly": True}, name=TEXT, sort=WHOLE)
    vendor = SmallVendor(collection(pet, listed(pet), pet, query("sort")))
    for name in "bac":
        vendor.made("/pets", {"name": name, "sort": 1})
    assert [one["name"] for one in vendor.read("/pets?sort=name")] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("name:'ADA'", ["Ada"]),
        ('metadata["k"]:"v"', ["Bo"]),
        ("qty>1 AND name~'d'", ["Dora"]),
        ("name:'Ada' OR qty=2", ["Ada", "Bo"]),
        ("-name:'Ada' AND qty<3", ["Bo"]),
        ("metadata['k']:null", ["Ada", "Dora"]),
        ("do", ["Dora"]),
        ("no=thing", []),
        ("nothing:x", ["Ada", "Bo", "Dora"]),
    ],
)
def test_a_search_may_be_written_in_a_language(text: str, found: list[str]) -> None:
    labels = {"type": "object", "additionalProperties": TEXT}
    pet = fields("id", id={**TEXT, "readOnly": True}, name=TEXT, qty=WHOLE, metadata=labels)
    vendor = SmallVendor(collection(pet, listed(pet), pet, query("query")))
    for number, name in enumerate(("Ada", "Bo", "Dora"), 1):
        vendor.made("/pets", {"name": name, "qty": number, "metadata": {"k": "v"} if name == "Bo" else {}})
    assert sorted(one["name"] for one in vendor.read(f"/pets?query={quote(text)}")) == found
