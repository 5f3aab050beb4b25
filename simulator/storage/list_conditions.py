"""Conditions on the objects of a list, as a request states them: which values a field may have, and their order.

It stores nothing and pages nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol

from tidegate.openapi.document import Document
from tidegate.simulator.document.list_parameters import ANYWHERE, NAMES, ListFilter, ListParameters
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.worded_fields import TESTS, Test, worded_field
from tidegate.values.json_value import Obj

TEXTS_DEPTH_MAX = 6
"""Texts are looked for so deep in an object."""

WORDS_MAX = 20
"""A list is ordered by so many fields at most."""

INSTANTS_MAX = 4_096
"""So many moments are remembered as they are compared."""
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:", re.ASCII)

_ENDINGS = (":desc", ":asc", ".desc", ".asc", " desc", " asc", "_desc", "_asc", "-desc", "-asc")
_ASCENDING = ("asc", "ascending", "1", "up")
_DESCENDING = ("desc", "descending", "-1", "down")


class ObjectCondition(Protocol):
    """What an object must be like."""

    def passes(self, thing: Obj, /) -> bool:
        """True where an object is so."""
        ...


@dataclass(frozen=True, slots=True)
class Condition:
    """What the value of a field must be like. `field` has a dot where it is inside a part."""

    field: str
    test: Test
    values: tuple[Any, ...]
    several: tuple[tuple[Any, ...], ...] = ()
    """Of a text with commas its parts: a list has all of them, as labels at GitHub, and a single value is one."""

    def passes(self, thing: Obj) -> bool:
        """True where an object, or one of several values of it, is so."""
        value = [*_texts(thing)] if self.field == ANYWHERE else value_at(thing, self.field)
        if self.test == "not":
            return value not in self.values
        listed = value if isinstance(value, list) else [value]
        listed = [name for one in listed for name in ([one] if not isinstance(one, dict) else map(one.get, NAMES))]
        if any(_compares(self.test, one, wanted) for one in listed for wanted in self.values):
            return True
        found = (any(_compares(self.test, one, same) for one in listed for same in part) for part in self.several)
        return bool(self.several) and (all(found) if isinstance(value, list) else any(found))


def _texts(value: Any, depth: int = TEXTS_DEPTH_MAX) -> Iterator[str]:
    """All texts in a value."""
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner, depth - 1)


def value_at(thing: Obj, name: str) -> Any:
    """The value of a field, None where there is none; of a field inside a list's entries those of all."""
    if name in thing or "." not in name:
        return thing.get(name)
    part, _, inner = name.partition(".")
    while inner and part not in thing:  # a name may have dots of its own, as labels do
        more, _, inner = inner.partition(".")
        part = f"{part}.{more}"
    holder = thing.get(part)
    if isinstance(holder, list):
        return [value_at(entry, inner) for entry in holder if isinstance(entry, dict)]
    return value_at(holder, inner) if isinstance(holder, dict) else None


def texts_of(value: Any) -> list[str]:
    """A value, or each of several, as text."""
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def conditions(narrowing: ListFilter, given: Any) -> list[Condition]:
    """The conditions that a parameter's value states, a group's each by its word; none for a word that is no choice."""
    if narrowing.field == ANYWHERE and ":" in str(given):
        return []  # a language of the vendor's own
    if isinstance(given, dict):
        within = "object" in narrowing.types  # a group of the object's own, like `metadata`
        made: list[Condition] = []
        for word, value in given.items():
            if within:
                made += conditions(replace(narrowing, field=f"{narrowing.field}.{word}", types=()), value)
            elif word in TESTS:
                made += conditions(replace(narrowing, test=TESTS[word]), value)
        return made
    listed = given if isinstance(given, list) else [given]
    if any(str(one).lower() in narrowing.everything for one in listed):
        return []
    parts: list[str] = []
    if narrowing.test in ("is", "not") and {"string", "integer", "object"} & {*narrowing.types}:
        parts = [part.strip() for one in listed if isinstance(one, str) and "," in one for part in one.split(",")]
    values = [same for one in listed for same in _alike(one, narrowing)]
    several = [(*_alike(part, narrowing),) for part in parts]
    if narrowing.test == "not":
        return [Condition(narrowing.field, "not", (*values, *(same for part in several for same in part)))]
    return [Condition(narrowing.field, narrowing.test, (*values,), (*several,))]


