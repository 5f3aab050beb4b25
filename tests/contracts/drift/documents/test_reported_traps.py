"""Traps that users of other differs have reported, each as its smallest pair of documents. Numbers are oasdiff's."""

from typing import Any

import pytest

from tidegate.contracts.drift.documents.document_comparison import compare
from tidegate.openapi.document import Document

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def thing(*required: str, **fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields, **({"required": [*required]} if required else {})}


def api(answer: Any = None, sent: Any = None, parameters: Any = (), statuses: Any = None, **schemas: Any) -> Document:
    operation: dict[str, Any] = {"operationId": "o", "parameters": [*parameters]}
    operation["responses"] = statuses or {"200": {"content": {"application/json": {"schema": answer or {}}}}}
    if sent is not None:
        operation["requestBody"] = {"content": {"application/json": {"schema": sent}}}
    return Document({"openapi": "3.1.0", "paths": {"/o": {"post": operation}}, "components": {"schemas": schemas}})


def kinds(old: Document, new: Document) -> list[tuple[str, str]]:
    return sorted((change.kind.name, change.pointer) for change in compare(old, new).changes)


def test_schemas_that_are_parts_of_each_other_end() -> None:
    """#163, #1252: allOf in circles."""

    def circle(leaf: Any) -> Document:
        return api(ref("a"), a={"allOf": [ref("b"), thing(x=leaf)]}, b={"allOf": [ref("a"), thing(y=ref("a"))]})

    found = kinds(circle(TEXT), circle(NUMBER))
    assert ("response-property-type-changed", "/x") in found
    assert len(found) < 5


def test_a_change_inside_an_alternative_is_seen() -> None:
    """#314."""
    for word in ("oneOf", "anyOf", "allOf"):
        before = api({word: [ref("p"), thing(q=TEXT)]}, p=thing("x", x=TEXT))
        after = api({word: [ref("p"), thing(q=TEXT)]}, p=thing(x=TEXT))
        assert kinds(before, after) == [("response-property-became-optional", "/x")], word


def test_an_enum_that_may_be_null_now_has_lost_nothing() -> None:
    """#1088."""
    enum = {"type": "string", "enum": ["user", "account"]}
    before, after = (
        api(None, thing(c=ref("e")), e=enum),
        api(None, thing(c={"oneOf": [{"type": "null"}, ref("e")]}), e=enum),
    )
    assert kinds(before, after) == [("request-property-became-nullable", "/c")]


def test_a_choice_in_an_object_in_a_query_is_seen() -> None:
    """#861, #567."""

    def filtered(*choices: str) -> Document:
        schema = thing(origin={"type": "string", "enum": [*choices]})
        return api(parameters=[{"name": "filter", "in": "query", "style": "deepObject", "schema": schema}])

    assert kinds(filtered("a", "b"), filtered("a")) == [("request-property-enum-value-removed", "/origin")]


def test_values_of_a_dictionary_are_looked_into() -> None:
    """#601, #895."""
    before = api({"type": "object", "additionalProperties": ref("i")}, i=thing("x", x=TEXT, y=TEXT))
    after = api({"type": "object", "additionalProperties": ref("i")}, i=thing(y=NUMBER))
    assert kinds(before, after) == [
        ("response-property-type-changed", "/{}/y"), ("response-required-property-removed", "/{}/x"),
    ]  # fmt: skip


def test_a_property_that_comes_is_told_once() -> None:
    """#481."""
    assert kinds(api(thing(a=TEXT)), api(thing("b", a=TEXT, b=TEXT))) == [("response-required-property-added", "/b")]


def test_a_part_under_another_generated_name_is_the_same_part() -> None:
    """Generators put the list of fields into the name of a schema."""
    before = api(None, {"allOf": [ref("Pick_a"), thing(z=TEXT)]}, Pick_a=thing(a=TEXT))
    after = api(None, {"allOf": [ref("Pick_a_b"), thing(z=TEXT)]}, Pick_a_b=thing(a=TEXT, b=TEXT))
    assert kinds(before, after) == [("new-optional-request-property", "/b")]


def test_a_list_that_may_hold_nothing_twice() -> None:
    """#1156."""
    items = {"type": "array", "items": TEXT}
    assert kinds(api(None, thing(l=items)), api(None, thing(l={**items, "uniqueItems": True}))) == [
        ("request-property-unique-items-set", "/l")
    ]


