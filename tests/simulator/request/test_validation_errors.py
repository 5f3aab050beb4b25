"""The first mistake is named as the vendor names parameters, with its reason."""

from typing import Any

import pytest

from tidegate.openapi.document import Document
from tidegate.simulator.request.validation_errors import bracketed, dotted, first_refusal

SCHEMA = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "maxLength": 3},
        "size": {"type": "integer", "minimum": 2, "exclusiveMaximum": 9},
        "kind": {"enum": ["a", "b"]},
        "list": {"type": "array", "items": {"type": "object", "properties": {"a/b": {"type": "boolean"}}}},
        "maybe": {"type": ["integer", "null"]},
        "either": {"items": {"properties": {"deep": {"not": {}}}, "not": {"type": "integer"}}},
    },
    "additionalProperties": False,
}


def refusal(value: Any, naming: Any = bracketed) -> tuple[str, Any, str] | None:
    validator = Document({"openapi": "3.1.0", "paths": {}}).schemas.validator(SCHEMA, of="request")
    refused = first_refusal(validator.errors(value), value, naming, whole="body")
    return None if refused is None else (refused.reason, refused.details.get("param"), str(refused))


def test_a_value_without_flaws_is_not_refused() -> None:
    assert refusal({"name": "a", "maybe": None}) is None


@pytest.mark.parametrize(
    ("value", "reason", "param", "said"),
    [
        ({"x": 1, "y": 1, "size": 1}, "unknown-parameter", "x", "x, y"),
        ({"size": "x"}, "missing-parameter", "name", "name"),
        ({"name": "a", "size": "x"}, "invalid-integer", "size", "Invalid integer: x"),
        ({"name": "a", "maybe": "x"}, "invalid-integer", "maybe", "Invalid integer: x"),
        ({"name": "a", "size": 1}, "invalid-integer", "size", "greater than or equal to 2"),
        ({"name": "a", "size": 9}, "invalid-integer", "size", "9"),
        ({"name": "a", "kind": "c"}, "invalid-choice", "kind", "a or b"),
        ({"name": "abcd"}, "invalid-parameter", "name", "abcd"),
        ({"name": {"a": 1}}, "invalid-parameter", "name", "Invalid string"),
        ({"name": "a", "list": [{}, {"a/b": 1}]}, "invalid-parameter", "list[1][a/b]", "Invalid boolean: 1"),
        ([], "invalid-parameter", "body", "Invalid object"),
    ],
)
def test_a_mistake_has_its_name_its_reason_and_its_words(value: Any, reason: str, param: str, said: str) -> None:
    refused = refusal(value)
    assert refused is not None
    assert refused[:2] == (reason, param)
    assert said in refused[2]


def test_names_are_written_as_forms_or_as_json_have_them() -> None:
    assert bracketed(["a", "0", "b"]) == "a[0][b]"
    assert dotted(["a", "0", "b"]) == "a[0].b"
    assert (bracketed([]), dotted([])) == ("", "")
    refused = refusal({"name": "a", "list": [{"a/b": 1}]}, dotted)
    assert refused is not None
    assert refused[1] == "list[0].a/b"


@pytest.mark.parametrize(("naming", "param"), [(dotted, "either[0].deep"), (bracketed, "either[0][deep]")])
def test_a_sentence_names_the_field_however_its_whole_name_is_written(naming: Any, param: str) -> None:
    assert refusal({"name": "a", "either": [{"deep": 1}]}, naming) == ("invalid-parameter", param, "Invalid deep: 1")
    assert refusal({"name": "a", "either": [7]}, naming) == ("invalid-parameter", "either[0]", "Invalid either: 7")
