"""Samples fit their schema and are the same for the same seed and name."""

from typing import Any

from tidegate.simulator.parameters import Schema
from tidegate.simulator.samples import DEPTH_MAX, Samples


def samples(seed: int = 7) -> Samples:
    return Samples(seed, lambda schema: schema)


def test_ids_keep_the_examples_prefix_and_length() -> None:
    identifier = samples().identifier("pi_3Rk8Zq2Lw7VxTn5A1cYbPd0e", "one")
    assert identifier.startswith("pi_")
    assert len(identifier) == len("pi_3Rk8Zq2Lw7VxTn5A1cYbPd0e")
    assert identifier[3:].isalnum()


def test_ids_differ_by_name_and_seed_and_by_nothing_else() -> None:
    same = [samples().identifier("pi_123456", "one") for _ in range(2)]
    assert same[0] == same[1]
    assert samples().identifier("pi_123456", "two") != same[0]
    assert samples(8).identifier("pi_123456", "one") != same[0]


def test_long_ids_do_not_repeat_themselves() -> None:
    letters = samples().letters("x", 200)
    assert len(letters) == 200
    assert letters[:64] != letters[64:128]


def test_a_value_is_the_default_then_null_then_the_example_then_the_first_of_an_enumeration() -> None:
    def value(**schema: Any) -> object:
        return samples().value("x", schema, "one")

    assert value(default=5, nullable=True, example=6) == 5
    assert value(nullable=True, example=6) is None
    assert value(example=6, enum=[7]) == 6
    assert value(enum=["a", "b"]) == "a"


def test_objects_have_what_they_require_and_nothing_else() -> None:
    schema: Schema = {
        "type": "object",
        "properties": {"a": {"type": "boolean"}, "b": {"type": "array"}, "c": {"type": "string"}},
        "required": ["a", "b"],
    }
    assert samples().value("x", schema, "one") == {"a": False, "b": []}


def test_of_several_shapes_the_first_is_sampled() -> None:
    assert samples().value("x", {"anyOf": [{"type": "boolean"}, {"type": "string"}]}, "one") is False


def test_a_schema_that_contains_itself_ends() -> None:
    loop: dict[str, Any] = {"type": "object", "required": ["a"]}
    loop["properties"] = {"a": loop}
    depth, found = 0, samples().value("x", loop, "one")
    while found:
        depth, found = depth + 1, found["a"]
    assert depth == DEPTH_MAX


def test_text_fits_its_field_and_repeats_with_its_seed() -> None:
    email = samples().value("email", {"type": "string"}, "one")
    assert "@" in email
    assert samples().value("email", {"type": "string"}, "one") == email


def test_numbers_are_the_smallest_that_fit_but_ids_are_their_own() -> None:
    assert samples().value("count", {"type": "integer", "minimum": 3}, "one") == 3
    assert samples().value("count", {"type": "integer"}, "one") == 0
    ids = {samples().value("id", {"type": "integer"}, name) for name in ("one", "two", "three")}
    assert len(ids) == 3


def test_what_every_object_has_alike_is_known() -> None:
    assert samples().is_fixed({"nullable": True})
    assert samples().is_fixed({"enum": ["a"]})
    assert not samples().is_fixed({"type": "string"})
