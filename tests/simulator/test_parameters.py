"""Parameters are checked against their schema and refused in the vendor's words."""

from typing import Any

import pytest

from tidegate.simulator.errors import VendorError
from tidegate.simulator.parameters import Schema, check

NAMED: dict[str, Schema] = {
    "#/address": {
        "type": "object",
        "properties": {"city": {"type": "string"}, "line1": {"type": "string"}},
        "required": ["line1"],
        "additionalProperties": False,
    }
}
SCHEMA: Schema = {
    "type": "object",
    "properties": {
        "amount": {"type": "integer", "minimum": 1, "maximum": 99999999},
        "currency": {"type": "string", "minLength": 3, "maxLength": 3, "pattern": "^[A-Za-z]{3}$"},
        "confirm": {"type": "boolean"},
        "share": {"type": "number"},
        "method": {"type": "string", "enum": ["", "automatic", "manual"]},
        "expand": {"type": "array", "items": {"type": "string"}},
        "address": {"anyOf": [{"$ref": "#/address"}, {"type": "string", "enum": [""]}]},
        "created": {
            "anyOf": [
                {"type": "object", "properties": {"gte": {"type": "integer"}}, "additionalProperties": False},
                {"type": "integer"},
            ]
        },
        "metadata": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 5}},
        "note": {"type": "string", "nullable": True},
    },
    "required": ["amount"],
    "additionalProperties": False,
}


def resolve(schema: Schema) -> Schema:
    return NAMED[schema["$ref"]] if "$ref" in schema else schema


def checked(**given: Any) -> dict[str, Any]:
    return check({"amount": "5", **given}, SCHEMA, resolve)


def refusal(**given: Any) -> tuple[str, object]:
    with pytest.raises(VendorError) as refused:
        checked(**given)
    assert refused.value.status == 400
    return refused.value.reason, refused.value.details.get("param")


def test_text_becomes_the_schemas_type() -> None:
    assert checked(confirm="true", share="1.5", expand={"1": "b", "0": "a"}, metadata={"6735": "x"}) == {
        "amount": 5,
        "confirm": True,
        "share": 1.5,
        "expand": ["a", "b"],
        "metadata": {"6735": "x"},
    }


def test_json_values_pass_as_they_are() -> None:
    assert checked(amount=7, confirm=False, expand=["a"], note=None) == {
        "amount": 7,
        "confirm": False,
        "expand": ["a"],
        "note": None,
    }


def test_of_several_shapes_the_one_that_fits_is_taken() -> None:
    assert checked(address="")["address"] == ""
    assert checked(address={"line1": "x"})["address"] == {"line1": "x"}
    assert checked(created="17")["created"] == 17
    assert checked(created={"gte": "17"})["created"] == {"gte": 17}


@pytest.mark.parametrize(
    ("given", "reason", "param"),
    [
        ({"frob": "1"}, "unknown-parameter", "frob"),
        ({"address": {"frob": "1", "line1": "x"}}, "unknown-parameter", "address[frob]"),
        ({"address": {"city": "x"}}, "missing-parameter", "address[line1]"),
        ({"amount": ""}, "empty-parameter", "amount"),
        ({"amount": "x"}, "invalid-integer", "amount"),
        ({"amount": "1.5"}, "invalid-integer", "amount"),
        ({"amount": True}, "invalid-integer", "amount"),
        ({"amount": "0"}, "invalid-integer", "amount"),
        ({"amount": "-1"}, "invalid-integer", "amount"),
        ({"amount": "100000000"}, "invalid-integer", "amount"),
        ({"amount": "9" * 5000}, "invalid-integer", "amount"),
        ({"created": {"gte": "x"}}, "invalid-integer", "created[gte]"),
        ({"currency": "euro"}, "invalid-parameter", "currency"),
        ({"currency": "e1r"}, "invalid-parameter", "currency"),
        ({"currency": {"a": "b"}}, "invalid-parameter", "currency"),
        ({"confirm": "yes"}, "invalid-parameter", "confirm"),
        ({"confirm": {"a": "b"}}, "invalid-parameter", "confirm"),
        ({"share": "x"}, "invalid-parameter", "share"),
        ({"method": "never"}, "invalid-choice", "method"),
        ({"expand": "a"}, "invalid-parameter", "expand"),
        ({"expand": {"x": "a"}}, "invalid-parameter", "expand"),
        ({"metadata": "a"}, "invalid-parameter", "metadata"),
        ({"metadata": {"a": "too long"}}, "invalid-parameter", "metadata[a]"),
    ],
)
def test_a_wrong_parameter_is_named_with_its_reason(given: dict[str, Any], reason: str, param: str) -> None:
    assert refusal(**given) == (reason, param)


def test_a_missing_parameter_is_named() -> None:
    with pytest.raises(VendorError) as refused:
        check({}, SCHEMA, resolve)
    assert refused.value.reason == "missing-parameter"
    assert refused.value.details == {"param": "amount"}


def test_an_enumeration_lists_what_it_takes_without_the_empty_text() -> None:
    with pytest.raises(VendorError, match="must be one of automatic or manual"):
        checked(method="never")


def test_a_schema_that_says_nothing_takes_anything() -> None:
    assert check({"a": {"b": "c"}}, {"type": "object"}, resolve) == {"a": {"b": "c"}}
