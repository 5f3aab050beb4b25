"""Shopify's GraphQL as its SDK sends it, in plain HTTP through the proxy to the simulator."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.acceptance import asking
from tests.acceptance.programs import House, Proxy

pytestmark = pytest.mark.slow

CREATE = 'mutation { productCreate(product: {title: "Mug"}) { product { id title } userErrors { message } } }'
READ = "query($id: ID!) { product(id: $id) { title } }"
UPDATE = (
    "mutation($id: ID!, $title: String) "
    "{ productUpdate(product: {id: $id, title: $title}) { product { title } userErrors { field } } }"
)
DELETE = "mutation($id: ID!) { productDelete(input: {id: $id}) { deletedProductId userErrors { message } } }"
LIST = (
    "query($after: String) { products(first: 10, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }"
)


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with House(tmp_path_factory.mktemp("house"), "shopify") as house:
        yield house.serve()


def ask(proxy: Proxy, query: str, **variables: Any) -> Any:
    path = "/shopify/admin/api/2026-07/graphql.json"
    body = {"query": query, "variables": variables}
    status, _, told = asking.ask(proxy, "POST", path, body, X_Shopify_Access_Token="token_of_the_app")
    assert status == 200
    return json.loads(told)


def test_the_shop_is_read_at_its_price(proxy: Proxy) -> None:
    told = ask(proxy, "{ shop { name currencyCode } }")
    assert told["data"]["shop"]["name"]
    assert told["extensions"]["cost"]["actualQueryCost"] == 1


def test_a_product_is_made_read_changed_and_deleted(proxy: Proxy) -> None:
    made = ask(proxy, CREATE)["data"]["productCreate"]
    product = made["product"]["id"]
    assert (made["product"]["title"], made["userErrors"]) == ("Mug", [])
    assert ask(proxy, READ, id=product)["data"]["product"] == {"title": "Mug"}
    assert ask(proxy, UPDATE, id=product, title="Cup")["data"]["productUpdate"]["product"] == {"title": "Cup"}
    assert ask(proxy, READ, id=product)["data"]["product"] == {"title": "Cup"}
    assert ask(proxy, DELETE, id=product)["data"]["productDelete"]["deletedProductId"] == product
    assert ask(proxy, READ, id=product)["data"]["product"] is None
    assert ask(proxy, UPDATE, id=product, title="Jug")["data"]["productUpdate"]["userErrors"] == [{"field": ["id"]}]


def test_pages_are_followed_to_their_end(proxy: Proxy) -> None:
    seen: list[str] = []
    after, more = None, True
    while more:
        page = ask(proxy, LIST, after=after)["data"]["products"]
        seen += [node["id"] for node in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert len(seen) == len(set(seen)) >= 25


def test_a_wrong_query_is_told_in_a_200(proxy: Proxy) -> None:
    assert "frob" in ask(proxy, "{ frob }")["errors"][0]["message"]
