"""One kind at two paths: made below its parent, `/things/{id}/comments`, and read by itself, `/comments/{id}`.

It is the same where the last word is, and the schema, and its ids mean the same everywhere.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tidegate.openapi.document import Document
from tidegate.simulator.document.answered_objects import is_like
from tidegate.simulator.document.documented_answer import chosen
from tidegate.simulator.document.path_template import TemplateKey
from tidegate.simulator.document.resource_kind import ResourceKind, mark_of
from tidegate.values.string_values import plain_name

_EVERYWHERE = ("id", "uuid", "gid", "guid", "sid", "uid")
"""Endings of plain names of ids that name one object wherever it is asked for; a number or a slug may not."""


class KindPlaces(dict[TemplateKey, ResourceKind]):
    """Kinds by the key of one object, with an index by the last word."""

    def __init__(self) -> None:
        super().__init__()
        self._by_word: dict[TemplateKey, list[TemplateKey]] = {}

    def __setitem__(self, key: TemplateKey, kind: ResourceKind) -> None:
        if key not in self:
            self._by_word.setdefault(key[-2:], []).append(key)
        super().__setitem__(key, kind)

    def is_aliased(self, key: TemplateKey) -> bool:
        """True where an object that a path goes through may be named otherwise than by its id."""
        kinds = (self.get(key[:end]) for end in range(1, len(key) + 1))
        return any(kind is not None and bool(kind.also) for kind in kinds)

    def elsewhere(self, key: TemplateKey) -> Iterator[ResourceKind]:
        """Kinds with the last word of this path of an object, one of the two below the other's parents."""
        for other in self._by_word.get(key[-2:], ()):
            shorter, longer = sorted((key, other), key=len)
            if len(shorter) < len(longer) and longer[: len(shorter) - 2] == shorter[:-2] and not self[other].single:
                yield self[other]


def is_same(document: Document, kind: ResourceKind, node: Any) -> bool:
    """True where objects of this schema are the kind's, whole or some of their fields."""
    ending = plain_name(kind.id_at[-1]) if kind.id_at else ""
    if kind.schema is None or node is None or kind.numbered or not ending.endswith(_EVERYWHERE):
        return False
    inner = chosen(document, node)
    fields = document.schemas.plain(inner).get("properties", {})
    return inner is kind.schema or (kind.id_at[0] in fields and fields.keys() <= kind.fields.keys())


def only_like(document: Document, kinds: Mapping[str, ResourceKind], schema: Any) -> ResourceKind | None:
    """The one kind, whose objects have this very schema or one like it; None where several have or none."""
    node = chosen(document, schema)
    mark = mark_of(document, node)
    if mark in kinds:
        return kinds[mark]
    if "properties" not in document.schemas.plain(node):
        return None
    several = [kind for kind in kinds.values() if not kind.single]
    same = [kind for kind in several if kind.schema is node] or [each for each in several if is_like(each.schema, node)]
    return same[0] if len(same) == 1 else None
