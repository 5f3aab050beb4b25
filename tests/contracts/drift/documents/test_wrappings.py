"""Schemas that only stand for another one."""

from typing import Any

import pytest

from tidegate.contracts.drift.documents.wrappings import is_null, target, wrapping
from tidegate.openapi.document import Document

SCHEMAS = {"s": {"type": "string"}, "r": {"$ref": "#/components/schemas/s"}, "n": {"type": "null"},
           "loop": {"$ref": "#/components/schemas/loop"}}  # fmt: skip
NEW = Document({"openapi": "3.1.0", "paths": {}, "components": {"schemas": SCHEMAS}})
OLD = Document({"openapi": "3.0.3", "paths": {}, "components": {"schemas": SCHEMAS}})
REF: dict[str, Any] = {"$ref": "#/components/schemas/r"}


def test_references_are_followed_to_the_end_and_give_the_name() -> None:
    assert target(OLD, REF) == ({"type": "string"}, "s")
    assert target(OLD, {"allOf": [REF], "description": "x"}) == ({"type": "string"}, "s")
    assert target(OLD, {"$ref": "#/lost"}) == ({}, "lost")
    assert target(OLD, {"$ref": "#/components/schemas/loop"})[1] == "loop"


@pytest.mark.parametrize(
    ("node", "null", "flags"),
    [
        ({**REF, "nullable": True}, True, {}),
        ({"allOf": [REF], "readOnly": True}, False, {"readOnly": True}),
        ({"oneOf": [REF, {"type": "null"}], "default": None}, True, {"default": None}),
        ({"anyOf": [{"$ref": "#/components/schemas/n"}, REF], "x-note": 1}, True, {}),
    ],
)
def test_null_and_flags_belong_to_the_place(node: dict[str, Any], null: bool, flags: dict[str, Any]) -> None:
    wrap = wrapping(OLD, node)
    assert wrap is not None
    assert (wrap.null, wrap.flags) == (null, flags)


@pytest.mark.parametrize(
    "node", [{"type": "string"}, {"allOf": [REF, REF]}, {"anyOf": [REF], "maxLength": 3}, True, {}]
)
def test_what_says_something_of_its_own_wraps_nothing(node: Any) -> None:
    assert wrapping(OLD, node) is None


def test_words_beside_a_reference_count_from_openapi_3_1_on() -> None:
    assert wrapping(NEW, {**REF, "maxLength": 3}) is None
    assert wrapping(OLD, {**REF, "maxLength": 3}) is not None
    assert is_null(NEW, {"enum": [None]})
