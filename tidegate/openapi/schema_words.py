"""One level of a vendor's schema in the words of JSON Schema 2020-12: what OpenAPI 3.0 and Swagger 2.0 say otherwise.

Works on one schema object and leaves the schemas inside it as they stand; it follows no reference. What is unsound is
left out, with a note of its code: see tidegate.openapi.diagnostic.
"""

import reprlib
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, TypeGuard

Level = dict[str, Any]
Note = Callable[[str, str], None]
"""Takes a code and what exactly is wrong."""

TYPES = frozenset({"null", "boolean", "object", "array", "number", "integer", "string"})

INNER = frozenset({
    "items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else", "unevaluatedItems",
    "unevaluatedProperties",
})  # fmt: skip
"""Keywords that hold one schema."""
INNER_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
"""Keywords that hold a list of schemas."""
INNER_MAPS = frozenset({"properties", "patternProperties", "dependentSchemas"})
"""Keywords that hold schemas by name."""

_COUNTS = frozenset({
    "maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties", "maxContains", "minContains",
})  # fmt: skip
LEAST_MAX: dict[str, int] = {
    "minLength": 100_000, "minItems": 1_000, "minProperties": 1_000, "minContains": 1_000,
}  # fmt: skip
"""A schema that asks for more than so many characters, items or properties is not followed in that: none is made."""
LISTED_MAX: dict[str, int] = {
    "allOf": 1_000, "anyOf": 2_000, "oneOf": 2_000, "prefixItems": 1_000, "required": 1_000, "enum": 50_000,
    "properties": 2_000, "patternProperties": 100, "dependentSchemas": 1_000,
}  # fmt: skip
"""So many entries of a keyword are read. GitHub's longest enum has 300, Stripe's longest anyOf 250."""
MOST_MAX = 2**53
"""More is no bound at all."""

_NUMBERS = frozenset({"maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum"})
OTHERS = frozenset({
    "type", "enum", "const", "multipleOf", "pattern", "uniqueItems", "required", "dependentRequired", "format",
})  # fmt: skip
UNSAID_NULL = "x-tidegate-unsaid-null"
"""Marks a level whose null is taken although a strict reader refuses it: nobody makes one up."""

CONSTRAINTS = INNER | INNER_LISTS | INNER_MAPS | _COUNTS | _NUMBERS | OTHERS
"""Every keyword that a value can break. The rest are annotations."""


_STRICT = (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum"))
_BOUNDED = _COUNTS | LISTED_MAX.keys() | {strict for strict, _ in _STRICT}


def words(node: Mapping[str, Any], note: Note) -> Level:
    """One schema object in 2020-12 words, but for its nullability: see `nullable` and `or_null`."""
    level = {key: value for key, value in node.items() if key not in _SHAPES or _sound(key, value, note)}
    if "type" in level:
        _typed(level, note)
    if not _BOUNDED.isdisjoint(level):
        _counted(level, note)
        _bounds(level)
    if isinstance(items := level.get("items"), list):
        note("D013", "")
        del level["items"]
        if level.get("type") == "array":
            level["items"] = {"anyOf": items}
        elif level.get("type") in (None, "object"):
            level.setdefault("anyOf", items)
    if "enum" in level:
        _enumerated(level, note)
    level.pop("nullable", None)
    level.pop("x-nullable", None)
    return level


def nullable(node: Mapping[str, Any]) -> bool:
    """True where the schema takes null by the word of OpenAPI 3.0, or of its extension of Swagger 2.0."""
    return node.get("nullable") is True or node.get("x-nullable") is True


def with_null(level: Level, node: Mapping[str, Any], *, is_keyword: bool) -> Level:
    """The level of a node that is `nullable`: null is let in, and marked where a strict reader would refuse it."""
    level = or_null(level)
    return level if is_null_said(node, is_keyword=is_keyword) else {**level, UNSAID_NULL: True}


def is_null_said(node: Mapping[str, Any], *, is_keyword: bool) -> bool:
    """Whether a node that is `nullable` takes null by the letter. `is_keyword`: its OpenAPI has that word; 3.1 has not.

    OpenAPI 3.0.3: what stands beside a `$ref` is ignored (Reference Object), an `enum` must hold null itself, and
    `nullable` means something only where a `type` stands beside it, as far as no other part of the schema refuses.
    """
    if not is_keyword or node.get("nullable") is not True or "type" not in node:
        return False
    return not _WHOLE & node.keys() and ("enum" not in node or None in node["enum"])


_WHOLE = frozenset({"$ref", "allOf", "anyOf", "oneOf", "not"})
"""Keywords beside which null would have to be valid too."""


def or_null(level: Level) -> Level:
    """The level with null let in: in its type and enum, and as one more alternative where it has alternatives."""
    level = dict(level)
    declared = level.get("type")
    if declared is None and ("properties" in level or "items" in level):
        declared = "object" if "properties" in level else "array"
    if declared is not None:
        types = [declared] if isinstance(declared, str) else list(declared)
        level["type"] = types if "null" in types else [*types, "null"]
    if "enum" in level and None not in level["enum"]:
        level["enum"] = [*level["enum"], None]
    if "const" in level and level["const"] is not None:
        level["enum"] = [level.pop("const"), None]
    for union in ("anyOf", "oneOf"):
        if union in level and not any(_takes_null(choice) for choice in level[union]):
            level[union] = [*level[union], {"type": "null"}]
    return level


def _takes_null(choice: object) -> bool:
    if not isinstance(choice, Mapping):
        return choice is True
    declared = choice.get("type")
    return nullable(choice) or declared == "null" or (isinstance(declared, list) and "null" in declared)


# --- keywords --------------------------------------------------------------------------------------------------------


def _sound(key: str, value: object, note: Note) -> bool:
    sound = _SHAPES[key](value)
    if not sound:
        note("D008", f"{key}: {_shown(value)}")
    return sound


def _shown(value: object) -> str:
    text = _SHORT.repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


_SHORT = reprlib.Repr()
_SHORT.maxlist = _SHORT.maxdict = 20
_SHORT.maxstring = _SHORT.maxlong = _SHORT.maxother = 120


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: object) -> bool:
    return _is_number(value) and value >= 0 and (isinstance(value, int) or value.is_integer())


