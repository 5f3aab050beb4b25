"""What was sent stands in the object where it fits, and the object stays valid."""

from typing import Any

import pytest

from tests.simulator.houses import Street
from tests.simulator.small_vendor import TEXT, WHOLE, SmallVendor, collection, fields, listed, query
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.merge.schema_merge import SchemaMerge, patched
from tidegate.values.value_generator import ValueGenerator


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"Name": "A"}, {"name": "A"}),
        ({"name": "x" * 21}, {"name": "old"}),
        ({"name": 5}, {"name": "5"}),
        ({"name": ["A"]}, {"name": "old"}),
        ({"note": ""}, {"note": ""}),
        ({"note": None}, {"note": None}),
        ({"status": "flooded", "note": "n"}, {"status": "open", "note": "n"}),
        ({"unheard": 1}, {"name": "old"}),
        ({"id": "hs_2"}, {"id": "hs_1"}),
    ],
)
def test_what_does_not_fit_is_left_out(given: dict[str, Any], expected: dict[str, Any]) -> None:
    street = Street()
    thing = {"id": "hs_1", "name": "old", "status": "open", "note": None}
    kind = street.resource_operations.kinds["houses"]
    after = street.service.store.merge.merged(kind, thing, given)
    assert after == {**thing, **expected}
    assert street.document.schemas.validator(kind.schema, of="answer").is_valid(after)


def test_only_a_new_object_takes_an_id() -> None:
    street = Street()
    after = street.service.store.merge.merged(
        street.resource_operations.kinds["houses"], {"id": "a"}, {"id": "b"}, made=True
    )
    assert after["id"] == "b"


def test_fields_that_decide_about_each_other_are_checked_together() -> None:
    street = Street()
    schema = {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "oneOf": [{"properties": {"a": {"const": 1}}}, {"properties": {"b": {"const": 1}, "a": {"const": 2}}}],
    }
    fitting = SchemaMerge(street.document.schemas, ValueGenerator(1, street.document.schemas).inner)
    assert fitting.filled(schema, {"a": 1, "b": 0}, {"a": 3}) == {"a": 1, "b": 0}
    assert fitting.filled(schema, {"a": 1, "b": 0}, {"b": 7}) == {"a": 1, "b": 7}
    assert fitting.filled(schema, [1], {"b": 7}) == [1]


def test_a_path_parameter_finds_its_field() -> None:
    street = Street()
    kinds, fitting = street.resource_operations.kinds, street.service.store.merge
    assert fitting.takes_text(kinds["rooms"], "House")
    assert not fitting.takes_text(kinds["houses"], "id")
    assert not fitting.takes_text(kinds["houses"], "street")


OPEN = {"type": "object", "additionalProperties": True}
SHAPE = fields("id", id={**TEXT, "readOnly": True}, name=TEXT)


def test_an_object_without_a_shape_holds_whatever_was_sent() -> None:
    vendor = SmallVendor(collection(OPEN, listed(OPEN), OPEN))
    sent = {"id": "t1", "x": {"y": [1]}, "none": None}
    assert vendor.made("/pets?dry=1", sent) == sent
    assert vendor.read("/pets/t1") == sent
    assert vendor.read("/pets") == [sent]
    assert vendor.ask("PUT", "/pets/t1", {"z": 1}).body == {"id": "t1", "z": 1}
    assert vendor.ask("PATCH", "/pets/t1", {"z": None, "a": ""}).body == {"id": "t1", "a": ""}
    assert len(vendor.made("/pets", {"a": 1})["id"]) > 7


def test_an_open_object_holds_what_its_schema_does_not_name_and_no_parameter() -> None:
    shape = {**SHAPE, "additionalProperties": True}
    vendor = SmallVendor(collection(shape, listed(shape), shape, query("colour")))
    made = vendor.made("/pets", {"name": "n", "colour": "red"})
    assert made["colour"] == "red"
    assert vendor.ask("PATCH", f"/pets/{made['id']}", {"colour": "blue"}).body == {**made, "colour": "blue"}


