"""Queries are answered by their schema, page by page, at Shopify's price, and throttled in a 200."""

from pathlib import Path
from typing import Any

import orjson
import pytest

import tidegate
from tests.simulator.conftest import Play, Played
from tests.simulator.houses import Street
from tidegate.openapi.document import Document
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.behaviour.graphql import GraphQLEndpoint
from tidegate.simulator.door.request_cost import QueryCost
from tidegate.simulator.objects.operation_request import OperationRequest
from tidegate.vendor.facts import GraphQLFacts
from tidegate.vendor.vendor_file import load_vendor

SHOPIFY = Path(tidegate.__file__).parent / "adapters" / "shopify"
FILE = load_vendor(SHOPIFY / "vendor.yaml").vendor
PATH = "/admin/api/2026-07/graphql.json"


def graphql() -> GraphQLEndpoint:
    declared = FILE.facts.graphql
    assert isinstance(declared, GraphQLFacts)
    street = Street()
    return GraphQLEndpoint(declared, street.generator.letters, street.service.store, street.service.event_log)


def answer_of(query: str, **variables: Any) -> tuple[dict[str, Any], QueryCost]:
    result = graphql().answer(orjson.dumps({"query": query, "variables": variables}))
    return result.body if result.change is None else result.change(OperationRequest("n1", 0)), result.price


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
        ('mutation { productCreate(product: {title: "Mug"}) { product { id } userErrors { message } } }', 10 + 3),
        ("{ ...All } fragment All on Query { shop { name } }", 1),
    ],
)
def test_a_query_has_the_price_of_shopifys_rule(query: str, points: float) -> None:
    body, price = answer_of(query, n=5)
    assert "errors" not in body
    assert price.requested == points
    assert 0 < price.spent <= price.requested


def test_a_connection_ends_and_its_pages_hold_everything_once() -> None:
    seen: list[str] = []
    after = None
    for _ in range(10):
        inside = "{ nodes { id } pageInfo { hasNextPage endCursor } }"
        page = answer_of(f"query($after: String) {{ products(first: 10, after: $after) {inside} }}", after=after)[0][
            "data"
        ]["products"]
        seen += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(seen) == len(set(seen)) == 25


@pytest.mark.parametrize("after", ["c" + "9" * 5_000, "c²", "elsewhere"])
def test_a_cursor_of_no_page_of_drawn_objects_leads_to_the_first(after: str) -> None:
    inside = "{ nodes { name } pageInfo { hasPreviousPage endCursor } }"
    query = f"query($after: String) {{ orders(first: 2, after: $after) {inside} }}"
    assert answer_of(query, after=after)[0] == answer_of(query)[0]


def test_an_object_has_the_same_values_wherever_it_is_read() -> None:
    listed = answer_of("{ products(first: 3) { nodes { id title } } }")[0]["data"]["products"]["nodes"]
    for product in listed:
        assert answer_of("query($id: ID!) { product(id: $id) { id title } }", id=product["id"])[0]["data"] == {
            "product": product
        }


def test_what_is_not_there_is_null() -> None:
    assert answer_of('{ product(id: "gid://shopify/Product/7") { id } }')[0] == {"data": {"product": None}}


VARIANTS = (
    "{ products(first: 1) { nodes { variants(first: %d) { nodes { sku } pageInfo { hasNextPage endCursor } } } } }"
)


