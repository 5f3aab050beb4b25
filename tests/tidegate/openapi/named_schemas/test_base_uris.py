"""References are read from the base that the `$id` around them gives."""

import json
from pathlib import Path
from typing import Any

import pytest

from tidegate.openapi.document import Document
from tidegate.openapi.named_schemas.base_uris import has_names, localise

ROOT = "https://example.com/s/root.json"


def localised(tree: Any, file: str = "dir/one.yaml") -> Any:
    localise(tree, file)
    return tree


def test_what_has_no_name_around_it_leads_into_its_file_or_beside_it() -> None:
    tree = {"a": {"$ref": "#/b"}, "c": [{"$ref": "../two.yaml#/x"}], "d": {"$ref": "https://example.com/e"}}
    assert localised(tree) == {
        "a": {"$ref": "dir/one.yaml#/b"}, "c": [{"$ref": "two.yaml#/x"}], "d": {"$ref": "https://example.com/e"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "to"),
    [
        ("#/$defs/a", "dir/one.yaml#/x/$defs/a"),
        ("#", "dir/one.yaml#/x"),
        ("#here", "dir/one.yaml#/x/$defs/an"),
        ("child.json", "dir/one.yaml#/x/$defs/ch"),
        ("child.json#/$defs/z", "dir/one.yaml#/x/$defs/ch/$defs/z"),
        ("child.json#here", "dir/one.yaml#/x/$defs/ch/$defs/p%25"),
        ("/s/child.json", "dir/one.yaml#/x/$defs/ch"),
        ("https://example.com/s/child.json", "dir/one.yaml#/x/$defs/ch"),
        ("urn:example:u#/$defs/q", "dir/one.yaml#/x/$defs/u~1r/$defs/q"),
        ("other.json#/z", "dir/other.json#/z"),
        ("https://example.com/s/other.json", "https://example.com/s/other.json"),
        ("http://[", "http://["),
    ],
)
def test_names_and_anchors_lead_to_their_schemas(written: str, to: str) -> None:
    own: dict[str, Any] = {"$ref": written}
    names = {
        "a": {}, "an": {"$anchor": "here"}, "u/r": {"$id": "urn:example:u"},
        "ch": {"$id": "child.json", "$defs": {"z": {}, "p%": {"$anchor": "here"}}},
    }  # fmt: skip
    localised({"x": {"$id": ROOT, "properties": {"own": own}, "$defs": names}})
    assert own["$ref"] == to


def test_values_are_no_schemas() -> None:
    tree = {"x": {"$id": ROOT, "enum": [{"$ref": "#/a", "$id": "b"}], "properties": {"$id": {"$ref": "#/c"}}}}
    localised(tree)
    assert tree["x"]["enum"] == [{"$ref": "#/a", "$id": "b"}]
    assert tree["x"]["properties"] == {"$id": {"$ref": "dir/one.yaml#/x/c"}}
    assert not has_names({"properties": {"$id": {"type": "string"}}})


def serving(schemas: dict[str, Any], version: str = "3.1.0") -> Document:
    return Document({"openapi": version, "paths": {}, "components": {"schemas": schemas}})


def test_the_main_file_is_learnt_when_the_first_name_is_met() -> None:
    named = {"$id": "https://example.com/t", "required": ["v", "w"],
             "properties": {"v": {"$ref": "#/$defs/v"}, "w": {"$ref": "u"}}, "$defs": {"v": {"const": 1}}}  # fmt: skip
    document = serving(
        {"T": named, "U": {"$id": "https://example.com/u", "$ref": "#/$defs/w", "$defs": {"w": {"const": 2}}}}
    )
    check = document.schemas.validator({"$ref": "#/components/schemas/T"}, of="answer")
    assert check.is_valid({"v": 1, "w": 2})
    assert not check.is_valid({"v": 2, "w": 2})
    assert not check.is_valid({"v": 1, "w": 1})
    assert document.diagnostics == []


def test_a_pointer_into_a_named_schema_meets_its_references_too() -> None:
    named = {"$id": "https://example.com/t", "properties": {"v": {"$ref": "#/$defs/v"}}, "$defs": {"v": {"const": 1}}}
    document = serving({"T": named})
    assert document.follow({"$ref": "#/components/schemas/T/properties/v"}) == {"const": 1}


def test_openapi_3_0_has_no_names() -> None:
    named = {"$id": "https://example.com/t", "properties": {"v": {"$ref": "#/components/schemas/V"}}}
    document = serving({"T": named, "V": {"type": "integer"}}, "3.0.3")
    assert document.follow({"$ref": "#/components/schemas/T/properties/v"}) == {"type": "integer"}


def test_a_name_of_another_file_is_known_once_that_is_read(tmp_path: Path) -> None:
    pet = {"$id": "https://example.com/pet", "$ref": "#/$defs/p", "$defs": {"p": {"const": 1}}}
    (tmp_path / "pet.json").write_text(json.dumps(pet))
    (tmp_path / "openapi.json").write_text(json.dumps({"openapi": "3.1.0", "paths": {}}))
    document = Document.load(tmp_path / "openapi.json")
    assert document.follow({"$ref": "pet.json"}) == {"const": 1}
    assert document.resolve("https://example.com/pet#/$defs/p") == {"const": 1}
