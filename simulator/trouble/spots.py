"""Finds places in an answer's body: those that a JSON Pointer names, and those that a schema says something about.

A place is a Spot. In its pointer `*` stands for every item of a list (an addition to RFC 6901, which has none). What is
done at a place is simulator.trouble.drift's.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.json_pointer import steps_of, token_of

Json = Mapping[str, Any]
Plain = Callable[[Any], Json]
"""A schema as it stands → one level of it, its reference followed."""

DEPTH_MAX = 4
"""Spots deeper than this are not looked for."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A value in a body, the schema's level for it (empty where nothing is known), and whether it always comes."""

    pointer: str
    value: Any
    schema: Json
    required: bool

    @property
    def name(self) -> str:
        """The last name on the way."""
        return self.pointer.rpartition("/")[2]


def spots(body: Any, schema: Any, plain: Plain) -> Iterator[Spot]:
    """The members of a body and of what it holds, level by level. Of a list only the first item is looked at."""
    level: list[Spot] = [Spot("", body, _level(schema, body, plain), required=True)]
    for _ in range(DEPTH_MAX):
        inner = [spot for outer in level for spot in _members(outer, plain)]
        yield from inner
        level = inner
        if not level:
            return


def _members(spot: Spot, plain: Plain) -> Iterator[Spot]:
    value, pointer, schema = spot.value, spot.pointer, spot.schema
    while isinstance(value, list):
        if not value:
            return
        value, pointer = value[0], f"{pointer}/*"
        schema = _level(schema.get("items"), value, plain)
    if not isinstance(value, dict):
        return
    properties = schema.get("properties") or {}
    listed = schema.get("required") or ()
    for name, inner in value.items():
        known = _level(properties.get(name), inner, plain)
        yield Spot(f"{pointer}/{token_of(name)}", inner, known, required=not properties or name in listed)


def _level(schema: Any, value: Any, plain: Plain) -> Json:
    """One level of a schema; of alternatives, the one that knows most members of the value."""
    if not isinstance(schema, Mapping):
        return {}
    level = plain(schema)
    for union in ("anyOf", "oneOf"):
        choices = level.get(union)
        if isinstance(choices, list) and choices:
            levels = [plain(choice) for choice in choices if isinstance(choice, Mapping)]
            return max(levels, key=lambda level: _fit(level, value), default=level)
    return level


def _fit(level: Json, value: Any) -> int:
    if isinstance(value, dict):
        return len(value.keys() & (level.get("properties") or {}).keys())
    kinds = {str: "string", list: "array", bool: "boolean", int: "integer", float: "number"}
    return int(kinds.get(type(value), "object") in (level.get("type") or ()))


Holder = dict[str, Any] | list[Any]


def named(body: Any, pointer: str) -> Iterator[tuple[Holder, str | int]]:
    """Whatever holds a place that the pointer names, and its name or number in there; the place may be missing."""
    *way, last = steps_of(pointer) or [""]
    holders = [body]
    for token in way:
        holders = [holder[place] for holder in holders for place in _places(holder, token) if _has(holder, place)]
    for holder in holders:
        for place in _places(holder, last):
            yield holder, place


def _places(holder: Any, step: str) -> list[str | int]:
    if isinstance(holder, dict):
        return [*holder] if step == "*" and "*" not in holder else [step]
    if isinstance(holder, list):
        return [*range(len(holder))] if step == "*" else [int(step)] if step.isdecimal() else []
    return []


def _has(holder: Holder, place: str | int) -> bool:
    return place in holder if isinstance(holder, dict) else isinstance(place, int) and place < len(holder)
