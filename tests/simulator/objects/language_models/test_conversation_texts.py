"""A model's texts and vectors are the same for the same question."""

import json
import math
import struct
from base64 import b64decode

import pytest

from tidegate.simulator.objects.language_models.conversation_texts import (
    by_schema,
    in_base64,
    repeated,
    structured,
    vector,
)

SCHEMA = {
    "type": "object",
    "properties": {"city": {"$ref": "#/$defs/city"}},
    "required": ["city"],
    "additionalProperties": False,
    "$defs": {"city": {"type": "string", "enum": ["Rome"]}},
}


def test_a_text_repeats_the_question() -> None:
    assert repeated("hello") == "You said: hello"
    assert structured("text", None, "hello") is None


def test_json_is_an_object_or_fits_the_schema() -> None:
    assert json.loads(structured("json_object", None, "hello") or "") == {"answer": "You said: hello"}
    assert json.loads(structured("json_schema", SCHEMA, "hello") or "") == {"city": "Rome"}
    assert "hello" in (structured("json_schema", "no schema", "hello") or "")


def test_a_schema_of_a_client_s_that_holds_itself_comes_to_an_end() -> None:
    tree = {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#"}}}
    assert isinstance(by_schema(tree, "one"), dict)


@pytest.mark.parametrize("dimensions", [1, 3, 1536])
def test_a_vector_has_the_length_one(dimensions: int) -> None:
    numbers = vector("hello", dimensions)
    assert len(numbers) == dimensions
    assert math.isclose(sum(number * number for number in numbers), 1.0)
    assert numbers == vector("hello", dimensions)
    assert dimensions == 1 or numbers != vector("other", dimensions)


def test_numbers_in_base64_are_floats_of_four_bytes() -> None:
    assert struct.unpack("<3f", b64decode(in_base64([1.0, 0.5, -2.0]))) == (1.0, 0.5, -2.0)
