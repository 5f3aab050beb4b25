"""Rules by which the parts of a value hang together."""

from typing import Any

import pytest

from tidegate.contracts.drift.documents.document_comparison import compare
from tidegate.contracts.drift.documents.schema_aspects import SchemaChange
from tidegate.contracts.drift.documents.value_rules import rule_changes
from tidegate.openapi.document import Document
from tidegate.openapi.schema_merge import CONDITIONS

TEXT = {"type": "string"}


def aspects(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return [change.aspect for change in rule_changes(old, new, lambda one, other: bool(one == other))]


@pytest.mark.parametrize(
    ("keyword", "word", "rule", "other"),
    [
        ("contains", "contains", {"const": 1}, {"const": 2}),
        ("propertyNames", "property-names", {"pattern": "a"}, {"pattern": "b"}),
        ("dependentRequired", "dependent-required", {"a": ["b"]}, {"a": ["c"]}),
        (CONDITIONS, "if", [{"if": {}, "then": False}], [{"if": {}, "else": False}]),
        ("unevaluatedItems", "unevaluated-items", False, TEXT),
        ("unevaluatedProperties", "unevaluated-properties", False, TEXT),
        ("contentSchema", "content-schema", TEXT, {"type": "object"}),
    ],
)
def test_a_rule_comes_goes_and_changes(keyword: str, word: str, rule: Any, other: Any) -> None:
    assert aspects({}, {keyword: rule}) == [f"{word}-added"]
    assert aspects({keyword: rule}, {}) == [f"{word}-removed"]
    assert aspects({keyword: rule}, {keyword: other}) == [f"{word}-changed"]
    assert aspects({keyword: rule}, {keyword: rule}) == []


@pytest.mark.parametrize(
    "idle",
    [
        {"unevaluatedProperties": True},
        {"propertyNames": {}},
        {"dependentRequired": {"a": []}},
        {"contains": TEXT, "minContains": 0},
    ],
)
def test_a_rule_that_says_nothing_is_none(idle: dict[str, Any]) -> None:
    assert aspects({}, idle) == []


def test_the_order_of_what_must_be_there_is_no_matter() -> None:
    assert aspects({"dependentRequired": {"a": ["b", "c"]}}, {"dependentRequired": {"a": ["c", "b"]}}) == []


def test_patterns_of_names_come_and_go_one_by_one() -> None:
    old, new = {"patternProperties": {"^a": TEXT, "^b": TEXT}}, {"patternProperties": {"^b": TEXT, "^c": TEXT}}
    assert [*rule_changes(old, new, lambda _one, _other: True)] == [
        SchemaChange("pattern-property-removed", "^a", None), SchemaChange("pattern-property-added", None, "^c"),
    ]  # fmt: skip


def test_what_a_rule_refers_to_is_a_part_of_it() -> None:
    def document(kind: str, version: str = "3.1.0") -> Document:
        schema = {"type": "array", "contains": {"$ref": "#/components/schemas/e"}}
        answer = {"200": {"content": {"application/json": {"schema": schema}}}}
        paths = {"/o": {"get": {"operationId": "o", "responses": answer}}}
        return Document({"openapi": version, "paths": paths, "components": {"schemas": {"e": {"type": kind}}}})

    names = [change.kind.name for change in compare(document("string"), document("integer")).changes]
    assert names == ["response-body-contains-changed"]
    assert compare(document("string"), document("string")).changes == ()
    assert compare(document("string", "3.0.3"), document("string")).changes == ()