def order(
    document: Document, kind: ResourceKind, parameters: ListParameters, values: Mapping[str, Any]
) -> tuple[tuple[str, bool], ...]:
    """The fields by which the request orders the list, each with whether it descends; none where it does not say."""
    if not parameters.sorts:
        return ()
    found: list[tuple[str, bool | None]] = []
    for name in parameters.sorts:
        given = values.get(name)
        listed = given if isinstance(given, list) else [given] if given not in (None, "") else []
        words = [word for one in listed for word in str(one).split(",")]
        for word in words[:WORDS_MAX]:
            if str(word).lower() in _ASCENDING + _DESCENDING and found:  # Spring: `sort=qty,desc`
                found[-1] = found[-1][0], str(word).lower() in _DESCENDING
            elif (by := ordered_by(document, kind, str(word))) is not None:
                found.append((by[0], by[1] or None))
    down = descends(parameters, values)
    return tuple((name, bool(down) if own is None else own) for name, own in found)


def ordered_by(document: Document, kind: ResourceKind, word: str) -> tuple[str, bool] | None:
    """The field that a word orders a list by, and whether it descends by itself: `-qty`, `qty:desc`, `qty_desc`."""
    descends = word.startswith("-")
    bare = word.lstrip("+-").strip()
    for ending in _ENDINGS:
        if bare.lower().endswith(ending):
            bare, descends = bare[: -len(ending)], "desc" in ending
            break
    name = worded_field(document, kind, bare)
    return (name, descends) if name else None


def descends(parameters: ListParameters, values: Mapping[str, Any]) -> bool | None:
    """Whether the request wants the list from above; None where it does not say."""
    for name, otherwise in parameters.directions.items():
        word = str(values.get(name, otherwise)).lower()
        if word in _ASCENDING + _DESCENDING:
            return word in _DESCENDING
    return None


def sorted_by(things: Sequence[tuple[int, Obj]], fields: Sequence[tuple[str, bool]]) -> list[tuple[int, Obj]]:
    """Numbered objects in order; those without a value come last."""
    listed = list(things)
    for name, down in reversed(fields):
        having = [entry for entry in listed if value_at(entry[1], name) is not None]
        without = [entry for entry in listed if value_at(entry[1], name) is None]
        having.sort(key=lambda entry: _rank(value_at(entry[1], name)), reverse=down)
        listed = having + without
    return listed


def _rank(value: Any) -> tuple[int, Any]:
    if isinstance(value, int | float):
        return 0, value
    return (1, _instant(value)) if isinstance(value, str) else (2, str(value))


@lru_cache(maxsize=INSTANTS_MAX)
def _instant(text: str) -> str:
    """A moment as it is compared, whatever its zone and its fraction (RFC 3339); another text as it is."""
    if _MOMENT.match(text) is None:
        return text
    try:
        moment = datetime.fromisoformat(text.upper())
        moment = moment if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return text
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds")


def _alike(given: Any, narrowing: ListFilter) -> list[Any]:
    """A parameter's value in every type that the field may have."""
    alike: list[Any] = [given]
    text = str(given).strip()
    if not isinstance(given, str):
        alike.append(text.lower() if isinstance(given, bool) else text)
    if "boolean" in narrowing.types and text.lower() in ("true", "false"):
        alike.append(text.lower() == "true")
    if {"integer", "number"} & {*narrowing.types} and isinstance(given, str):
        try:
            alike.append(float(text))
        except ValueError:
            return alike
    return alike


def _compares(test: Test, value: Any, wanted: Any) -> bool:
    if test == "is":
        is_alike = isinstance(value, str) and isinstance(wanted, str) and _instant(value) == _instant(wanted)
        return is_alike or (bool(value == wanted) and isinstance(value, bool) == isinstance(wanted, bool))
    if test == "folded":
        return isinstance(value, str) and value.lower() == str(wanted).lower()
    if test == "like":
        return isinstance(value, str) and str(wanted).lower() in value.lower()
    if test in ("starts", "ends"):
        text, part = str(value).lower(), str(wanted).lower()
        return isinstance(value, str) and (text.startswith(part) if test == "starts" else text.endswith(part))
    if value is None or isinstance(value, str) != isinstance(wanted, str) or isinstance(value, dict | list | bool):
        return False
    if isinstance(value, str):
        value, wanted = _instant(value), _instant(wanted)
    if test in ("gte", "lte") and value == wanted:
        return True
    return bool(value > wanted if test in ("gt", "gte") else value < wanted)


def created_within(given: object) -> tuple[float | None, float | None]:
    """The bounds of `created` in whole seconds: included below, excluded above."""
    if isinstance(given, int):
        return given, given + 1
    if not isinstance(given, Mapping):
        return None, None
    lows = [bound for bound in (given.get("gte"), _second_after(given.get("gt"))) if bound is not None]
    highs = [bound for bound in (given.get("lt"), _second_after(given.get("lte"))) if bound is not None]
    return (max(lows) if lows else None), (min(highs) if highs else None)


def _second_after(second: int | None) -> int | None:
    return None if second is None else second + 1
