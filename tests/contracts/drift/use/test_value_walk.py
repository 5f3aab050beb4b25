"""A pact's values on their way through schemas."""

from typing import Any

from tidegate.contracts.drift.documents.schema_pairs import SchemaPairs
from tidegate.contracts.drift.use.value_walk import visits
from tidegate.openapi.document import Document


def walked(schema: Any, value: Any, *, is_text: bool = False) -> list[tuple[str, Any]]:
    def document(extra: str) -> Document:
        node = {"type": "object", "properties": {"v": {"type": extra}, "next": {"$ref": "#/components/schemas/n"}}}
        return Document({"openapi": "3.1.0", "paths": {}, "components": {"schemas": {"n": node, "s": schema}}})

    old, new = document("string"), document("integer")  # so that nothing is passed over as unchanged
    pairs = SchemaPairs(old, new)
    pair = pairs.pair(schema, {**schema, "title": "other"})
    pairs.settle()
    return sorted({(visit.pointer, str(visit.value)) for visit in visits(old, pair, value, is_text=is_text)})


REF = {"$ref": "#/components/schemas/n"}


def test_it_goes_as_deep_as_the_value_and_no_deeper() -> None:
    value = {"next": {"next": {"v": "x"}}}
    assert [pointer for pointer, _ in walked(REF | {"title": "a"}, value)] == [
        "", "/next", "/next/next", "/next/next/v",
    ]  # fmt: skip


def test_items_and_other_properties_are_entered() -> None:
    assert [pointer for pointer, _ in walked({"type": "array", "items": REF}, [{"v": "x"}])] == ["", "/*", "/*/v"]
    assert [pointer for pointer, _ in walked({"type": "object", "additionalProperties": REF}, {"a/b": {"v": "x"}})] == [
        "", "/a~1b", "/a~1b/v",
    ]  # fmt: skip


def test_of_alternatives_those_are_entered_that_the_value_may_be() -> None:
    schema = {"anyOf": [{"type": "string"}, REF]}
    assert walked(schema, "id_1") == [("", "id_1")]
    assert [pointer for pointer, _ in walked(schema, {"v": "x"})] == ["", "/v"]


def test_what_has_a_place_of_its_own_in_a_list_is_no_item() -> None:
    pairs = SchemaPairs(*(Document({"openapi": "3.1.0", "paths": {}}) for _ in range(2)))
    text, number = {"type": "string"}, {"type": "integer"}
    pair = pairs.pair({"prefixItems": [text], "items": False}, {"prefixItems": [text], "items": number})
    pairs.settle()
    met = [(visit.value, visit.pair.new) for visit in visits(pairs.old, pair, ["x", 2], is_text=False) if visit.pointer]
    assert met == [("x", text), (2, number)]
