"""What differs on one level."""

from typing import Any

import pytest

from tidegate.contracts.drift.documents.schema_aspects import level_changes

TEXT = {"type": "string"}


def told_apart(**mapping: str) -> dict[str, Any]:
    return {"discriminator": {"propertyName": "kind", "mapping": mapping}}


@pytest.mark.parametrize(
    ("old", "new", "aspects"),
    [
        ({"type": "integer"}, {"type": "number"}, ["type-generalized"]),
        ({"type": "number"}, {"type": "integer"}, ["type-specialized"]),
        (TEXT, {"type": ["string", "integer"]}, ["type-generalized"]),
        (TEXT, {}, ["type-generalized"]),
        (TEXT, {"type": "boolean"}, ["type-changed"]),
        ({**TEXT, "format": "date"}, {**TEXT, "format": "date-time"}, ["type-generalized"]),
        ({**TEXT, "format": "uuid"}, {**TEXT, "format": "email"}, ["type-changed"]),
        ({"type": "integer", "format": "int64"}, {"type": "integer", "format": "int32"}, ["type-specialized"]),
        (TEXT, {"type": ["string", "null"]}, ["became-nullable"]),
        ({"type": ["string", "null"]}, TEXT, ["became-not-nullable"]),
        ({"type": ["string", "null"]}, {}, ["type-generalized"]),
        (TEXT, {**TEXT, "enum": ["a"]}, ["became-enum"]),
        ({**TEXT, "enum": ["a", "b"]}, {**TEXT, "enum": ["b", "c"]}, ["enum-value-removed", "enum-value-added"]),
        ({**TEXT, "enum": ["a", "b"]}, {**TEXT, "enum": ["b", "a"]}, []),
        ({**TEXT, "enum": ["a"]}, {**TEXT, "const": "a"}, []),
        ({"enum": ["a"]}, {**TEXT, "enum": ["a"]}, []),
        ({"properties": {}}, {"type": "object", "properties": {}}, []),
        ({**TEXT, "maxLength": 5}, {**TEXT, "maxLength": 6}, ["max-length-increased"]),
        ({**TEXT, "maxLength": 5}, TEXT, ["max-length-unset"]),
        (TEXT, {**TEXT, "minLength": 5}, ["min-length-set"]),
        ({**TEXT, "pattern": "a"}, {**TEXT, "pattern": "b"}, ["pattern-changed"]),
        ({**TEXT, "pattern": "a"}, TEXT, ["pattern-removed"]),
        ({**TEXT, "default": 0}, {**TEXT, "default": False}, ["default-value-changed"]),
        ({"type": "array"}, {"type": "array", "uniqueItems": True}, ["unique-items-set"]),
        (TEXT, {**TEXT, "readOnly": True, "writeOnly": False}, ["became-read-only"]),
        (TEXT, {**TEXT, "deprecated": True}, ["deprecated"]),
        ({"discriminator": {"propertyName": "a"}}, {"discriminator": {"propertyName": "b"}},
         ["discriminator-property-name-changed"]),
        ({"discriminator": {"propertyName": "a"}}, {}, ["discriminator-removed"]),
        ({"multipleOf": 1}, {"multipleOf": 5}, ["multiple-of-changed"]),
        ({}, {"not": TEXT}, ["not-changed"]),
        ({"const": 7}, {"enum": [7]}, []),
        ({"enum": [7]}, {"type": "integer", "enum": [7]}, []),
        ({**TEXT, "format": "byte"}, {**TEXT, "contentEncoding": "base64"}, []),
        ({**TEXT, "format": "binary"}, {**TEXT, "contentMediaType": "application/octet-stream"}, []),
        (TEXT, {**TEXT, "contentEncoding": "base64"}, ["type-specialized"]),
        ({**TEXT, "contentEncoding": "base64"}, {**TEXT, "contentEncoding": "base64url"}, ["type-changed"]),
        (TEXT, {"type": "null"}, ["type-changed"]),
        ({"type": ["string", "null"]}, {"type": "null"}, ["type-specialized"]),
        ({"type": "null"}, {"type": ["string", "null"]}, ["type-generalized"]),
        (TEXT, {"not": {}}, ["schema-became-false"]),
        ({"not": {}}, TEXT, ["schema-became-not-false"]),
        (TEXT, {**TEXT, "minLength": 0}, []),
        ({"contains": {}}, {"contains": {}, "minContains": 1}, []),
        ({"contains": {}}, {"contains": {}, "minContains": 2}, ["min-contains-set"]),
        (told_apart(a="#/x/A", b="B"), told_apart(a="A", b="#/x/C", c="C"),
         ["discriminator-mapping-added", "discriminator-mapping-changed"]),
        (told_apart(a="A", b="B"), told_apart(a="A"), ["discriminator-mapping-deleted"]),
        (told_apart(a="A"), told_apart(), []),
        ({"enum": [10**30]}, {"enum": [10**30 + 1]}, ["enum-value-removed", "enum-value-added"]),
    ],
)  # fmt: skip
def test_a_difference_has_its_aspect(old: dict[str, Any], new: dict[str, Any], aspects: list[str]) -> None:
    assert [change.aspect for change in level_changes(old, new)] == aspects
