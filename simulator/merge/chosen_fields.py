"""The fields of an object that a request wants to see: `fields=name,qty`, `$select=Name`, JSON:API's `fields[pets]`.

What the document says that an answer has at any rate is shown too, and so is the id.
"""

from collections.abc import Collection, Mapping
from typing import Any

from tidegate.openapi.document import Document, Operation
from tidegate.openapi.schema_types import types_of
from tidegate.openapi.schemas import Schemas
from tidegate.simulator.document.operation_places import WHOLES
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.values.json_value import Obj
from tidegate.values.string_values import plain_name

WORDS_MAX = 200
"""A request names so many fields at most."""

_NAMES = frozenset({"fields", "select"})


def choosing(document: Document, operation: Operation) -> tuple[str, ...]:
    """The parameters by which a read says which fields it wants."""
    entries = document.parameters(operation) if operation.method == "GET" else ()
    levels = {
        one["name"]: document.schemas.plain(one.get("schema", one)) for one in entries if one.get("in") == "query"
    }
    return (*(
        name for name, level in levels.items()
        if plain_name(name.partition("[")[0]) in _NAMES and {"string", "array"} & {*types_of(level)}
    ),)  # fmt: skip


def words_of(params: Collection[str], values: Mapping[str, Any]) -> frozenset[str]:
    """Plain names of the fields that a request wants; none where it does not say."""
    given = [values[name] for name in params if name in values]
    texts = [text for one in given for text in (one if isinstance(one, list) else [one]) if isinstance(text, str)]
    words = [word.strip().partition(".")[0] for text in texts for word in text.split(",")]
    return frozenset(plain_name(word) for word in words[:WORDS_MAX]) if "*" not in words else frozenset()


def chosen_fields(schemas: Schemas, kind: ResourceKind, schema: Any, thing: Obj, words: Collection[str]) -> Obj:
    """The object with these fields, or all where a word is none of them."""
    parts = [name for name in thing if name in WHOLES and isinstance(thing[name], dict)]
    inside = {plain_name(name) for part in parts for name in _properties(schemas, kind.fields.get(part))}
    if not words or not all(word in kind.names or word in inside for word in words):
        return thing
    left = _left(schemas, schema, thing, {*words, *map(plain_name, (*kind.id_at[:1], *parts))})
    for part in parts:
        if plain_name(part) not in words:
            left[part] = _left(schemas, kind.fields.get(part), thing[part], words)
    return left


def _left(schemas: Schemas, schema: Any, thing: Obj, words: Collection[str]) -> Obj:
    required = schemas.plain(schema).get("required", ()) if schema is not None else ()
    return {name: value for name, value in thing.items() if plain_name(name) in words or name in required}


def _properties(schemas: Schemas, schema: Any) -> Mapping[str, Any]:
    properties: Mapping[str, Any] = schemas.plain(schema).get("properties", {}) if schema is not None else {}
    return properties
