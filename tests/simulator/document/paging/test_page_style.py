"""The style of a list is recognised or declared; pages end, and together hold everything once."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.simulator.houses import Street
from tests.simulator.small_vendor import SWITCH, TEXT, WHOLE, SmallVendor, collection, fields, listed, query
from tidegate.simulator.document.paging.page_style import PageStyles
from tidegate.vendor.resource_facts import Pages


@pytest.mark.parametrize(
    ("operation", "by", "parameter", "limit"),
    [
        ("GET /houses", "page", "page", "per_page"),
        ("GET /houses/{house}/rooms", "offset", "offset", "limit"),
        ("GET /keys", "token", "cursor", "limit"),
    ],
)
def test_a_style_is_recognised(operation: str, by: str, parameter: str, limit: str) -> None:
    street = Street()
    style = PageStyles(street.document, Pages()).of(
        street.resource_operations.of(street.document.operations[operation])
    )
    assert (style.by, style.parameter, style.limit) == (by, parameter, limit)


def test_what_is_declared_wins() -> None:
    street = Street()
    facts = Pages(by="offset", parameter="skip", limit="n")
    style = PageStyles(street.document, facts).of(
        street.resource_operations.of(street.document.operations["GET /keys"])
    )
    assert (style.by, style.parameter, style.limit) == ("offset", "skip", "n")


def test_pages_by_number_are_led_through_by_the_link_header() -> None:
    street = Street()
    made = [street.ask("POST /houses", {"name": f"n{n}"}).body["id"] for n in range(5)]
    seen, path = [], "/houses?per_page=2"
    while path:
        values = {name: int(found[0]) for name, found in parse_qs(urlsplit(path).query).items()}
        outcome = street.ask("GET /houses", values, path)
        seen += [one["id"] for one in outcome.body]
        links = [link for link in outcome.headers.get("Link", "").split(", ") if 'rel="next"' in link]
        path = links[0][1 : links[0].index(">")] if links else ""
    assert seen == made[::-1]


def test_pages_by_token_end_with_an_empty_one_or_none() -> None:
    street = Street()
    made = [street.ask("POST /keys").body["id"] for _ in range(5)]
    seen, values = [], {"limit": 2}
    while True:
        body = street.ask("GET /keys", values).body
        seen += [one["id"] for one in body["keys"]]
        token = body.get("meta", {}).get("next_cursor")
        if not token:
            break
        values = {"limit": 2, "cursor": token}
    assert seen == made[::-1]


def test_pages_by_offset_tell_how_many_there_are() -> None:
    street = Street()
    home = street.ask("POST /houses").body["id"]
    for _ in range(5):
        street.ask("POST /houses/{house}/rooms", house=home)
    body = street.ask("GET /houses/{house}/rooms", {"offset": 3, "limit": 10}, house=home).body
    assert ([room["number"] for room in body["rooms"]], body["total"]) == ([2, 1], 5)


def test_a_filter_lets_through_what_it_names() -> None:
    street = Street()
    street.ask("POST /houses", {"name": "A", "status": "sold"})
    street.ask("POST /houses", {"name": "B", "status": "open"})
    assert [one["name"] for one in street.ask("GET /houses", {"status": "sold"}).body] == ["A"]


PET = fields("id", id={**TEXT, "readOnly": True}, name=TEXT)


@pytest.mark.parametrize(
    ("page", "said", "numbers"),
    [
        ({"default": 0}, {}, (0, 1)),
        ({"minimum": 0}, {}, (0, 1)),
        ({"default": 1, "minimum": 0}, {}, (1, 2)),
        ({}, {"description": "Zero-based page index (0..N)"}, (0, 1)),
        ({"minimum": 0}, {"description": "The page, starting at 1."}, (1, 2)),
        ({}, {}, (1, 2)),
    ],
)
def test_pages_are_counted_from_where_the_document_says(
    page: dict[str, object], said: dict[str, object], numbers: tuple[int, int]
) -> None:
    params = {**query("page", type="integer", **page), **said}, query("size", type="integer", default=2)
    answer = fields("items", items=listed(PET), first=SWITCH, last=SWITCH, number=WHOLE, size=WHOLE, empty=SWITCH)
    vendor = SmallVendor(collection(PET, answer, PET, *params))
    for name in "abc":
        vendor.made("/pets", {"name": name})
    first, second = (vendor.read(f"/pets?page={number}") for number in numbers)
    assert ["".join(one["name"] for one in body["items"]) for body in (first, second)] == ["cb", "a"]
    beside = [(body["number"], body["first"], body["last"], body["size"], body["empty"]) for body in (first, second)]
    assert beside == [(numbers[0], True, False, 2, False), (numbers[1], False, True, 2, False)]
    assert vendor.read("/pets")["items"] == first["items"]


def test_objects_are_counted_from_one_where_the_document_says() -> None:
    params = query("startIndex", type="integer", default=1), query("count", type="integer")
    answer = fields("Resources", Resources=listed(PET), totalResults=WHOLE, startIndex=WHOLE, itemsPerPage=WHOLE)
    vendor = SmallVendor(collection(PET, answer, PET, *params))
    for name in "abc":
        vendor.made("/pets", {"name": name})
    body = vendor.read("/pets?startIndex=2&count=1")
    assert [one["name"] for one in body["Resources"]] == ["b"]
    assert (body["totalResults"], body["startIndex"], body["itemsPerPage"]) == (3, 2, 1)


def test_what_frameworks_say_beside_a_page_is_said() -> None:
    links = fields(first=TEXT, last=TEXT, prev={**TEXT, "nullable": True}, next={**TEXT, "nullable": True})
    meta = fields("current_page", current_page=WHOLE, to=WHOLE, total=WHOLE, last_page=WHOLE, count=WHOLE,
                  **{"from": WHOLE})  # fmt: skip
    params = query("page", type="integer"), query("per_page", type="integer")
    vendor = SmallVendor(collection(PET, fields("data", data=listed(PET), links=links, meta=meta), PET, *params))
    for name in "abc":
        vendor.made("/pets", {"name": name})
    body = vendor.read("/pets?page=2&per_page=2")
    assert body["meta"] == {"current_page": 2, "from": 3, "to": 3, "total": 3, "last_page": 2, "count": 1}
    assert body["links"] == {
        "first": "/pets?page=1&per_page=2", "last": "/pets?page=2&per_page=2", "prev": "/pets?page=1&per_page=2",
        "next": None,
    }  # fmt: skip


def test_a_connection_leads_on_by_its_cursors() -> None:
    edges = listed(fields("cursor", "node", cursor=TEXT, node=PET))
    info = fields("hasNextPage", hasNextPage=SWITCH, endCursor={**TEXT, "nullable": True})
    page = fields("edges", "pageInfo", edges=edges, pageInfo=info, totalCount=WHOLE)
    vendor = SmallVendor(collection(PET, page, PET, query("first", type="integer"), query("after")))
    for name in "abc":
        vendor.made("/pets", {"name": name})
    first = vendor.read("/pets?first=2")
    assert (first["pageInfo"]["hasNextPage"], first["totalCount"]) == (True, 3)
    assert first["pageInfo"]["endCursor"] == first["edges"][1]["cursor"]
    last = vendor.read(f"/pets?first=2&after={first['edges'][1]['cursor']}")
    assert [one["node"]["name"] for body in (first, last) for one in body["edges"]] == ["c", "b", "a"]
    assert last["pageInfo"]["hasNextPage"] is False


def paged(*params: Any, **beside: Any) -> SmallVendor:
    pet = fields("id", id={**TEXT, "readOnly": True}, qty=WHOLE)
    page = fields("Resources", Resources=listed(pet), **beside)
    vendor = SmallVendor(collection(pet, page, fields(qty=WHOLE), *params))
    for qty in (1, 2):
        vendor.made("/pets", {"qty": qty})
    return vendor


def test_scim_counts_objects_from_one_and_gives_the_total_alone_for_none() -> None:
    beside = dict.fromkeys(("totalResults", "startIndex", "itemsPerPage"), WHOLE)
    vendor = paged(query("startIndex", **WHOLE), query("count", **WHOLE), **beside)
    assert [len(vendor.read(f"/pets?startIndex={n}&count=1")["Resources"]) for n in (1, 2, 3)] == [1, 1, 0]
    assert vendor.read("/pets?startIndex=2&count=1")["startIndex"] == 2
    empty = vendor.read("/pets?count=0")
    assert (empty["totalResults"], empty["Resources"]) == (2, [])


@pytest.mark.parametrize(("name", "least", "shown"), [("$top", {}, 0), ("limit", {"minimum": 0}, 0), ("limit", {}, 2)])
def test_a_page_is_empty_where_a_request_may_ask_for_that(name: str, least: dict[str, int], shown: int) -> None:
    vendor = paged(query(name, **WHOLE, **least), query("page", **WHOLE), total=WHOLE, pages=WHOLE)
    page = vendor.read(f"/pets?{name}=0")
    assert (len(page["Resources"]), page["total"]) == (shown, 2)


def test_the_answer_repeats_the_request_s_words_for_the_page() -> None:
    vendor = paged(query("pageNum", **WHOLE), query("pageSize", **WHOLE), pageNum=WHOLE, pageSize=WHOLE, total=WHOLE)
    page = vendor.read("/pets?pageNum=2&pageSize=1")
    assert (page["pageNum"], page["pageSize"], page["total"], len(page["Resources"])) == (2, 1, 2, 1)
    vendor = paged(query("startAt", **WHOLE), query("maxResults", **WHOLE), startAt=WHOLE, maxResults=WHOLE)
    page = vendor.read("/pets?startAt=1&maxResults=7")
    assert (page["startAt"], page["maxResults"], len(page["Resources"])) == (1, 7, 1)


def test_a_group_of_the_query_says_the_page_by_its_number_or_by_its_first_object() -> None:
    names = ("pagination[start]", "pagination[limit]", "pagination[page]", "pagination[pageSize]")
    group = fields("page", "total", page=WHOLE, pageSize=WHOLE, total=WHOLE)
    vendor = paged(*(query(name, **WHOLE) for name in names), meta=fields("pagination", pagination=group))
    for asked in ("%5Bpage%5D=2&pagination%5BpageSize%5D=1", "%5Bstart%5D=1&pagination%5Blimit%5D=1"):
        page = vendor.read(f"/pets?pagination{asked}")
        assert ([one["qty"] for one in page["Resources"]], page["meta"]["pagination"]["total"]) == ([1], 2)
        assert page["meta"]["pagination"]["page"] == 2


def test_a_page_that_is_a_text_of_the_vendors_making_leads_on_by_the_field_that_is_called_after_it() -> None:
    page = {**query("page", type="string"), "description": "A cursor. Use the next_page of the answer before."}
    pet = fields("id", id=TEXT)
    answer = fields("data", data=listed(pet), has_more=SWITCH, next_page={**TEXT, "nullable": True})
    vendor = SmallVendor(collection(pet, answer, fields(), page, query("limit", type="integer")))
    made = [vendor.made("/pets", {})["id"] for _ in range(3)]
    first = vendor.read("/pets?limit=2")
    last = vendor.read(f"/pets?limit=2&page={first['next_page']}")
    assert [one["id"] for one in (*first["data"], *last["data"])] == made[::-1]
    assert (first["has_more"], last["has_more"], last["next_page"]) == (True, False, None)


def test_a_list_that_nobody_can_page_through_is_shown_whole() -> None:
    pet = fields("id", id={**TEXT, "readOnly": True})
    vendor = SmallVendor(collection(pet, listed(pet), fields()))
    for _ in range(30):
        vendor.made("/pets", {})
    assert len(vendor.read("/pets")) == 30
