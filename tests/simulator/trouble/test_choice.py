"""The values of a key are classes that register themselves."""

from typing import Annotated, ClassVar

import pytest
from pydantic import BaseModel, BeforeValidator, ValidationError

from tidegate.simulator.trouble.choice import Choice


class Colour(Choice):
    """What something is painted with."""

    rank: ClassVar[int] = 9

    @property
    def place(self) -> tuple[int, ...]:
        return (self.rank,)


class Red(Colour):
    """It says no rank."""

    name = "red"


class Blue(Colour):
    """It comes first."""

    name = "blue"
    rank = 1


class Shade(Colour):
    """It has no name, so it is none of them."""


class Painted(BaseModel):
    """A thing with such a key."""

    colour: Annotated[str, BeforeValidator(Colour.checked)]


def test_a_class_with_a_name_is_known_at_its_place() -> None:
    assert Colour.known() == ["blue", "red"]
    assert isinstance(Colour.named("red"), Red)


def test_an_unknown_value_is_refused_with_those_that_are_known() -> None:
    assert Painted.model_validate({"colour": "blue"}).colour == "blue"
    for wrong in ("green", 5, ["red"], None):
        with pytest.raises(ValidationError, match="Input should be 'blue' or 'red'"):
            Painted.model_validate({"colour": wrong})


def test_two_of_one_name_are_a_mistake() -> None:
    with pytest.raises(TypeError, match="Red is called 'red' already"):
        type("Crimson", (Colour,), {"name": "red"})


def test_each_sort_has_names_of_its_own() -> None:
    class Taste(Choice):
        pass

    class Sweet(Taste):
        name = "red"

    assert isinstance(Taste.named("red"), Sweet)
    assert isinstance(Colour.named("red"), Red)
