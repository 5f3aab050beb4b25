"""Samples fit their schema and are the same for the same seed and name."""

from typing import Any

import pytest

from tidegate.openapi.document import Document
from tidegate.values.generation_attempt import DEPTH_MAX
from tidegate.values.value_generator import FULL, REQUEST, ValueGenerator


def generator(seed: int = 7) -> ValueGenerator:
    return ValueGenerator(seed, Document({"openapi": "3.1.0", "paths": {}}).schemas)


def test_ids_keep_the_examples_prefix_and_length() -> None:
    identifier = generator().identifier("pi_3Rk8Zq2Lw7VxTn5A1cYbPd0e", "one")
    assert identifier.startswith("pi_")
    assert len(identifier) == len("pi_3Rk8Zq2Lw7VxTn5A1cYbPd0e")
    assert identifier[3:].isalnum()


def test_ids_differ_by_name_and_seed_and_by_nothing_else() -> None:
    same = [generator().identifier("pi_123456", "one") for _ in range(2)]
    assert same[0] == same[1]
    assert generator().identifier("pi_123456", "two") != same[0]
    assert generator(8).identifier("pi_123456", "one") != same[0]


def test_long_ids_do_not_repeat_themselves() -> None:
    letters = generator().letters("x", 200)
    assert len(letters) == 200
    assert letters[:64] != letters[64:128]


def test_a_value_is_the_default_then_null_then_the_example_then_the_first_of_an_enumeration() -> None:
    def value(**schema: Any) -> object:
        return generator().value("x", {"properties": {"x": schema}}, "one")["x"]

    assert value(type=["integer", "null"], default=5, example=6) == 5
    assert value(type=["integer", "null"], example=6) is None
    assert value(example=6, enum=[6, 7]) == 6
    assert value(enum=["a", "b"]) == "a"


def test_a_full_sample_has_an_example_where_a_new_object_has_null() -> None:
    schema: dict[str, Any] = {"type": ["integer", "null"], "example": 6}
    assert generator().value("x", {"properties": {"x": schema}}, "one", FULL) == {"x": 6}


def test_an_example_that_its_schema_refuses_is_given_up() -> None:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"n": {"type": "integer", "minimum": 3, "example": 1}, "s": {"type": "string", "example": 7}},
        "required": ["n"],
    }
    made = generator().value("x", schema, "one")
    assert made["n"] == 3
    assert isinstance(made["s"], str)


def test_an_optional_field_that_nothing_fits_is_left_out() -> None:
    schema: dict[str, Any] = {"type": "object", "properties": {"a": {"type": "string", "not": {}}, "b": {"const": 1}}}
    assert generator().value("x", schema, "one") == {"b": 1}


def test_what_cannot_be_drafted_is_told() -> None:
    drawn = generator()
    drawn.value("x", {"type": "string", "not": {}}, "one")
    assert drawn.unfit
    assert drawn.unfit[0].startswith("x")


def test_an_object_has_all_of_its_fields_and_its_parts_have_those_that_they_must() -> None:
    inner: dict[str, Any] = {"type": "object", "properties": {"a": {"type": "boolean"}, "b": {"type": "array"}}}
    outer = {"type": "object", "properties": {"p": {**inner, "required": ["b"]}, "q": {"type": "integer"}}}
    assert generator().value("x", outer, "one") == {"p": {"b": []}, "q": 0}


def test_of_several_shapes_the_first_that_fits_is_sampled() -> None:
    assert generator().value("x", {"anyOf": [{"type": "boolean"}, {"type": "string"}]}, "one") is False
    both: dict[str, Any] = {"oneOf": [{"type": "boolean"}, {"enum": [False]}, {"const": "c"}]}
    assert generator().value("x", both, "one") == "c"


def test_a_discriminator_names_the_alternative_that_was_taken() -> None:
    cat = {"type": "object", "properties": {"pet": {"type": "string"}}, "required": ["pet"]}
    document = Document({"openapi": "3.1.0", "paths": {}, "components": {"schemas": {"Cat": cat}}})
    schema: dict[str, Any] = {
        "oneOf": [{"$ref": "#/components/schemas/Cat"}],
        "discriminator": {"propertyName": "pet", "mapping": {"cat": "#/components/schemas/Cat"}},
    }
    assert ValueGenerator(1, document.schemas).value("x", schema, "one") == {"pet": "cat"}


def test_a_schema_that_contains_itself_ends() -> None:
    loop: dict[str, Any] = {"type": "object", "required": ["a"]}
    document = Document({"openapi": "3.1.0", "paths": {}, "components": {"schemas": {"loop": loop}}})
    loop["properties"] = {"a": {"$ref": "#/components/schemas/loop"}}
    depth, value = 0, ValueGenerator(1, document.schemas).value("x", loop, "one")
    while value:
        depth, value = depth + 1, value["a"]
    assert depth == DEPTH_MAX


def test_text_fits_its_field_and_repeats_with_its_seed() -> None:
    email = generator().value("email", {"type": "string"}, "one")
    assert "@" in email
    assert generator().value("email", {"type": "string"}, "one") == email


