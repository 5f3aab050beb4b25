"""Blocks are strict, and what is not acted on is marked so that a file can be refused for it."""

import pytest
from pydantic import ValidationError

from tidegate.part import NotYet, Part
from tidegate.policy import OperationSettings


class Block(Part):
    """A block."""

    count: int = 1
    """How many."""


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="extra_forbidden"):
        Block.model_validate({"counts": 1})


def test_a_value_is_not_coerced() -> None:
    with pytest.raises(ValidationError, match="int_type"):
        Block.model_validate({"count": "1"})


def test_a_field_s_docstring_is_its_description() -> None:
    assert Block.model_fields["count"].description == "How many."


def test_a_whole_field_that_is_not_acted_on_is_refused_once_it_is_set() -> None:
    mark = NotYet("the cache")
    assert mark.refused(None) is None
    assert mark.refused({}) == ()
    assert mark.refused(value=False) == ()


def test_only_some_values_may_not_be_acted_on() -> None:
    mark = NotYet("look-ups", ("lookup",))
    assert mark.refused("natural") is None
    assert mark.refused("lookup") == ("lookup",)
    assert mark.refused(("natural", "lookup")) == ("lookup",)


def test_a_mistake_in_a_word_or_block_speaks_of_the_side_that_was_written() -> None:
    with pytest.raises(ValidationError) as word:
        OperationSettings.model_validate_json('{"unavailable": "later"}')
    with pytest.raises(ValidationError) as block:
        OperationSettings.model_validate_json('{"unavailable": {"fial": "x"}}')
    assert [error["type"] for error in word.value.errors()] == ["literal_error"]
    assert {error["type"] for error in block.value.errors()} == {"extra_forbidden"}
