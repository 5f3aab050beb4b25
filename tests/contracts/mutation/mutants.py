"""Every way in which one field of an answer may be another: gone, renamed, of another type, null."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

ITEMS_MAX = 2
"""Of a list so many items are changed."""


@dataclass(frozen=True)
class Mutant:
    """A changed answer. `place` is the field's JSON Pointer, `kind` what was done to it."""

    place: str
    kind: str
    body: Any


def mutants(body: Any, place: str = "") -> Iterator[Mutant]:
    """One field is changed in each."""
    if isinstance(body, dict):
        for name, value in body.items():
            others = {key: inner for key, inner in body.items() if key != name}
            here = f"{place}/{name}"
            yield Mutant(here, "drop", others)
            yield Mutant(here, "rename", {**others, f"{name}_of_tomorrow": value})
            if value is not None:  # what holds nothing has no type
                yield Mutant(here, "retype", {**body, name: _retyped(value)})
                yield Mutant(here, "null", {**body, name: None})
            for inner in mutants(value, here):
                yield Mutant(inner.place, inner.kind, {**body, name: inner.body})
    elif isinstance(body, list):
        for at, item in enumerate(body[:ITEMS_MAX]):
            for inner in mutants(item, f"{place}/{at}"):
                yield Mutant(inner.place, inner.kind, [*body[:at], inner.body, *body[at + 1 :]])


def _retyped(value: Any) -> Any:
    """The same as another type of JSON: a number as its text, a text in a list, an object as a list of its values."""
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return f"{value} or so"
        case str():
            return {"value": value}
        case list():
            return {"items": value}
        case dict():
            return [*value.values()]
    raise TypeError(value)