def test_numbers_are_the_smallest_that_fit_but_ids_are_their_own() -> None:
    assert generator().value("count", {"type": "integer", "minimum": 3}, "one") == 3
    assert generator().value("count", {"type": "integer"}, "one") == 0
    ids = {generator().value("id", {"type": "integer"}, name) for name in ("one", "two", "three")}
    assert len(ids) == 3


def test_bounds_steps_and_lists_are_kept() -> None:
    value = generator().value
    assert value("n", {"type": "integer", "exclusiveMinimum": 3, "multipleOf": 5}, "one") == 5
    assert 0 < value("n", {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, "one") < 1
    some = value("n", {"type": "array", "minItems": 3, "uniqueItems": True, "items": {"enum": [1, 2, 3]}}, "one")
    assert sorted(some) == [1, 2, 3]


def test_a_request_has_what_it_must_and_never_what_only_answers_have() -> None:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "integer", "readOnly": True}, "c": {"type": "boolean"}},
        "required": ["a", "b"],
    }
    assert set(generator().value("x", schema, "one", REQUEST)) == {"a"}


def test_a_value_of_lists_within_lists_ends() -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(6):
        schema = {"type": "array", "minItems": 900, "items": schema}
    made = generator().value("x", schema, "one")
    assert len(str(made)) < 1_000_000


def test_alternatives_that_hold_themselves_end() -> None:
    schemas = {"A": {"anyOf": [{"$ref": "#/components/schemas/A"}]}}
    source = ValueGenerator(1, Document({"paths": {}, "components": {"schemas": schemas}}).schemas)
    assert source.value("x", {"$ref": "#/components/schemas/A"}, "one") == {}


def test_numbers_beyond_all_bounds_are_made_as_near_as_may_be() -> None:
    bounds: list[dict[str, Any]] = [{"minimum": 1e308, "multipleOf": 1e-300}, {"exclusiveMinimum": 2**64 - 1}]
    for schema in (*bounds, {"minimum": 1e20}):
        made = generator().value("x", {"type": "integer", **schema}, "one")
        assert isinstance(made, float)
    assert generator().value("x", {"enum": [], "not": {}, "type": []}, "one") is not NotImplemented


def made(schema: dict[str, Any], version: str = "3.1.0", **schemas: Any) -> Any:
    document = Document({"openapi": version, "paths": {}, "components": {"schemas": schemas}})
    return ValueGenerator(7, document.schemas).value("x", schema, "one")


def test_a_null_that_a_strict_reader_refuses_is_not_made_up() -> None:
    beside = {"$ref": "#/components/schemas/T", "nullable": True}
    assert made({"properties": {"x": beside}}, "3.0.3", T={"type": "integer"}) == {"x": 0}
    listed = {"type": "string", "nullable": True, "enum": ["a", "b"]}
    assert made({"properties": {"x": listed}}, "3.0.3") == {"x": "a"}
    assert made({"properties": {"x": {"type": "integer", "nullable": True}}}, "3.1.0") == {"x": 0}
    untyped = {"nullable": True, "anyOf": [{"type": "object", "required": ["a"], "properties": {"a": {}}}]}
    assert made({"properties": {"x": untyped}}, "3.0.3") == {}
    assert made({"required": ["x"], "properties": {"x": untyped}}, "3.0.3") != {"x": None}


def test_a_null_that_the_document_allows_is_what_a_new_object_has() -> None:
    assert made({"properties": {"x": {"type": "integer", "nullable": True}}}, "3.0.3") == {"x": None}
    assert made({"properties": {"x": {"nullable": True, "type": "string", "enum": ["a", None]}}}, "3.0.3") == {
        "x": None
    }


def test_a_list_of_different_things_has_no_two_alike() -> None:
    def different(**items: Any) -> list[Any]:
        values: list[Any] = made({"type": "array", "items": items, "minItems": 2, "uniqueItems": True})
        assert len(values) == 2
        assert values[0] != values[1]
        return values

    assert different(type="boolean") == [False, True]
    different(type="integer", maximum=0)
    different(type="number", multipleOf=0.5)
    different(type="object", required=["a"], properties={"a": {"type": "string"}})


def test_a_list_contains_what_it_must() -> None:
    assert made({"type": "array", "items": {"type": "integer"}, "contains": {"const": 42}}) == [42]
    several = {
        "type": "array",
        "contains": {"const": "x"},
        "minContains": 2,
        "minItems": 3,
        "items": {"type": "string"},
    }
    assert made(several).count("x") >= 2


def test_properties_that_no_schema_names_have_the_names_that_they_may_have() -> None:
    number = {"type": "number"}
    currencies = {"propertyNames": {"enum": ["EUR", "USD"]}, "additionalProperties": number, "minProperties": 2}
    assert made({"type": "object", **currencies}) == {"EUR": 0, "USD": 0}
    named = made({"type": "object", "propertyNames": {"pattern": "^x-[a-z]{4}$"}, "minProperties": 2})
    assert len(named) == 2
    assert all(name.startswith("x-") for name in named)
    matched = made({"type": "object", "patternProperties": {"^n[0-9]{3}$": number}, "minProperties": 1})
    assert [*matched.values()] == [0]


