"""Queries are answered by their schema, page by page, at Shopify's price, and throttled in a 200."""

from pathlib import Path
from typing import Any

import orjson
import pytest

import tidegate
from tests.simulator.conftest import Play, Played
from tidegate.facts import GraphQLFacts
from tidegate.openapi import Document
from tidegate.simulator.behaviour.graphql import GraphQL
from tidegate.simulator.door.prices import Price
from tidegate.simulator.errors import VendorError
from tidegate.vendor_file import load_vendor

SHOPIFY = Path(tidegate.__file__).parent / "adapters" / "shopify"
FILE = load_vendor(SHOPIFY / "vendor.yaml").vendor
PATH = "/admin/api/2026-07/graphql.json"


def graphql() -> GraphQL:
    declared = FILE.facts.graphql
    assert isinstance(declared, GraphQLFacts)
    return GraphQL(declared, lambda name, count: (name * count)[-count:])


def asked(query: str, **variables: Any) -> tuple[dict[str, Any], Price]:
    result = graphql().answer(orjson.dumps({"query": query, "variables": variables}))
    return result.body, result.price


@pytest.mark.parametrize(
    ("query", "points"),
    [
        ("{ shop { name email } }", 1),
        ("{ products(first: 5) { nodes { title } } }", 2 + 5),
        (
            "query Q($n: Int) { products(first: $n) { edges { cursor node { title } } pageInfo { hasNextPage } } }",
            2 + 5,
        ),
        ("{ products(first: 5) { nodes { variants(first: 3) { nodes { sku } } } } }", 2 + 5 * (1 + 2 + 3)),
        ("{ orders(first: 2) { nodes { customer { displayName } } } }", 2 + 2 * 2),
        ('mutation { productUpdate(input: {id: "1"}) { product { title } } }', 10 + 2),
        ("{ ...All } fragment All on Query { shop { name } }", 1),
    ],
)
def test_a_query_has_the_price_of_shopifys_rule(query: str, points: float) -> None:
    body, price = asked(query, n=5)
    assert "errors" not in body
    assert price.asked == points
    assert 0 < price.spent <= price.asked


def test_a_connection_ends_and_its_pages_hold_everything_once() -> None:
    seen: list[str] = []
    after = None
    for _ in range(10):
        inside = "{ nodes { id } pageInfo { hasNextPage endCursor } }"
        page = asked(f"query($after: String) {{ products(first: 10, after: $after) {inside} }}", after=after)[0][
            "data"
        ]["products"]
        seen += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(seen) == len(set(seen)) == 25


def test_an_object_keeps_the_id_that_it_was_asked_by_and_its_values() -> None:
    query = '{ product(id: "gid://shopify/Product/7") { id title } }'
    first, second = asked(query)[0], asked(query)[0]
    assert first == second
    assert first["data"]["product"]["id"] == "gid://shopify/Product/7"


@pytest.mark.parametrize(("query", "said"), [("{ frob }", "Cannot query field 'frob'"), ("{", "Syntax Error")])
def test_a_wrong_query_is_told_in_a_200_and_costs_nothing(query: str, said: str) -> None:
    body, price = asked(query)
    assert said in body["errors"][0]["message"]
    assert price == Price(0.0, 0.0)


def test_a_query_that_asks_for_too_much_is_refused_whole() -> None:
    body, _ = asked("{ products(first: 250) { nodes { variants(first: 10) { nodes { sku } } } } }")
    assert body["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"
    assert "data" not in body


def test_what_is_no_query_is_refused() -> None:
    for body in (b"", b"[]", b'{"query": 1}'):
        with pytest.raises(VendorError):
            graphql().answer(body)


@pytest.fixture
async def shop(play: Play) -> Played:
    return await play(FILE, served=Document.load(SHOPIFY / "openapi.json"))


async def query(shop: Played, text: str) -> tuple[int, Any]:
    headers = {"X-Shopify-Access-Token": "sk_test_of_the_tests"}
    async with shop.client.post(shop.url + PATH, json={"query": text}, headers=headers) as answer:
        return answer.status, await answer.json()


BIG = "{ products(first: 100) { nodes { variants(first: 5) { nodes { sku } } } } }"  # 802 points


async def test_the_bucket_empties_is_told_in_the_answer_and_refills(shop: Played) -> None:
    status, body = await query(shop, BIG)
    told = body["extensions"]["cost"]
    assert (status, told["requestedQueryCost"]) == (200, 802)
    state = told["throttleStatus"]
    assert (state["maximumAvailable"], state["restoreRate"]) == (2000, 100)
    assert state["currentlyAvailable"] == 2000 - told["actualQueryCost"]
    left = 2000.0
    while "errors" not in body:
        left = body["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"]
        status, body = await query(shop, BIG)
    assert (status, body["errors"][0]["extensions"]["code"]) == (200, "THROTTLED")
    assert left < 802
    missing = 802 - body["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"]
    await shop.world.advance(missing / 100 - 0.5)
    assert "errors" in (await query(shop, BIG))[1]
    await shop.world.advance(1)
    assert "errors" not in (await query(shop, BIG))[1]


async def test_without_the_token_nothing_is_answered(shop: Played) -> None:
    async with shop.client.post(shop.url + PATH, json={"query": "{ shop { name } }"}) as answer:
        assert answer.status == 401
