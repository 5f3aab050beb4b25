"""Schemas that only stand for another one: a `$ref`, an allOf of one, an alternative to null.

What differs in the inner schema is the inner's matter, and told once however often it is wrapped.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.openapi.document import Document, DocumentError

FLAGS = frozenset({"readOnly", "writeOnly", "deprecated", "default"})
"""Keywords of a wrapping that say something of the place, and nothing of the inner schema."""
NULLS = frozenset({"nullable", "x-nullable"})
WRAPPED_MAX = 32
"""A wrapping in a wrapping in a wrapping … is followed so far."""

WORDS = frozenset({"description", "title", "summary", "example", "examples", "externalDocs", "xml", "$comment"})
"""Keywords that no value can break."""


@dataclass(frozen=True, slots=True)
class Wrapping:
    """The inner schema, whether null is let in beside it, and the flags of the place."""

    inner: Any
    null: bool
    flags: Mapping[str, Any]


def wrapping(document: Document, node: Any) -> Wrapping | None:
    """What a schema wraps; None where it says something of its own."""
    if not isinstance(node, dict):
        return None
    if isinstance(node.get("$ref"), str):
        return _of_reference(document, node)
    counted = {key for key in node if key not in WORDS and not key.startswith("x-")} | (node.keys() & NULLS)
    (carrier, *others) = sorted(counted & {"allOf", "anyOf", "oneOf"}) or [""]
    if not carrier or others or counted - FLAGS - NULLS - {carrier} or not isinstance(node[carrier], list):
        return None
    parts = node[carrier] if carrier == "allOf" else [one for one in node[carrier] if not is_null(document, one)]
    if len(parts) != 1:
        return None
    return Wrapping(parts[0], len(parts) < len(node[carrier]) or _lets_null(node), _flags(node))


def _of_reference(document: Document, node: dict[str, Any]) -> Wrapping | None:
    beside = {key for key in node if key != "$ref" and key not in WORDS and not key.startswith("x-")}
    if document.siblings_count and beside - FLAGS - NULLS:
        return None
    try:
        return Wrapping(document.resolve(node["$ref"]), _lets_null(node), _flags(node))
    except DocumentError:
        return Wrapping({}, null=False, flags={})


def target(document: Document, node: Any) -> tuple[Any, str]:
    """The schema that a node stands for, where it says nothing else, and that schema's name in the document."""
    name = ""
    for _ in range(WRAPPED_MAX):
        if isinstance(node, dict) and isinstance(node.get("$ref"), str):
            name = node["$ref"].rpartition("/")[2]
        wrap = wrapping(document, node)
        if wrap is None or wrap.null or wrap.flags:
            break
        node = wrap.inner
    return node, name


def is_null(document: Document, choice: Any) -> bool:
    """Whether an alternative is null and nothing else."""
    if not isinstance(choice, dict) or not ("type" in choice or "enum" in choice or "$ref" in choice):
        return False
    level = document.schemas.plain(choice) if "$ref" in choice else choice
    return level.get("type") == "null" or level.get("enum") == [None]


def _lets_null(node: Mapping[str, Any]) -> bool:
    return any(node.get(key) is True for key in NULLS)


def _flags(node: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: node[key] for key in FLAGS if key in node}