def test_a_text_has_its_format_and_its_pattern() -> None:
    dated = made({"type": "string", "format": "date", "pattern": "^2030-"})
    assert dated.startswith("2030-")
    assert len(dated) == 10
    assert made({"type": "string", "format": "uri", "pattern": "/done$"}).endswith("/done")


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": {"enum": [1, True, 0, False]}, "minItems": 4, "uniqueItems": True},
        {"type": "array", "items": {"type": "string", "pattern": "^[ab]$"}, "minItems": 2, "uniqueItems": True},
        {"type": "array", "items": {"type": ["null", "boolean"]}, "minItems": 3, "uniqueItems": True},
        {"type": "array", "items": {"type": "integer"}, "contains": {"const": 0}, "minContains": 0, "maxContains": 0,
         "minItems": 3},
        {"type": "array", "prefixItems": [{"const": 1}, {"const": 2}], "minItems": 1, "maxItems": 1},
        {"type": "array", "prefixItems": [{"const": 1}], "unevaluatedItems": False, "minItems": 1},
        {"type": "object", "properties": {"t": {"const": "x"}}, "unevaluatedProperties": {"type": "integer"},
         "required": ["t"], "minProperties": 3},
        {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"],
         "dependentSchemas": {"a": {"required": ["c"], "properties": {"c": {"const": 5}}}}},
        {"oneOf": [{"type": "integer"}, {"type": "number", "multipleOf": 0.5}]},
        {"type": "integer", "not": {"const": 0}},
        {"type": "integer", "allOf": [{"not": {"const": 0}}, {"not": {"const": 1}}]},
        {"type": "object", "required": ["a", "b"], "properties": {"a": {"enum": [1, 2]}, "b": {}},
         "not": {"properties": {"a": {"const": 1}}}},
        {"allOf": [{"type": "integer", "multipleOf": 4}, {"multipleOf": 6}, {"minimum": 1}]},
    ],
)  # fmt: skip
def test_keywords_of_json_schema_that_are_seldom_used_are_heeded(schema: dict[str, Any]) -> None:
    made = generator()
    made.value("x", schema, "one", FULL)
    assert made.unfit == []


def test_where_nothing_fits_an_alternative_is_shown() -> None:
    cat = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
    assert generator().value("x", {"oneOf": [cat, dict(cat)]}, "one") == {"n": 0}


@pytest.mark.parametrize("name", ["next_page_uri", "nextCursor", "next", "prev_url"])
def test_what_leads_to_another_page_is_null_where_nobody_says_where(name: str) -> None:
    link: dict[str, Any] = {"type": ["string", "null"], "format": "uri"}
    schema: dict[str, Any] = {"type": "object", "properties": {name: link}}
    assert generator().value("", schema, "one", FULL) == {name: None}
    assert generator().value("", schema, "one", FULL, {name: "https://a.example/2"}) == {name: "https://a.example/2"}
    link["example"] = "https://a.example/3"
    assert generator().value("", schema, "one", FULL) == {name: "https://a.example/3"}


def test_a_value_has_the_word_by_which_its_schema_is_known() -> None:
    pet: dict[str, Any] = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}},
                           "discriminator": {"propertyName": "kind", "mapping": {"cat": "Cat"}}}  # fmt: skip
    cat = {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"required": ["n"], "properties": {"n": {"const": 1}}}]}
    named = {"Pet": pet, "Cat": cat, "Dog": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"type": "object"}]}}
    document = Document({"openapi": "3.1.0", "paths": {}, "components": {"schemas": named}})
    made = ValueGenerator(7, document.schemas)
    assert made.value("", cat, "one") == {"kind": "cat", "n": 1} == made.value("", pet, "one")
    assert made.value("", named["Dog"], "one") == {"kind": "Dog"}
    assert made.value("", cat, "one", FULL, {"kind": "tiger"}) == {"kind": "tiger", "n": 1}
    assert made.value("", pet, "one", FULL, {"kind": "tiger"}) == {"kind": "tiger"}


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"x": {"type": "string"}, "y": {"type": "integer"}}, "additionalProperties": False,
         "minProperties": 2},
        {"properties": {"x": {"type": "string"}, "y": {"type": "integer"}}, "required": ["z"], "minProperties": 3},
        {"patternProperties": {"^a": {"type": "integer"}, "b$": {"minimum": 10}}, "required": ["ab"]},
        {"properties": {"n_x": {"minimum": 8}}, "patternProperties": {"^n_": {"multipleOf": 7}}, "required": ["n_x"]},
        {"anyOf": [{"required": ["b"]}, {"required": ["c"]}], "required": ["a"]},
    ],
)  # fmt: skip
def test_an_object_has_as_many_of_its_own_fields_as_it_must(schema: dict[str, Any]) -> None:
    made, whole = generator(), {"type": "object", "properties": {"inner": schema}, "required": ["inner"]}
    value = made.value("x", whole, "one", FULL)["inner"]
    assert made.unfit == []
    assert not [name for name in value if name.startswith("key")]
