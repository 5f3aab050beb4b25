"""Fields of error schemas are known by their names, and by what is around them."""

from typing import Any

import pytest

from tidegate.openapi.document import Document
from tidegate.simulator.answer.error_fields import (
    ANYTHING,
    holds_parameter,
    is_named,
    mapped,
    naming,
    param_steps,
    sayable,
)

TEXT: dict[str, Any] = {"type": "string"}


@pytest.mark.parametrize(
    ("name", "lists", "beside", "is_param"),
    [
        ("attr", "errors", ["code", "attr"], True),
        ("path", "", ["timestamp", "path"], False),
        ("path", "issues", ["path", "message"], True),
        ("name", "invalidparams", ["name", "reason"], True),
        ("name", "", ["name", "message"], False),
        ("name", "fielderrors", ["name", "field"], False),
    ],
)
def test_a_field_holds_the_parameter_by_its_name_or_that_of_its_list(
    name: str, lists: str, beside: list[str], is_param: bool
) -> None:
    assert holds_parameter(name, lists, beside) is is_param


def test_of_alternatives_the_plainest_is_taken() -> None:
    schemas = Document({"openapi": "3.1.0", "paths": {}}).schemas
    texts = {"type": "array", "items": TEXT}
    assert sayable(schemas, {"anyOf": [texts, TEXT, {"type": "null"}]})["type"] == "string"
    assert sayable(schemas, {"anyOf": [{"type": "null"}, texts]})["type"] == "array"


def test_a_map_has_no_fields_of_its_own() -> None:
    assert mapped({"type": "object", "additionalProperties": TEXT}) == TEXT
    assert mapped({"type": "object", "additionalProperties": True}) is ANYTHING
    assert mapped({"type": "object", "properties": {"a": TEXT}, "additionalProperties": TEXT}) is None
    assert mapped({"type": "object", "additionalProperties": False}) is None


def test_a_sentence_names_the_parameter_once() -> None:
    assert param_steps("shipping[address].city") == ["shipping", "address", "city"]
    assert is_named("Missing required param: qty.", "qty")
    assert not is_named("Invalid quantity: 1", "qty")
    assert naming({"message": "Invalid boolean: maybe", "param": "dry"}) == "dry: Invalid boolean: maybe"
    assert naming({"message": "No such thing: '1'", "param": "thing", "id": "1"}) == "No such thing: '1'"
