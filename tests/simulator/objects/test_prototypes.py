"""A new object has an id of its own in its vendor's shape, its moment, and values that repeat with its name."""

from typing import Any

import pytest

from tests.simulator.houses import WALL, Street
from tidegate.openapi.document import Document
from tidegate.simulator.document.resource_model import ResourceModel
from tidegate.simulator.objects.prototypes import Prototypes
from tidegate.values.value_generator import ValueGenerator
from tidegate.vendor.resource_facts import ResourceFacts


def prototypes(identifier: dict[str, Any], **facts: Any) -> tuple[Prototypes, Any]:
    thing = {"type": "object", "properties": {"id": identifier, "name": {"type": "string"}}, "required": ["id"]}
    told = {"responses": {"200": {"content": {"application/json": {"schema": thing}}}}}
    document = Document({"openapi": "3.1.0", "paths": {"/things/{id}": {"get": told}}})
    kinds = ResourceModel(document, ResourceFacts.model_validate({"objects": {"things": facts}}))
    return Prototypes(kinds, ValueGenerator(1, document.schemas), {}), kinds.named["things"]


@pytest.mark.parametrize(
    ("schema", "pattern"),
    [
        ({"type": "string", "example": "hs_1234567890"}, r"hs_[A-Za-z0-9]{10}"),
        ({"type": "string", "example": "chatcmpl-1234567890"}, r"chatcmpl-[A-Za-z0-9]{10}"),
        ({"type": "string", "pattern": "^SM[0-9a-f]{32}$"}, r"SM[0-9a-f]{32}"),
        ({"type": "string", "format": "uuid"}, r"[0-9a-f-]{36}"),
        ({"type": "string", "example": "0c6b5e5e-5c0b-4a5e-8d9a-1f2e3d4c5b6a"}, r"[0-9a-f-]{36}"),
        ({"type": "string", "example": "48213"}, r"\d{5}"),
        ({"type": "string", "maxLength": 12}, r"[A-Za-z0-9]{12}"),
        ({"type": "string", "pattern": "^[0-9]+$", "minLength": 30, "maxLength": 32}, r"[0-9]{30,32}"),
        ({"type": "string", "minLength": 26, "maxLength": 26}, r"[A-Za-z0-9]{26}"),
        ({"type": "string", "minLength": 30, "example": "cus_1234567890"}, r"cus_[A-Za-z0-9]{26}"),
        (
            {"type": "string", "pattern": "^x(-[a-z0-9]+){30}$", "example": "x-1", "maxLength": 220},
            r"x(-[a-z0-9]+){30}",
        ),
        ({"type": "string", "pattern": "^se(-[a-z0-9]+)+$", "example": "se-28529731", "maxLength": 11}, r"se-.{8}"),
    ],
)
def test_an_id_has_the_shape_of_its_pattern_or_example(schema: dict[str, Any], pattern: str) -> None:
    import re

    made, kind = prototypes(schema)
    ids = {made.identifier(kind, f"n{n}") for n in range(20)}
    assert len(ids) == 20
    assert all(re.fullmatch(pattern, one) for one in ids)
    assert made.identifier(kind, "n1") in ids


def test_a_number_as_id_keeps_its_bounds() -> None:
    made, kind = prototypes({"type": "integer", "minimum": 10, "maximum": 99_999})
    assert all(10 <= made.identifier(kind, f"n{n}") <= 99_999 for n in range(50))


def test_a_declared_prefix_begins_ids_that_nothing_shows() -> None:
    made, kind = prototypes({"type": "string"}, prefix="asst_")
    assert made.identifier(kind, "one").startswith("asst_")


def test_fields_that_differ_are_drawn_and_the_rest_is_alike() -> None:
    street = Street()
    kind, store = street.resource_operations.kinds["houses"], street.service.store
    names = {store.prototypes.new(kind, f"n{n}", WALL)["name"] for n in range(40)}
    assert 1 < len(names) <= 32
    assert store.prototypes.new(kind, "one", WALL) == store.prototypes.new(kind, "one", WALL)
    assert {name for name, _ in store.prototypes.of(kind).touched} == {"updated_at"}


def test_another_seed_makes_another_object() -> None:
    made = [
        street.service.store.prototypes.new(street.resource_operations.kinds["houses"], "one", WALL)
        for street in (Street(1), Street(2))
    ]
    assert made[0]["id"] != made[1]["id"]


@pytest.mark.parametrize(
    ("name", "path"), [("two words", "two%20words"), ("a/b", "a/b"), ("ü?", "%C3%BC%3F"), (7, "7")]
)
def test_an_address_below_an_object_has_its_id_as_a_path_has_it(name: Any, path: str) -> None:
    text, sample = {"type": "string"}, {"id": "bug", "url": "https://api.example.com/things/bug"}
    thing = {"type": "object", "properties": {"id": text, "url": text}, "required": ["id", "url"]}
    told = {"responses": {"200": {"content": {"application/json": {"schema": thing, "example": sample}}}}}
    document = Document({"openapi": "3.1.0", "paths": {"/things/{id}": {"get": told}}})
    kinds = ResourceModel(document, ResourceFacts())
    made, kind = Prototypes(kinds, ValueGenerator(1, document.schemas), {}), kinds.named["things"]
    moved = made.readdressed(kind, made.new(kind, "one", WALL, full=True), name, full=True)
    assert moved["url"] == f"https://api.example.com/things/{path}"
