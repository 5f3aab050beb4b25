"""The fields of objects that the words of a request mean: `created` for `created_at`, `author.name`, `owner_id`.

A word may say how the field's value is compared, too: `price_min`, `qty_gte`.
"""

from collections.abc import Mapping
from typing import Any, Literal

from tidegate.openapi.document import Document
from tidegate.openapi.schema_types import Level, types_of
from tidegate.simulator.document.documented_answer import chosen
from tidegate.simulator.document.path_template import singular
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.values.string_values import plain_name

Test = Literal["is", "not", "gt", "gte", "lt", "lte", "like", "starts", "ends", "folded"]
"""How a field's value is compared with the parameter's."""

TESTS: Mapping[str, Test] = {
    "gt": "gt", "gte": "gte", "ge": "gte", "min": "gte", "from": "gte", "since": "gte", "after": "gt", "start": "gte",
    "lt": "lt", "lte": "lte", "le": "lte", "max": "lte", "to": "lte", "until": "lte", "before": "lt", "end": "lte",
    "ne": "not", "not": "not", "exclude": "not", "eq": "is", "in": "is", "icontains": "like", "contains": "like",
    "ilike": "like", "like": "like", "istartswith": "starts", "startswith": "starts", "iendswith": "ends",
    "endswith": "ends", "iexact": "is", "exact": "is",
}  # fmt: skip
"""Words before or after a field's name, and what they mean."""

_PARTS = ("attributes", "fields", "properties", "data")
"""Parts of an object in which some styles have all of its fields."""
_IDS = ("uuid", "guid", "gid", "sid", "uid", "id", "name")
"""Endings of plain names that ask for what a field names, by its id or its name: `owner_id`, `tag_name`."""


def named_field(document: Document, kind: ResourceKind, word: str) -> tuple[str, tuple[str, ...]] | None:
    """The field that a word of an expression names, and its types; None where it names none."""
    name = worded_field(document, kind, word)
    if name:
        return name, (*types_of(field_level(document, kind, name)),)
    if plain_name(word.partition(".")[0]) in kind.names:
        return None
    for part in [kind.names[part] for part in _PARTS if part in kind.names]:
        level = field_level(document, kind, part)
        if "object" in types_of(level) and not level.get("properties"):
            return f"{part}.{word}", ("string",)
    return None


def worded_field(document: Document, kind: ResourceKind, word: str) -> str:
    """The field that a word means, maybe without its ending; empty where it means none."""
    if "." in word or "/" in word:
        return part_field(document, kind, word.replace("/", "."), is_open=True)
    plain = plain_name(word)
    return next((name for end in ("", "at", "date", "time") if (name := _field(document, kind, plain + end))), "")


def narrowed(document: Document, kind: ResourceKind, bare: str, *, is_list: bool) -> tuple[str, Test]:
    """The field that a plain name means, and how it is compared; no field where it means none."""
    names = (bare, plain_name(singular(bare)), bare.removesuffix("s"), bare.removesuffix("es")) if is_list else (bare,)
    for name in names:
        if target := _field(document, kind, name):
            return target, "is"
    if is_list and kind.id_field and bare == f"{plain_name(singular(kind.name.rpartition('/')[2].lower()))}ids":
        return kind.id_field, "is"
    if target := _list_field(document, kind, bare) or _holder(document, kind, bare) or _related(document, kind, bare):
        return target, "is"
    for word, test in TESTS.items():
        for rest in (bare.removesuffix(word), bare.removeprefix(word)):
            if rest not in (bare, "") and (target := worded_field(document, kind, rest)):
                return target, test
    return "", "is"


def _list_field(document: Document, kind: ResourceKind, bare: str) -> str:
    """The field that holds several of what a plain name says one of: `tags` for `tag`."""
    plurals = (f"{bare}s", f"{bare}es", f"{bare[:-1]}ies" if bare.endswith("y") else "")
    target = next((kind.names[name] for name in plurals if name in kind.names), "")
    return target if target and "array" in types_of(document.schemas.plain(kind.fields[target])) else ""


def _holder(document: Document, kind: ResourceKind, bare: str) -> str:
    """The field that holds as an object, or as several, what a plain name says the id of: `owner` for `owner_id`."""
    bare = bare.removesuffix("s") if bare.endswith("ids") else bare
    words = (bare.removesuffix(ending) for ending in _IDS if bare.endswith(ending))
    targets = (kind.names.get(word, "") or _list_field(document, kind, word) for word in words)
    levels = ((one, field_level(document, kind, one)) for one in targets if one)
    several = ((one, level, "array" in types_of(document.schemas.plain(kind.fields[one]))) for one, level in levels)
    return next((one for one, level, many in several if many or "properties" in level), "")


def _related(document: Document, kind: ResourceKind, bare: str) -> str:
    """The place in a relationship of JSON:API's that a plain name means: `author`, or `author_id`."""
    part = kind.names.get("relationships", "")
    links = document.schemas.plain(chosen(document, kind.fields[part])).get("properties", {}) if part else {}
    names = {bare, *(bare.removesuffix(ending) for ending in _IDS)}
    return next((f"{part}.{name}.data" for name in links if plain_name(name) in names), "")


def part_field(document: Document, kind: ResourceKind, name: str, *, is_open: bool = False) -> str:
    """The field inside a part that a name leads to, `author.name` or `author[name]`; empty where there is none.

    With `is_open` a part that may hold anything has every name.
    """
    outer, _, inner = name.replace("[", ".").replace("]", "").partition(".")
    part = kind.names.get(plain_name(outer), "") if inner else ""
    if not part:
        return ""
    at, words = [part], inner.split(".")
    for place, word in enumerate(words):
        level = field_level(document, kind, ".".join(at))
        fields = document.schemas.plain(chosen(document, level)).get("properties", {})
        found = next((field for field in fields if plain_name(field) == plain_name(word)), "")
        if not found and is_open and not fields and "object" in types_of(level):
            return ".".join([*at, *words[place:]])
        if not found:
            return ""
        at.append(found)
    return ".".join(at)


def _field(document: Document, kind: ResourceKind, plain: str) -> str:
    """The field of a plain name: the object's own, else one in the part that has all of them."""
    if plain in kind.names:
        return kind.names[plain]
    for part in _PARTS:
        if part in kind.names:
            inner = document.schemas.plain(chosen(document, kind.fields[kind.names[part]])).get("properties", {})
            for name in inner:
                if plain_name(name) == plain:
                    return f"{kind.names[part]}.{name}"
    return ""


def field_level(document: Document, kind: ResourceKind, name: str) -> Level:
    """The schema of a field, of one inside a part where its name has a dot; of a list that of an entry."""
    part, *inner = name.split(".")
    node = kind.fields[part]
    for word in inner:
        level = _entry(document, chosen(document, node))
        node = document.schemas.plain(chosen(document, level)).get("properties", {}).get(word, {})
    return _entry(document, node)


def _entry(document: Document, node: Any) -> Level:
    level = document.schemas.plain(node)
    return document.schemas.plain(level.get("items", {})) if "array" in types_of(level) else level