def _is_bound(value: object) -> bool:
    return _is_number(value) or isinstance(value, bool)


def _is_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _is_map(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_list(value: object) -> bool:
    return isinstance(value, list) and bool(value)


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


_SHAPES: dict[str, Callable[[object], bool]] = {
    **dict.fromkeys(_COUNTS, _is_count),
    "maximum": _is_number,
    "minimum": _is_number,
    "exclusiveMaximum": _is_bound,
    "exclusiveMinimum": _is_bound,
    **dict.fromkeys(INNER_LISTS, _is_list),
    **dict.fromkeys(INNER_MAPS, _is_map),
    "required": _is_names,
    "enum": _is_list,
    "pattern": _is_text,
    "format": _is_text,
    "uniqueItems": _is_bool,
    "multipleOf": lambda value: _is_number(value) and value > 0,
    "type": lambda value: isinstance(value, str) or _is_names(value),
    "dependentRequired": lambda value: isinstance(value, Mapping) and all(map(_is_names, value.values())),
}


def _typed(level: Level, note: Note) -> None:
    declared = level["type"]
    if declared == "file":  # Swagger 2.0, 5.2.3: the content of a file
        level |= {"type": "string", "format": "binary"}
        return
    if isinstance(declared, str) and declared in TYPES:
        return
    types = [declared] if isinstance(declared, str) else list(dict.fromkeys(declared))
    known = [name for name in types if name in TYPES]
    if len(known) != len(types):
        note("D010", f"type: {_shown(declared)}")
    if not known:
        del level["type"]
    else:
        level["type"] = known[0] if len(known) == 1 else known


def _counted(level: Level, note: Note) -> None:
    """Counts as integers (`10.0` is one), without those that ask for too much or bound nothing; lists not too long."""
    for key in _COUNTS & level.keys():
        count = level[key] = int(level[key])
        if count > LEAST_MAX.get(key, MOST_MAX):
            del level[key]
            if key in LEAST_MAX:
                note("D021", f"{key}: {_shown(count)}")
    for key in LISTED_MAX.keys() & level.keys():
        entries = level[key]
        if len(entries) > LISTED_MAX[key]:
            note("D023", f"{key}: {len(entries)} entries")
            shown = islice(entries.items() if isinstance(entries, Mapping) else entries, LISTED_MAX[key])
            level[key] = dict(shown) if isinstance(entries, Mapping) else list(shown)


def _bounds(level: Level) -> None:
    """OpenAPI 3.0 and Swagger 2.0 write `minimum: 0, exclusiveMinimum: true`."""
    for strict, plain in _STRICT:
        bound = level.get(strict)
        if isinstance(bound, bool):
            del level[strict]
            if bound and plain in level:
                level[strict] = level.pop(plain)


def _enumerated(level: Level, note: Note) -> None:
    declared = level.get("type")
    if declared is None:
        return
    types = {declared} if isinstance(declared, str) else set(declared)
    if None in level["enum"] and "null" not in types:
        level["type"] = [*sorted(types), "null"] if len(types) > 1 else [*types, "null"]
        types.add("null")
    if not any(type_of(value) in types or (type_of(value) == "integer" and "number" in types)
               for value in level["enum"] if value is not None or types == {"null"}):  # fmt: skip
        if level["enum"] == [None]:
            return
        note("D011", f"type {_shown(declared)}, enum {_shown(level['enum'])}")
        del level["type"]


def type_of(value: object) -> str:
    """The JSON Schema type of a JSON value; a whole number is an integer."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case int():
            return "integer"
        case float():
            return "integer" if value.is_integer() else "number"
        case list():
            return "array"
        case _:
            return "object"