def test_no_objects_may_be_asked_for_and_not_less_wherever_they_are() -> None:
    variants = answer_of(VARIANTS % 0)[0]["data"]["products"]["nodes"][0]["variants"]
    assert variants == {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": None}}
    body, price = answer_of(VARIANTS % -3)
    assert body["errors"][0]["message"] == "first is -3; it must not be negative."
    assert price.requested == 2 + 1 + 2


@pytest.mark.parametrize(("query", "said"), [("{ frob }", "Cannot query field 'frob'"), ("{", "Syntax Error")])
def test_a_wrong_query_is_told_in_a_200_and_costs_nothing(query: str, said: str) -> None:
    body, price = answer_of(query)
    assert said in body["errors"][0]["message"]
    assert price == QueryCost(0.0, 0.0)


def test_a_query_that_asks_for_too_much_is_refused_whole() -> None:
    body, _ = answer_of("{ products(first: 250) { nodes { variants(first: 10) { nodes { sku } } } } }")
    assert body["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"
    assert "data" not in body


def test_what_is_no_query_is_refused() -> None:
    for body in (b"", b"[]", b'{"query": 1}'):
        with pytest.raises(VendorError):
            graphql().answer(body)


def test_variables_that_are_nested_too_deep_are_refused() -> None:
    deep = b'{"query": "{ shop { name } }", "variables": {"a": ' + b"[" * 100 + b"]" * 100 + b"}}"
    with pytest.raises(VendorError, match="nested more than 100 levels deep"):
        graphql().answer(deep)


@pytest.fixture
async def shop(play: Play) -> Played:
    return await play(FILE, served=Document.load(SHOPIFY / "openapi.json"))


async def query(shop: Played, text: str, **variables: Any) -> tuple[int, Any]:
    headers = {"X-Shopify-Access-Token": "sk_test_of_the_tests"}
    body = {"query": text, "variables": variables}
    async with shop.client.post(shop.url + PATH, json=body, headers=headers) as answer:
        return answer.status, await answer.json()


CREATE = 'mutation { productCreate(product: {title: "Mug"}) { product { id title } userErrors { message } } }'
UPDATE = (
    'mutation($id: ID!) { productUpdate(product: {id: $id, title: "Cup"}) '
    "{ product { title } userErrors { field message } } }"
)
DELETE = "mutation($id: ID!) { productDelete(input: {id: $id}) { deletedProductId userErrors { message } } }"
READ = "query($id: ID!) { product(id: $id) { id title } }"


async def titles(shop: Played) -> list[str]:
    body = (await query(shop, "{ products(first: 100) { nodes { title } } }"))[1]
    return [node["title"] for node in body["data"]["products"]["nodes"]]


async def test_mutations_make_change_and_delete_what_queries_read(shop: Played) -> None:
    before = await titles(shop)
    made = (await query(shop, CREATE))[1]["data"]["productCreate"]["product"]
    assert made["title"] == "Mug"
    assert (await query(shop, READ, id=made["id"]))[1]["data"]["product"] == made
    assert await titles(shop) == [*before, "Mug"]
    assert (await query(shop, UPDATE, id=made["id"]))[1]["data"]["productUpdate"]["product"] == {"title": "Cup"}
    assert (await titles(shop))[-1] == "Cup"
    assert (await query(shop, DELETE, id=made["id"]))[1]["data"]["productDelete"]["deletedProductId"] == made["id"]
    assert (await query(shop, READ, id=made["id"]))[1]["data"]["product"] is None
    assert await titles(shop) == before
    updated = (await query(shop, UPDATE, id=made["id"]))[1]["data"]["productUpdate"]
    assert (updated["product"], updated["userErrors"][0]["field"]) == (None, ["id"])


async def test_a_mutation_is_in_the_journal_and_its_objects_in_the_snapshot(shop: Played) -> None:
    made = (await query(shop, CREATE))[1]["data"]["productCreate"]["product"]
    assert [effect["kind"] for effect in shop.simulator.journal.entries[-1].effects] == ["Product.created"]
    assert shop.simulator.journal.counters["effect Product.created"] == 1
    taken = orjson.loads(orjson.dumps(shop.simulator.snapshot()))
    await query(shop, DELETE, id=made["id"])
    shop.simulator.reset()
    assert len(await titles(shop)) == 25
    shop.simulator.restore(taken)
    assert (await query(shop, READ, id=made["id"]))[1]["data"]["product"] == made


async def test_the_same_mutation_twice_makes_two(shop: Played) -> None:
    first, second = [(await query(shop, CREATE))[1]["data"]["productCreate"]["product"]["id"] for _ in range(2)]
    assert first != second


@pytest.mark.parametrize(("effect", "made"), [("none", 0), ("begun", 0), ("done", 1)])
async def test_a_mutation_that_fails_was_done_as_far_as_the_fault_says(shop: Played, effect: str, made: int) -> None:
    shop.arm(kind="error", effect=effect, first_n=1)
    assert (await query(shop, CREATE))[0] == 500
    assert len(await titles(shop)) == 25 + made


async def test_a_throttled_mutation_changes_nothing(shop: Played) -> None:
    body: Any = {}
    while "errors" not in body:
        body = (await query(shop, CREATE))[1]
    assert body["errors"][0]["extensions"]["code"] == "THROTTLED"
    made = shop.simulator.journal.counters["effect Product.created"]
    await shop.world.advance(10)
    assert len(await titles(shop)) == min(25 + made, 100)
    assert shop.simulator.resources.counts()["Product"] == 25 + made


BIG = "{ products(first: 100) { nodes { variants(first: 5) { nodes { sku } } } } }"  # 802 points


async def test_the_bucket_empties_is_told_in_the_answer_and_refills(shop: Played) -> None:
    status, body = await query(shop, BIG)
    cost = body["extensions"]["cost"]
    assert (status, cost["requestedQueryCost"]) == (200, 802)
    state = cost["throttleStatus"]
    assert (state["maximumAvailable"], state["restoreRate"]) == (2000, 100)
    assert state["currentlyAvailable"] == 2000 - cost["actualQueryCost"]
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
