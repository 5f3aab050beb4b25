"""The price of a query: by what it asks for, and by what was found."""

from typing import Any

import pytest
from graphql import build_schema, parse

from tidegate.simulator.behaviour.graphql_cost import CostEstimate, spent

SCHEMA = build_schema("""
    type Query { shop: Shop, dogs(first: Int, last: Int): DogConnection }
    type Mutation { dogCreate(name: String): Dog }
    type Shop { name: String, owner: Person }
    type Person { name: String }
    type Dog { name: String, owner: Person }
    type DogConnection { edges: [DogEdge], nodes: [Dog], pageInfo: PageInfo }
    type DogEdge { cursor: String, node: Dog }
    type PageInfo { hasNextPage: Boolean }
""")


@pytest.mark.parametrize(
    ("query", "points"),
    [
        ("{ shop { name } }", 1),
        ("{ shop { owner { name } } }", 2),
        ("{ dogs { nodes { name } } }", 2 + 10),
        ("{ dogs(last: 3) { edges { cursor node { owner { name } } } pageInfo { hasNextPage } } }", 2 + 3 * 2),
        ("query Q($n: Int) { dogs(first: $n) { nodes { name } } }", 2 + 4),
        ("{ dogs(first: 0) { nodes { name } } }", 2),
        ("{ dogs(first: -2000) { nodes { name } } }", 2),
        ("query Q($minus: Int) { dogs(last: $minus) { nodes { name } } }", 2),
        ("{ ... on Query { shop { name } } ...More } fragment More on Query { shop { name } }", 2),
        ('mutation { a: dogCreate(name: "A") { name } b: dogCreate(name: "B") { name } }', 2 * 11),
    ],
)
def test_a_query_is_priced_by_what_it_asks_for(query: str, points: float) -> None:
    assert CostEstimate(SCHEMA, parse(query), {"n": 4, "minus": -4}).of(None) == points


def test_one_of_several_operations_is_priced_by_its_name() -> None:
    document = parse("query A { shop { name } } query B { dogs(first: 1) { nodes { name } } }")
    assert [CostEstimate(SCHEMA, document, {}).of(name) for name in ("A", "B", "C")] == [1, 3, 0]


@pytest.mark.parametrize(
    ("data", "points"),
    [
        ({"shop": {"name": "A", "owner": None}}, 1),
        ({"dogs": {"nodes": [{"name": "A"}, {"name": "B"}], "pageInfo": {"hasNextPage": False}}}, 2 + 2),
        ({"dogs": {"edges": [{"cursor": "1", "node": {"name": "A"}}]}}, 2 + 1),
        (None, 0),
    ],
)
def test_what_was_spent_is_counted_by_what_was_found(data: Any, points: float) -> None:
    assert spent(data, top=True) == points
