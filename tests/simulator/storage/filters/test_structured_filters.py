"""Filters that are objects or lists narrow a list in the forms that vendors have; others change nothing."""

from typing import Any

import pytest

from tests.simulator.small_vendor import SWITCH, TEXT, WHOLE, SmallVendor, collection, fields, listed, operation, query
from tidegate.simulator.storage.filters.structured_filters import TERMS_MAX, structured

PET = fields(
    "id", id={**TEXT, "readOnly": True}, name=TEXT, qty=WHOLE, isSold=SWITCH, owner=fields(city=TEXT),
    properties={"type": "object", "additionalProperties": TEXT},
)  # fmt: skip
SENT = [
    {"name": "ab", "qty": 1, "isSold": True, "owner": {"city": "Rome"}, "properties": {"mail": "a@x"}},
    {"name": "bc", "qty": 2, "isSold": False, "owner": {"city": "Oslo"}},
    {"name": "cd", "qty": 3, "isSold": False},
]


@pytest.fixture(scope="module")
def pets() -> SmallVendor:
    page = fields("total", "results", results=listed(PET), total=WHOLE)
    paths = collection(PET, page, PET, {**query("filters", type="object"), "style": "deepObject"})
    body = fields(filter={}, filterGroups=listed({"type": "object"}), where={"type": "object"})
    paths["/pets/search"] = {"post": operation(page, body)}
    made = SmallVendor(paths)
    for sent in SENT:
        made.made("/pets", sent)
    return made


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ({"filter": {"name": "ab"}}, [1]),
        ({"filter": {"qty": {"$gte": 2}, "isSold": False}}, [3, 2]),
        ({"where": {"owner": {"city": "Rome"}}}, [1]),
        ({"where": {"owner": {"city": {"$ne": "Rome"}}, "qty": {"lt": 3}}}, [2]),
        ({"filter": {"or": [{"name": "ab"}, {"name": "cd"}]}}, [3, 1]),
        ({"filter": {"$not": {"qty": [1, 2]}}}, [3]),
        ({"filter": {"property": "name", "operator": "contains", "value": "b"}}, [2, 1]),
        ({"filter": [{"field": "qty", "op": ">", "value": 1}, {"field": "qty", "op": "<", "value": 3}]}, [2]),
        ({"filter": {"field": "owner.city", "operator": "exists"}}, [2, 1]),
        ({"filter": {"owner": {"$null": True}}}, [3]),
        ({"filterGroups": [
            {"filters": [{"propertyName": "mail", "operator": "EQ", "value": "a@x"}]},
            {"filters": [{"propertyName": "qty", "operator": "GTE", "value": "3"}]},
        ]}, [3, 1]),
        ({"filter": {"nothing": "x"}}, []),
        ({"filter": {"owner": {"x": {"y": 1}}}, "where": {}}, [3, 2, 1]),
        ({"filter": {"name": {"soundsLike": "ab"}}}, [3, 2, 1]),
        ({}, [3, 2, 1]),
    ],
)  # fmt: skip
def test_a_search_is_narrowed_by_what_its_body_holds(pets: SmallVendor, sent: Any, found: list[int]) -> None:
    page = pets.made("/pets/search", sent)
    assert ([one["qty"] for one in page["results"]], page["total"]) == (found, len(found))


def test_a_list_is_narrowed_by_a_group_of_the_query(pets: SmallVendor) -> None:
    page = pets.read("/pets?filters%5Bname%5D%5B%24startsWith%5D=a")
    assert [one["name"] for one in page["results"]] == ["ab"]
    assert [one["qty"] for one in pets.read("/pets?filters%5Bqty%5D%5B%24gt%5D=1")["results"]] == [3, 2]


def test_a_filter_has_bounds(pets: SmallVendor) -> None:
    assert structured(pets.document, pets.kind("pets"), "filter", [{"name": "ab"}] * (TERMS_MAX + 1)) is None
