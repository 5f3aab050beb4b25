"""A schema names fields in its alternatives and its conditions too."""

from typing import Any

from tidegate.openapi.document import Document
from tidegate.simulator.request.named_fields import named_fields

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


def fields(schema: dict[str, Any]) -> dict[str, Any]:
    schemas = Document({"openapi": "3.1.0", "paths": {}, "x": {"oneOf": [{"$ref": "#/x"}]}}).schemas
    return dict(named_fields(schemas, schemas.plain(schema)))


def of(**properties: Any) -> dict[str, Any]:
    return {"properties": properties}


def test_own_fields_come_before_those_of_alternatives() -> None:
    assert fields({**of(a=TEXT), "oneOf": [of(a=NUMBER, b=NUMBER), {"anyOf": [of(c=TEXT)]}]}) == {
        "a": TEXT, "b": NUMBER, "c": TEXT,
    }  # fmt: skip


def test_a_field_of_several_alternatives_is_a_choice() -> None:
    assert fields({"oneOf": [of(a=TEXT), of(a=NUMBER), of(a=TEXT)]}) == {"a": {"anyOf": [TEXT, NUMBER]}}


def test_conditions_bring_fields() -> None:
    assert fields({"if": of(x=TEXT), "then": of(a=TEXT), "else": of(b=NUMBER)}) == {"a": TEXT, "b": NUMBER}
    assert fields({"dependentSchemas": {"x": of(a=NUMBER)}}) == {"a": NUMBER}


def test_alternatives_that_hold_themselves_end() -> None:
    assert fields({"oneOf": [{"$ref": "#/x"}]}) == {}
