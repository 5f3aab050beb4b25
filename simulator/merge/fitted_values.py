"""Values that do not fit their schema, made fit: parts get what they lack, and a value another type.

An address that was sent has an id of the vendor's beside it; a text of digits becomes a number. It knows no operation.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tidegate.json_pointer import steps_of
from tidegate.openapi.schema_types import types_of
from tidegate.openapi.schemas import Schemas
from tidegate.openapi.validator import Validator
from tidegate.simulator.document.documented_answer import without_part
from tidegate.values.json_value import Obj

Draw = Callable[[str, Any, str], Any]
"""Gives a value for a field of a schema, for a name: another one for another name."""

NUMBER_LETTERS_MAX = 18
"""A text that is longer is no number."""
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")

MENDS_MAX = 4
"""The number of times that fields which do not fit are taken back and the rest is tried again."""

DEPTH_MAX = 12
"""Parts inside parts get what they lack so deep."""


class FittedValues:
    """Those of one document. `draw` gives what nobody has sent."""

    def __init__(self, schemas: Schemas, draw: Draw) -> None:
        self._schemas = schemas
        self._draw = draw

    def mended(self, check: Validator, fields: Mapping[str, Any], after: Obj, before: Obj, changed: list[str]) -> Obj:
        """The changed object as far as it is valid: with whole parts, the same value in another type, else the old."""
        left = set(changed)
        # Taking one field back may make another wrong (`required` of one branch, `dependentRequired`): so look again.
        for _ in range(MENDS_MAX):
            if check.is_valid(after):
                return after
            wrong = _wrong(check, after) & left
            if not wrong:
                break
            for name in sorted(wrong):
                others = self._others(fields.get(name, {}), after[name], before.get(name), f"{_told(after)}:{name}")
                trials = ({**after, name: other} for other in others)
                fit = next((trial for trial in trials if name not in _wrong(check, trial)), None)
                if fit is not None:
                    after = fit
                    continue
                left.discard(name)
                after = {**after, name: before[name]} if name in before else without_part(after, (name,))
        return after if check.is_valid(after) else before

    def _others(self, schema: Any, value: Any, before: Any, name: str) -> Iterator[Any]:
        """What a value may be meant as, the likeliest first."""
        level = self._level(schema, value)
        if isinstance(value, dict | list):
            yield self._whole(schema, value, before, name, DEPTH_MAX)
        elif "array" in types_of(level) and value not in (None, ""):
            listed = value.split(",") if isinstance(value, str) else [value]
            yield [self._fit(level.get("items", {}), one.strip() if isinstance(one, str) else one) for one in listed]
        elif level.get("properties") and value is not None:
            yield self._whole(schema, self._named(level, value), before, name, DEPTH_MAX)
        else:
            yield from _otherwise(value, types_of(level))

    def _whole(self, schema: Any, value: Any, before: Any, name: str, depth: int) -> Any:
        """A part with what it lacks, as it was before where that is known; and so each part of it."""
        level = self._level(schema, value)
        if depth and level.get("properties") and isinstance(value, str | int):
            value = self._named(level, value)
        if not depth or not isinstance(value, dict | list):
            return self._fit(schema, value)
        if isinstance(value, list):
            olds = before if isinstance(before, list) else []
            return [
                self._whole(level.get("items", {}), one, old, f"{name}:{place}", depth - 1)
                for place, (one, old) in enumerate(zip(value, [*olds, *[None] * len(value)], strict=False))
            ]
        old, properties = before if isinstance(before, dict) else {}, level.get("properties", {})
        after = {
            inner: self._whole(properties[inner], part, old.get(inner), f"{name}.{inner}", depth - 1)
            if inner in properties
            else part
            for inner, part in value.items()
        }
        for inner in level.get("required", ()):
            lacks = inner not in value and inner in properties
            if lacks and self._schemas.plain(properties[inner]).get("writeOnly") is not True:
                after[inner] = old[inner] if inner in old else self._draw(inner, properties[inner], name)
        return after

    def _named(self, level: Mapping[str, Any], value: Any) -> Any:
        """An object that is named by this value, as a label may be sent by its name alone; else the value itself."""
        for name in ("name", "id", "key", "slug", "login", "value", "title", "code"):
            node = level["properties"].get(name)
            if node is not None and self._schemas.validator(node, of="answer").is_valid(value):
                return {name: value}
        return value

    def _level(self, schema: Any, value: Any) -> Mapping[str, Any]:
        """The schema's level; of alternatives the first that is for objects, or for lists, as the value is one."""
        level: Mapping[str, Any] = self._schemas.plain(schema)
        word = "properties" if isinstance(value, dict) else "items"
        choices = (self._schemas.plain(choice) for union in ("anyOf", "oneOf") for choice in level.get(union, ()))
        return level if word in level else next((choice for choice in choices if word in choice), level)

    def _fit(self, schema: Any, value: Any) -> Any:
        check = self._schemas.validator(schema, of="answer")
        if check.is_valid(value):
            return value
        types = types_of(self._level(schema, value))
        return next((other for other in _otherwise(value, types) if check.is_valid(other)), value)


def _wrong(check: Validator, thing: Obj) -> set[str]:
    """The fields in which something is wrong."""
    return {steps_of(flaw.pointer)[0] for flaw in check.errors(thing) if flaw.pointer}


def _told(thing: Obj) -> str:
    """What tells an object from others: its first field that is no part, which mostly is its id."""
    return str(next((thing[name] for name in ("id", *thing) if isinstance(thing.get(name), str | int)), ""))


def _otherwise(value: Any, types: list[str]) -> Iterator[Any]:
    """The same value in other types."""
    if isinstance(value, bool):
        yield str(value).lower()
    elif isinstance(value, int | float):
        yield str(value)
    elif isinstance(value, str) and "boolean" in types and value.lower() in ("true", "false"):
        yield value.lower() == "true"
    elif isinstance(value, str) and len(value) <= NUMBER_LETTERS_MAX and _NUMBER.fullmatch(value):
        yield float(value) if "." in value else int(value)
