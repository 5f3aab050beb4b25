"""A table of fields shows what a person may write, in one line for each."""

from typing import Annotated, Literal

from pydantic import Field

from tidegate.configfile.block import Block
from tidegate.configfile.field_tables import models_of, section
from tidegate.configfile.units import Duration


class Inner(Block):
    """What is inside."""

    wait: Duration = 0.25
    """How long | it waits."""


class Outer(Block):
    """The whole."""

    name: str
    """Its name."""
    mode: Literal["on", "off"] = "on"
    """Its mode."""
    text: Annotated[str, Field(examples=["a\nb"])] = ""
    """Its text."""
    parts: dict[str, Inner] = Field(default={})
    """Its parts."""
    more: tuple[Inner, ...] = ()
    """More of them."""


def test_each_model_comes_once_in_the_order_of_the_file() -> None:
    assert models_of(Outer) == [Outer, Inner]


def test_a_field_has_form_default_and_meaning() -> None:
    text = section(Outer, Outer, "The file", {"": "<name>"})
    assert text.startswith("## The file\n\nThe whole.\n\n| Field |")
    assert "| `name` | text | must be written | Its name. |" in text
    assert "| `mode` | `on`, `off` | `on` | Its mode. |" in text
    assert "| `text` | like `a\\nb` | empty | Its text. |" in text
    assert "| `more` | list of block | none | More of them. |" in text


def test_a_heading_names_every_place_of_a_block() -> None:
    text = section(Outer, Inner, "The file", {"": "<name>", "parts": "<part>"})
    assert text.startswith("## `more[]`, `parts.<part>`\n")
    assert "| `wait` | like `2s` | `250ms` | How long \\| it waits. |" in text
