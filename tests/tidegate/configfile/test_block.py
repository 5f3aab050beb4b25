"""Blocks are strict, and what is not acted on is marked so that a file can be refused for it."""

import pytest
from pydantic import Field, ValidationError

from tidegate.configfile.block import Block, NotYet, meaning
from tidegate.policy.policy import OperationSettings


class Counted(Block):
    """A block."""

    count: int = 1
    """How many."""


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="extra_forbidden"):
        Counted.model_validate({"counts": 1})


def test_a_value_is_not_coerced() -> None:
    with pytest.raises(ValidationError, match="int_type"):
        Counted.model_validate({"count": "1"})


class Wider(Counted):
    """A block that says more."""

    told: int = Field(default=1, description="As it is described.")
    """As it is not."""
    bare: int = 1


def test_a_field_means_what_its_docstring_says() -> None:
    assert [meaning(Counted, "count"), meaning(Wider, "count")] == ["How many.", "How many."]


def test_a_description_comes_before_a_docstring_and_a_field_may_have_neither() -> None:
    assert [meaning(Wider, "told"), meaning(Wider, "bare")] == ["As it is described.", ""]


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
