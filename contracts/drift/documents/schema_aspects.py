"""What differs between two schemas on one level, in the aspects that tidegate.drift.change_kinds names.

Pure, and works on levels as tidegate.openapi.schemas gives them: `$ref` followed, allOf joined, null in the type. The
schemas inside are somebody else's matter. Two ways to say one thing are no difference: `nullable`, a type list and an
alternative `null`; `const` and an enum of one; a missing type beside properties and `object`; a `format: byte` and
the `contentEncoding: base64` that OpenAPI 3.1 has for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from tidegate.drift.change_kinds import BOUNDS
from tidegate.openapi.schema_types import types_of
from tidegate.openapi.schema_words import type_of

Level = Mapping[str, Any]

NULL = frozenset({"null"})

_WIDER_FORMATS = {("int32", "int64"), ("float", "double"), ("date", "date-time")}
"""A format, and one that holds all of its values."""
_IDLE = {"minLength": 0, "minItems": 0, "minProperties": 0, "minContains": 1}
"""Bounds that every value is within."""
VALUES_MAX = 50
"""So many values of an enum are listed in a change."""


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """One difference. `subject` is the property that it is about, empty where it is about the schema itself."""

    aspect: str
    old: Any = None
    new: Any = None
    subject: str = ""
    read_only: bool = False
    write_only: bool = False


def level_changes(old: Level, new: Level) -> Iterator[SchemaChange]:
    """The differences of one level, but for properties, items and alternatives."""
    if takes_nothing(old) or takes_nothing(new):
        if takes_nothing(old) != takes_nothing(new):
            yield SchemaChange(f"schema-became-{'false' if takes_nothing(new) else 'not-false'}")
        return
    yield from _types(old, new)
    yield from _null(old, new)
    yield from _enums(old, new)
    for keyword, (word, _is_upper) in BOUNDS.items():
        yield from _bound(word, *(_unless_idle(keyword, level.get(keyword)) for level in (old, new)))
    yield from _added_or_removed("pattern", old.get("pattern"), new.get("pattern"))
    yield from _added_or_removed("default-value", old.get("default"), new.get("default"))
    if old.get("multipleOf") != new.get("multipleOf"):
        yield SchemaChange("multiple-of-changed", old.get("multipleOf"), new.get("multipleOf"))
    yield from _flag("uniqueItems", "unique-items-set", "unique-items-unset", old, new)
    yield from _flag("deprecated", "deprecated", "reactivated", old, new)
    yield from _flag("readOnly", "became-read-only", "became-not-read-only", old, new)
    yield from _flag("writeOnly", "became-write-only", "became-not-write-only", old, new)
    yield from _discriminators(old.get("discriminator"), new.get("discriminator"))
    if old.get("not") != new.get("not"):
        yield SchemaChange("not-changed", old.get("not"), new.get("not"))


def types(level: Level) -> frozenset[str]:
    """The types that a level takes, null aside unless it takes nothing else; empty for any."""
    named = frozenset(types_of(level))
    if not named:
        if "properties" in level:
            return frozenset({"object"})
        if "items" in level:
            return frozenset({"array"})
        named = frozenset(map(type_of, listed(level) or ()))
    return named - NULL or (named if {"anyOf", "oneOf"}.isdisjoint(level) else frozenset())


def takes_nothing(level: Level) -> bool:
    """Whether no value at all is taken: the schema `false`."""
    return level.get("not") in ({}, True) and "not" in level


def takes_null(level: Level) -> bool:
    """Whether null is taken. A level that says nothing of its type takes it, but nobody counts on that."""
    return "null" in types_of(level)


def _types(old: Level, new: Level) -> Iterator[SchemaChange]:
    before, after = types(old), types(new)
    if before != after:
        if (after == NULL and takes_null(old)) or (before == NULL and takes_null(new)):
            word = "specialized" if after == NULL else "generalized"
            yield SchemaChange(f"type-{word}", _named(before), _named(after))
        elif _holds(after, before):
            yield SchemaChange("type-generalized", _named(before), _named(after))
        elif _holds(before, after):
            yield SchemaChange("type-specialized", _named(before), _named(after))
        else:
            yield SchemaChange("type-changed", _named(before), _named(after))
        return
    one, other = _format(old), _format(new)
    if one == other:
        return
    aspect = "type-changed"
    if other is None or (one, other) in _WIDER_FORMATS:
        aspect = "type-generalized"
    elif one is None or (other, one) in _WIDER_FORMATS:
        aspect = "type-specialized"
    kind = _named(before)
    yield SchemaChange(aspect, f"{kind}/{one}" if one else kind, f"{kind}/{other}" if other else kind)


def _format(level: Level) -> Any:
    """The format of a text, whichever of the keywords that OpenAPI's versions have for it says it."""
    if "format" in level:
        return level["format"]
    encoding, media = level.get("contentEncoding"), level.get("contentMediaType")
    if encoding is not None:
        return "byte" if encoding == "base64" else encoding
    return "binary" if media == "application/octet-stream" else media


