"""Schemas that must all hold (`allOf`, or what stands beside a `$ref`) made one level, with their conditions beside it.

Works on levels in 2020-12 words (tidegate.openapi.schema_words); schemas inside them are combined, not read.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Any

from tidegate.openapi.schema_words import CONSTRAINTS, INNER, Level, Note

_LEAST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains")
_MOST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains")

CONDITIONS = "x-tidegate-conditions"
"""Lists the conditions of a level, each with its `if`, `then` and `else`: those of several parts hold side by side."""

_ASKED = CONSTRAINTS | {CONDITIONS}

_STEP_MAX = 2**53
"""Steps together no greater than this: floats count no further."""


def with_conditions(level: Level) -> Level:
    """The level with its conditions as CONDITIONS: `if`, and what depends on a property (§10.2.2).

    Without `if`, `then` and `else` mean nothing.
    """
    level.pop(CONDITIONS, None)
    condition = {key: level.pop(key) for key in ("if", "then", "else") if key in level}
    depending = level.pop("dependentSchemas", {}).items()
    conditions = [*([condition] if "if" in condition else ())]
    conditions += [{"if": {"type": "object", "required": [name]}, "then": schema} for name, schema in depending]
    return {**level, CONDITIONS: conditions} if conditions else level


def required_in(schema: Any) -> set[str]:
    """The properties that a schema, or a part of it that stands in it, says must be there."""
    if not isinstance(schema, Mapping):
        return set()
    return {*schema.get("required", ())}.union(*map(required_in, _parts(schema)))


def leave_out(schema: Any, names: set[str]) -> None:
    """Let these properties be away: in this schema, which is changed, and in the parts that stand in it."""
    if isinstance(schema, dict):
        if "required" in schema:
            schema["required"] = [name for name in dict.fromkeys(schema["required"]) if name not in names]
        for part in _parts(schema) if names else ():
            leave_out(part, names)


def _parts(schema: Mapping[str, Any]) -> Iterator[Any]:
    for word in ("allOf", "anyOf", "oneOf"):
        yield from schema.get(word, ())


def merged(own: Level, parts: Sequence[Level], note: Note) -> Level:
    """One level that asks for what `own` and all of `parts` ask for.

    Annotations (title, example, discriminator …) come from `own`; from a part only where it is the only thing that is
    asked for, since the example of a part is no example of the whole.
    """
    alone = len(parts) == 1 and not CONSTRAINTS & own.keys()
    level = dict(own)
    for part in parts:
        for key, value in part.items():
            if key not in level:
                if key in _ASKED or alone:
                    level[key] = value
            elif key in _ASKED:
                _both(level, key, value, note)
    return level


def _both(level: Level, key: str, value: Any, note: Note) -> None:
    known = level[key]
    if known == value:
        return
    if key in _RULES:
        level[key] = _RULES[key](known, value, note)
    elif key in _LEAST:
        level[key] = min(known, value)
    elif key in _MOST:
        level[key] = max(known, value)
    elif key in INNER:
        level[key] = _inner(known, value)
    elif key == "allOf":
        level[key] = [*known, *value]
    elif key != "format":
        level["allOf"] = [*level.get("allOf", ()), {key: value}]


def _inner(known: Any, value: Any) -> Any:
    """Both schemas at once."""
    for schema, other in ((known, value), (value, known)):
        if schema is False or other is True:
            return schema
    return {"allOf": [known, value]}


def _properties(known: Mapping[str, Any], value: Mapping[str, Any], _note: Note) -> Level:
    both = dict(known)
    for name, schema in value.items():
        both[name] = _inner(both[name], schema) if name in both and both[name] != schema else schema
    return both


def _required(known: Sequence[str], value: Sequence[str], _note: Note) -> list[str]:
    return list(dict.fromkeys((*known, *value)))


def _type(known: Any, value: Any, note: Note) -> Any:
    ours, theirs = ([types] if isinstance(types, str) else list(types) for types in (known, value))
    both = [name for name in ours if name in theirs or (name == "integer" and "number" in theirs)]
    both += [name for name in theirs if name == "integer" and "number" in ours and name not in both]
    if not both:
        note("D012", f"type {known} and {value}")
        return known
    return both[0] if len(both) == 1 else both


def _enum(known: list[Any], value: list[Any], note: Note) -> list[Any]:
    theirs = set(map(value_key, value))
    both = [choice for choice in known if value_key(choice) in theirs]
    if not both:
        note("D012", "their enums have nothing in common")
    return both or known


def _neither(known: Any, value: Any, _note: Note) -> Level:
    """What neither of two schemas in `not` takes."""
    return {"anyOf": [known, value]}


def _side_by_side(known: list[Any], value: list[Any], _note: Note) -> list[Any]:
    return [*known, *value]


def _step(known: float, value: float, _note: Note) -> float:
    """The least number that is a multiple of both, as they are written; of the two the first where it is too great."""
    ours, theirs = Fraction(str(known)), Fraction(str(value))
    both = Fraction(lcm(ours.numerator * theirs.denominator, theirs.numerator * ours.denominator))
    both /= ours.denominator * theirs.denominator
    if both >= _STEP_MAX:
        return known
    return int(both) if both.denominator == 1 else float(both)


def _either(known: Any, value: Any, _note: Note) -> bool:
    return known is True or value is True


def value_key(value: Any) -> Hashable:
    """The same for the same JSON value: 1 and 1.0 are one, 1 and true are two (JSON Schema 2020-12, core, 4.2.2)."""
    if isinstance(value, dict):
        return frozenset((key, value_key(inner)) for key, inner in value.items())
    if isinstance(value, list):
        return tuple(map(value_key, value))
    return isinstance(value, bool), value


_RULES: dict[str, Callable[[Any, Any, Note], Any]] = {
    "properties": _properties,
    "required": _required,
    "type": _type,
    "enum": _enum,
    "multipleOf": _step,
    "uniqueItems": _either,
    "not": _neither,
    CONDITIONS: _side_by_side,
}
