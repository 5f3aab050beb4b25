"""Dynamic references mean what the outermost schema on the way says."""

from typing import Any

import pytest

from tidegate.openapi.document import Document

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


def valid(schemas: dict[str, Any], name: str, value: Any) -> bool:
    document = Document({"openapi": "3.1.0", "paths": {}, "components": {"schemas": schemas}})
    schema = {"$ref": f"#/components/schemas/{name}"}
    is_valid = document.schemas.validator(schema, of="answer").is_valid(value)
    assert document.diagnostics == []
    return is_valid


PAGE = {
    "type": "object",
    "properties": {"items": {"type": "array", "items": {"$dynamicRef": "#item"}}},
    "$defs": {"item": {"$dynamicAnchor": "item"}},
}


def of(item: Any, **beside: Any) -> dict[str, Any]:
    return {**beside, "$defs": {"item": {"$dynamicAnchor": "item", **item}}}


GENERIC = {
    "page": PAGE,
    "texts": of(TEXT, **{"$ref": "#/components/schemas/page"}),
    "numbers": of({"$ref": "#/components/schemas/number"}, allOf=[{"$ref": "#/components/schemas/page"}]),
    "number": NUMBER,
    "far": of(TEXT, properties={"page": {"$ref": "#/components/schemas/way"}}),
    "way": {"anyOf": [{"$ref": "#/components/schemas/page"}]},
}


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("page", {"items": [1, "a"]}, {"items": 1}),
        ("texts", {"items": ["a"]}, {"items": [1]}),
        ("numbers", {"items": [1]}, {"items": ["a"]}),
        ("far", {"page": {"items": ["a"]}}, {"page": {"items": [1]}}),
    ],
)
def test_a_generic_page_holds_what_each_schema_says(name: str, good: Any, bad: Any) -> None:
    assert valid(GENERIC, name, good)
    assert not valid(GENERIC, name, bad)


TREE = {
    "tree": {
        "$dynamicAnchor": "node",
        "type": "object",
        "properties": {"data": {}, "children": {"type": "array", "items": {"$dynamicRef": "#node"}}},
    },
    "strict": {"$dynamicAnchor": "node", "$ref": "#/components/schemas/tree", "unevaluatedProperties": False},
}


def test_a_stricter_tree_is_strict_in_all_its_branches() -> None:
    loose = {"children": [{"data": 1, "other": 2}]}
    assert valid(TREE, "tree", loose)
    assert not valid(TREE, "strict", loose)
    assert not valid(TREE, "strict", {"children": [{"children": [{"other": 2}]}]})
    assert valid(TREE, "strict", {"children": [{"children": [{"data": 2}]}]})


def test_a_level_is_read_with_what_the_reference_means() -> None:
    document = Document({"openapi": "3.1.0", "paths": {}, "components": {"schemas": GENERIC}})
    level = document.schemas.plain({"$ref": "#/components/schemas/texts"})
    items = document.schemas.plain(level["properties"]["items"])
    assert document.schemas.plain(items["items"])["type"] == "string"