def _holds(wide: frozenset[str], narrow: frozenset[str]) -> bool:
    """Whether every value of `narrow` types is one of `wide` types. No type means any."""
    if not wide:
        return True
    return bool(narrow) and all(name in wide or (name == "integer" and "number" in wide) for name in narrow)


def _named(names: frozenset[str]) -> str:
    return " or ".join(sorted(names)) if names else "any type"


def _null(old: Level, new: Level) -> Iterator[SchemaChange]:
    before, after = takes_null(old), takes_null(new)
    if (
        before == after or not types(old) or not types(new) or NULL in (types(old), types(new))
    ):  # what says nothing of its type took null before, too
        return
    yield SchemaChange("became-nullable" if after else "became-not-nullable")


def _enums(old: Level, new: Level) -> Iterator[SchemaChange]:
    before, after = _choices(old), _choices(new)
    if before is None and after is not None:
        yield SchemaChange("became-enum", None, [*after.values()][:VALUES_MAX])
    elif before is not None and after is None:
        yield SchemaChange("became-not-enum", [*before.values()][:VALUES_MAX], None)
    elif before is not None and after is not None:
        gone = [value for mark, value in before.items() if mark not in after]
        come = [value for mark, value in after.items() if mark not in before]
        if gone:
            yield SchemaChange("enum-value-removed", gone[:VALUES_MAX], None)
        if come:
            yield SchemaChange("enum-value-added", None, come[:VALUES_MAX])


def _choices(level: Level) -> dict[bytes, Any] | None:
    """The values of an enum or a const, null aside, each under a mark by which equal ones are known."""
    values = listed(level)
    return None if values is None else {_mark(value): value for value in values if value is not None}


def listed(level: Level) -> Sequence[Any] | None:
    """The values of an enum or a const, None where there is neither."""
    return [level["const"]] if "const" in level else level.get("enum")


def _mark(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # an integer of more than 64 bits
        return repr(value).encode()


def _unless_idle(keyword: str, value: Any) -> Any:
    return None if value == _IDLE.get(keyword, ...) else value


def _bound(word: str, old: Any, new: Any) -> Iterator[SchemaChange]:
    if old == new:
        return
    if old is None:
        yield SchemaChange(f"{word}-set", None, new)
    elif new is None:
        yield SchemaChange(f"{word}-unset", old, None)
    else:
        yield SchemaChange(f"{word}-{'increased' if new > old else 'decreased'}", old, new)


def _added_or_removed(word: str, old: Any, new: Any) -> Iterator[SchemaChange]:
    if old == new and type(old) is type(new):
        return
    end = "added" if old is None else "removed" if new is None else "changed"
    yield SchemaChange(f"{word}-{end}", old, new)


def _flag(keyword: str, on: str, off: str, old: Level, new: Level) -> Iterator[SchemaChange]:
    before, after = old.get(keyword) is True, new.get(keyword) is True
    if before != after:
        yield SchemaChange(on if after else off)


def _discriminators(old: Any, new: Any) -> Iterator[SchemaChange]:
    yield from _discriminating_properties(old, new)
    before, after = _mapped(old), _mapped(new)
    if not before or not after:
        return  # without a mapping the names of the schemas are the values
    ends = {"deleted": before.keys() - after.keys(), "added": after.keys() - before.keys()}
    ends["changed"] = {value for value in before.keys() & after.keys() if before[value] != after[value]}
    for end, values in ends.items():
        if values:
            listed = sorted(values)[:VALUES_MAX]
            yield SchemaChange(f"discriminator-mapping-{end}", *((None, listed) if end == "added" else (listed, None)))


def _mapped(discriminator: Any) -> dict[str, str]:
    """The values of a mapping, each with the name of its schema: a reference, or the bare name."""
    mapping = discriminator.get("mapping") if isinstance(discriminator, Mapping) else None
    listed = mapping.items() if isinstance(mapping, Mapping) else ()
    return {str(value): str(schema).rpartition("/")[2] for value, schema in listed}


def _discriminating_properties(old: Any, new: Any) -> Iterator[SchemaChange]:
    before, after = (one.get("propertyName") if isinstance(one, Mapping) else None for one in (old, new))
    if before is not None and after is None:
        yield SchemaChange("discriminator-removed", before, None)
    elif before is None and after is not None:
        yield SchemaChange("discriminator-added", None, after)
    elif before != after:
        yield SchemaChange("discriminator-property-name-changed", before, after)
