"""A discriminator without alternatives tells apart what is made of its schema."""

import json
from pathlib import Path
from typing import Any

import pytest

from tidegate.openapi.document import Document
from tidegate.openapi.named_schemas.inheritance import Inheritance, told_by

TOLD = {"propertyName": "kind"}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def made_of(name: str, **more: Any) -> dict[str, Any]:
    return {"allOf": [ref(name), {"type": "object"}], **more}


def of(**schemas: Any) -> tuple[dict[str, Any], Inheritance]:
    document = Document({"openapi": "3.1.0", "paths": {}, "components": {"schemas": schemas}})
    return schemas, document.schemas.inheritance


def test_heirs_are_those_of_the_mapping_and_those_that_are_made_of_it() -> None:
    told = {**TOLD, "mapping": {"d": "Dog", "c": "#/components/schemas/Cat", "gone": "Nobody"}}
    schemas, known = of(
        Pet={"discriminator": told},
        Cat=made_of("Pet"),
        Dog={"type": "object"},
        Fish=made_of("Pet"),
        Lion=made_of("Cat"),
    )
    assert [*known.heirs(ref("Pet"))] == [schemas[name] for name in ("Dog", "Cat", "Fish", "Lion")]
    assert known.heirs({"allOf": [ref("Pet")], "nullable": True}) == known.heirs(ref("Pet"))
    assert known.heirs(ref("Cat")) == ()


def test_a_schema_is_known_by_its_name_and_so_is_what_refers_to_it() -> None:
    schemas, known = of(Pet={"type": "object"}, Alias=ref("Pet"))
    assert [known.name_of(node) for node in (schemas["Pet"], ref("Pet"), {"type": "object"}, None)] == [
        "Pet",
        "Pet",
        "",
        "",
    ]


def test_the_word_is_the_mappings_or_the_schemas_name() -> None:
    _, known = of(
        Pet={"discriminator": {**TOLD, "mapping": {"c": "Cat"}}}, Cat=made_of("Pet"), Lion=made_of("Cat"),
        Azure=made_of("Pet", **{"x-ms-discriminator-value": "#A"}), Other={"allOf": [{"type": "object"}]},
    )  # fmt: skip
    words = [known.word(ref(name)) for name in ("Cat", "Lion", "Azure", "Pet", "Other", "Nobody")]
    assert words == [
        ("kind", "c", True), ("kind", "Lion", False), ("kind", "#A", False), ("kind", "Pet", False), None, None,
    ]  # fmt: skip


def test_where_there_are_alternatives_these_are_told_apart() -> None:
    union = {"oneOf": [ref("Cat"), ref("Dog")], "discriminator": {**TOLD, "mapping": {"c": "Cat"}}}
    _, known = of(Pet=union, Cat={"type": "object"}, Dog=made_of("Pet"))
    assert known.heirs(ref("Pet")) == ()
    assert known.word(ref("Dog")) is None
    assert [known.word_among(union, one) for one in union["oneOf"]] == [("kind", "c", True), ("kind", "Dog", True)]
    assert known.word_among(union, {"type": "object"}) is None
    assert known.word(known.called(ref("Cat"), "kind", "x")) == ("kind", "x", True)


@pytest.mark.parametrize(
    ("target", "leads"),
    [
        ("Cat", True),
        ("#/components/schemas/Cat", True),
        ("#/components/schemas/C%61t", True),
        ("Dog", False),
        (7, False),
    ],
)
def test_an_entry_of_a_mapping_may_be_a_name(target: object, leads: bool) -> None:
    _, known = of(Cat={}, Dog={})
    assert known.leads_to(target, "#/components/schemas/Cat") is leads


def test_circles_and_nonsense_end() -> None:
    _, known = of(
        A=made_of("B", discriminator=TOLD), B=made_of("A"), C={"allOf": "x"}, D=7, E=ref("E"), F={"allOf": [7]}
    )
    for name in "ABCDEF":
        known.heirs(ref(name))
        known.word(ref(name))
    assert known.heirs(ref("A")) == ({"allOf": [ref("A"), {"type": "object"}]},)


def test_swagger_has_the_property_alone() -> None:
    assert (told_by({"discriminator": "kind"}), told_by({"discriminator": TOLD}), told_by({})) == ("kind", "kind", "")
    pet = {"discriminator": "kind", "type": "object"}
    cat = {"allOf": [{"$ref": "#/definitions/Pet"}, {"type": "object"}]}
    known = Document({"swagger": "2.0", "paths": {}, "definitions": {"Pet": pet, "Cat": cat}}).schemas.inheritance
    assert known.word(cat) == ("kind", "Cat", False)


def test_a_mapping_in_another_file_leads_into_that_file(tmp_path: Path) -> None:
    told = {**TOLD, "mapping": {"c": "#/Cat", "d": "dog.json", "b": "Bird"}}
    pets = {"Pet": {"oneOf": [{"$ref": "#/Cat"}, {"$ref": "dog.json"}], "discriminator": told}, "Cat": {}}
    for name, tree in {
        "dir/pets.json": pets,
        "dir/dog.json": {},
        "openapi.json": {"openapi": "3.1.0", "paths": {}},
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps(tree))
    pet = Document.load(tmp_path / "openapi.json").resolve("dir/pets.json#/Pet")
    assert pet["discriminator"]["mapping"] == {"c": "dir/pets.json#/Cat", "d": "dir/dog.json", "b": "Bird"}
