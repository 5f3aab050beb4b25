"""One level of a schema answers what its types are."""

from tidegate.openapi.schema_types import choices_of, is_scalar, may_be_null, types_of


def test_types_are_a_list_however_they_are_written() -> None:
    assert types_of({"type": "string"}) == ["string"]
    assert types_of({"type": ["string", "null"]}) == ["string", "null"]
    assert types_of({}) == []


def test_null_may_stand_in_the_type_or_in_an_alternative() -> None:
    assert may_be_null({"type": ["string", "null"]})
    assert may_be_null({"anyOf": [{"type": "string"}, {"type": "null"}]})
    assert not may_be_null({"oneOf": [{"type": "string"}]})


def test_a_scalar_is_no_object_and_no_list() -> None:
    assert is_scalar({"type": ["string", "null"]})
    assert not is_scalar({"type": "array"})
    assert not is_scalar({})


def test_alternatives_stand_in_one_of_or_in_any_of() -> None:
    assert choices_of({"anyOf": [{"type": "string"}], "oneOf": [True]}) == [True, {"type": "string"}]
    assert choices_of({}) == []