def test_a_form_unsets_by_an_empty_text_and_merges_metadata() -> None:
    street = Street()
    kind = street.resource_operations.kinds["houses"]
    thing = {"id": "hs_1", "name": "old", "status": "open", "note": "n"}
    assert street.service.store.merge.merged(kind, thing, {"note": ""}, way="form")["note"] is None


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({"a": "foo"}, None, None),
    ],
)
def test_a_merge_patch_goes_by_its_rfcs_examples(target: Any, patch: Any, result: Any) -> None:
    assert patched(target, patch) == result


def test_put_takes_away_what_it_does_not_bring_and_leaves_the_vendors_own() -> None:
    shape = fields(
        "id", "name", "size", id={**TEXT, "readOnly": True}, name=TEXT, age=WHOLE, at={**TEXT, "readOnly": True},
        size={"type": "integer", "default": 1},
    )  # fmt: skip
    vendor = SmallVendor(collection(shape, listed(shape), {**shape, "required": ["name"]}))
    made = vendor.made("/pets", {"name": "A", "age": 3, "size": 5})
    assert vendor.ask("PUT", f"/pets/{made['id']}", {"name": "B"}).body == {
        "id": made["id"], "name": "B", "at": made["at"], "size": 1,
    }  # fmt: skip


def test_null_is_refused_where_a_value_must_be() -> None:
    named = {**SHAPE, "required": ["id", "name"]}
    vendor = SmallVendor(collection(named, listed(named), fields(name={**TEXT, "nullable": True})))
    made = vendor.made("/pets", {"name": "A"})
    with pytest.raises(VendorError):
        vendor.ask("PATCH", f"/pets/{made['id']}", {"name": None})


def test_an_id_that_was_sent_stands_for_the_object_that_the_answer_has() -> None:
    owner = fields("id", id={**TEXT, "readOnly": True}, name=TEXT)
    pet = fields("id", id={**TEXT, "readOnly": True}, owner=fields("id", id=TEXT, name=TEXT), weight={"type": "number"})
    sent = fields(owner=TEXT, owner_id=TEXT, weight=TEXT)
    paths = {
        **collection(owner, listed(owner), fields(name=TEXT), path="/owners"),
        **collection(pet, listed(pet), sent),
    }
    vendor = SmallVendor(paths)
    ada = vendor.made("/owners", {"name": "Ada"})
    assert vendor.made("/pets", {"owner": ada["id"], "weight": "2.5"})["owner"] == ada
    made = vendor.made("/pets", {"owner_id": ada["id"], "weight": "2.5"})
    assert (made["owner"], made["weight"]) == (ada, 2.5)


def test_an_object_without_named_fields_keeps_what_was_sent_and_its_id() -> None:
    anything = {"type": "object", "example": {"id": "7", "size": 1}}
    vendor = SmallVendor(collection(anything, listed(anything), fields(id=TEXT, size=WHOLE)))
    assert vendor.made("/pets", {"id": "12", "size": 3}) == {"id": "12", "size": 3}
    assert vendor.read("/pets/12")["size"] == 3
    vendor.ask("PUT", "/pets/13", {"size": 4})
    assert vendor.read("/pets/13")["id"] == "13"


def test_a_field_takes_another_type_though_one_whose_name_begins_alike_does_not_fit() -> None:
    schema = {
        "type": "object",
        "properties": {"note": {"type": "string"}, "note_count": {"type": "integer"}},
        "minProperties": 1,
    }
    street = Street()
    fitting = SchemaMerge(street.document.schemas, ValueGenerator(1, street.document.schemas).inner)
    given = {"note": 5, "note_count": "many"}
    assert fitting.filled(schema, {"note": "", "note_count": 0}, given) == {"note": "5", "note_count": 0}
