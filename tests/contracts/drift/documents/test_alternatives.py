"""Alternatives paired up."""

from typing import Any

from tidegate.contracts.drift.documents.alternatives import label, matched
from tidegate.openapi.document import Document

DOCUMENT = Document({"openapi": "3.1.0", "paths": {}, "components": {"schemas": {
    "cat": {"type": "object", "properties": {"lives": {"type": "integer"}}},
    "dog": {"type": "object", "properties": {"barks": {"type": "boolean"}}},
}}})  # fmt: skip
CAT, DOG, TEXT = {"$ref": "#/components/schemas/cat"}, {"$ref": "#/components/schemas/dog"}, {"type": "string"}


def pair_up(old: list[Any], new: list[Any]) -> Any:
    return matched(DOCUMENT, old, DOCUMENT, new)


def test_names_tell_them_apart_in_any_order() -> None:
    assert pair_up([CAT, DOG], [DOG, CAT]) == ([(CAT, CAT), (DOG, DOG)], [], [])


def test_what_has_no_name_is_known_by_what_it_takes() -> None:
    number = {"type": "number"}
    assert pair_up([TEXT, {"type": "integer"}], [number, TEXT]) == (
        [(TEXT, TEXT), ({"type": "integer"}, number)],
        [],
        [],
    )


def test_objects_are_known_by_their_properties() -> None:
    one = {"type": "object", "properties": {"lives": {"type": "string"}, "name": TEXT}}
    assert pair_up([CAT], [DOG, one])[0] == [(CAT, one)]


def test_what_is_left_came_or_went() -> None:
    assert pair_up([CAT, TEXT], [CAT, DOG])[1:] == (["string"], ["dog"])


def test_one_that_stands_twice_is_paired_twice() -> None:
    assert pair_up([TEXT, TEXT], [TEXT])[1:] == (["string"], [])


def test_a_label_is_the_name_or_the_title_or_the_type() -> None:
    assert [label(DOCUMENT, one) for one in (CAT, {"title": "Cat"}, TEXT, {})] == ["cat", "Cat", "string", "anything"]
