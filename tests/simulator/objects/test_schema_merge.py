"""What was sent stands in the object where it fits, and the object stays valid."""

from typing import Any

import pytest

from tests.simulator.houses import Street
from tidegate.simulator.objects.schema_merge import SchemaMerge


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"Name": "A"}, {"name": "A"}),
        ({"name": "x" * 21}, {"name": "old"}),
        ({"name": 5}, {"name": "5"}),
        ({"name": ["A"]}, {"name": "old"}),
        ({"note": ""}, {"note": None}),
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
    fitting = SchemaMerge(street.document.schemas)
    assert fitting.filled(schema, {"a": 1, "b": 0}, {"a": 3}) == {"a": 1, "b": 0}
    assert fitting.filled(schema, {"a": 1, "b": 0}, {"b": 7}) == {"a": 1, "b": 7}
    assert fitting.filled(schema, [1], {"b": 7}) == [1]


def test_a_path_parameter_finds_its_field() -> None:
    street = Street()
    kinds, fitting = street.resource_operations.kinds, street.service.store.merge
    assert fitting.takes_text(kinds["rooms"], "House")
    assert not fitting.takes_text(kinds["houses"], "id")
    assert not fitting.takes_text(kinds["houses"], "street")