def test_a_name_may_be_required_that_no_property_has() -> None:
    loose = {"type": "object", "properties": {"a": TEXT}}
    assert kinds(api(None, loose), api(None, {**loose, "required": ["token"]})) == [
        ("request-property-became-required", "/token")
    ]


@pytest.mark.parametrize("key", ["4XX", "default"])
def test_a_status_that_is_now_one_of_its_class_is_still_there(key: str) -> None:
    body = {"content": {"application/json": {"schema": thing(error=TEXT)}}}
    assert kinds(api(statuses={"200": {}, "404": body}), api(statuses={"200": {}, key: body})) == [
        ("response-non-success-status-added", "")
    ]
    other = {"content": {"application/json": {"schema": thing(problem=NUMBER)}}}
    found = kinds(api(statuses={"200": {}, "404": body}), api(statuses={"200": {}, key: other}))
    assert ("response-optional-property-removed", "/error") in found


def test_a_parameter_that_moves_is_gone_where_it_was() -> None:
    def placed(place: str) -> Document:
        return api(parameters=[{"name": "account", "in": place, "schema": TEXT, "required": True}])

    assert [name for name, _ in kinds(placed("query"), placed("header"))] == [
        "new-required-request-parameter", "request-parameter-removed",
    ]  # fmt: skip


def test_boolean_schemas_are_schemas() -> None:
    """OpenAPI 3.1: `items: false`, `additionalProperties: true`, a property that may be anything."""
    assert kinds(api(thing(a=True)), api(thing(a={}))) == []
    assert kinds(api(thing(a=True)), api(thing(a=TEXT))) == [("response-property-type-specialized", "/a")]
    tuple_ = {"type": "array", "prefixItems": [TEXT, NUMBER], "items": False}
    swapped = {**tuple_, "prefixItems": [NUMBER, TEXT]}
    assert len(kinds(api(tuple_), api(swapped))) == 2, "their order counts"


def test_an_answer_that_becomes_one_of_several() -> None:
    found = kinds(
        api(ref("a"), a=thing(x=TEXT)), api({"oneOf": [ref("a"), ref("b")]}, a=thing(x=TEXT), b=thing(y=TEXT))
    )
    assert found == [("response-body-one-of-added", "")]


def test_the_same_two_documents_give_the_same_report() -> None:
    """#1230: in another order each time."""
    before = api(thing(**{f"f{at}": TEXT for at in range(50)}), statuses=None)
    after = api(thing(**{f"f{at}": NUMBER for at in range(0, 100, 2)}))
    one, other = ([change.sentence for change in compare(before, after).changes] for _ in range(2))
    assert one == other


def test_alternatives_that_only_list_values_or_types_are_an_enum_or_a_list_of_types() -> None:
    """optic#2387, #723."""
    enum = {"type": "string", "enum": ["a", "b"]}
    values = {"oneOf": [{"const": "a", "title": "A"}, {"const": "b", "description": "the other"}]}
    assert kinds(api(thing(x=enum)), api(thing(x=values))) == []
    assert kinds(api(thing(x={"type": ["string", "integer"]})), api(thing(x={"anyOf": [NUMBER, TEXT]}))) == []
    more = {"oneOf": [*values["oneOf"], {"const": "c"}]}
    assert kinds(api(thing(x=values)), api(thing(x=more))) == [("response-property-enum-value-added", "/x")]
    assert kinds(api(thing(x=enum)), api(thing(x={"anyOf": [{"const": "a"}, {"type": "null"}, {"const": "b"}]}))) == [
        ("response-property-became-nullable", "/x")
    ]


def test_alternatives_of_values_and_objects_stay_alternatives() -> None:
    both = {"oneOf": [{"const": "a"}, {"const": "b"}]}
    assert kinds(api(thing(x=both)), api(thing(x={"oneOf": [*both["oneOf"], thing(y=TEXT)]}))) == [
        ("response-property-one-of-added", "/x")
    ]


def test_each_place_of_a_tuple_is_compared_with_what_held_there() -> None:
    row, typed = {"type": "array", "items": TEXT}, {"type": "array", "prefixItems": [NUMBER], "items": TEXT}
    assert kinds(api(thing(x=row)), api(thing(x=typed))) == [("response-property-type-changed", "/x/0")]
    shorter = {"type": "array", "prefixItems": [NUMBER]}
    longer = {"type": "array", "prefixItems": [NUMBER, TEXT], "items": False}
    assert kinds(api(thing(x=shorter)), api(thing(x=longer))) == [
        ("response-property-schema-became-false", "/x/*"), ("response-property-type-specialized", "/x/1"),
    ]  # fmt: skip
