"""Objects in place of the ids by which a request names them: `owner`, `owner_id` or `labels: ["1", "2"]`.

An id stands for the object that is there, as far as the field has places for what is in it. It stores nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.openapi.schema_types import types_of
from tidegate.simulator.document.parent_fields import id_inside
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_model import ResourceModel
from tidegate.simulator.merge.schema_merge import SchemaMerge
from tidegate.values.json_value import Obj
from tidegate.values.string_values import plain_name

Find = Callable[[str, str], Obj | None]
"""Gives the object of a kind that has a key."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A field that holds an object, or several: its name, the id's name inside, the schema of one, and its kind."""

    field: str
    inner: str
    schema: Any
    kind: str
    several: bool


class SentIds:
    """Those of one vendor's requests."""

    def __init__(self, model: ResourceModel, merge: SchemaMerge, find: Find) -> None:
        self._model = model
        self._merge = merge
        self._find = find
        self._known: dict[str, dict[str, _Held]] = {}

    def replaced(
        self, kind: ResourceKind, values: Mapping[str, Any], references: Mapping[str, str]
    ) -> Mapping[str, Any]:
        """The values with objects for ids. `references` has the kinds that fields are known to name.

        Of several ids each must name an object that is there: else nobody knows if they are names, or words.
        """
        known = self._known.get(kind.name)
        if known is None:
            known = self._known[kind.name] = dict(self._names(kind, references))
        if not known.keys() & values.keys():
            return values
        after = dict(values)
        for name in known.keys() & values.keys():
            held, value = known[name], values[name]
            if (name != held.field and held.field in values) or value is None or isinstance(value, dict):
                continue
            if held.several:
                things = [self._thing(held, one) for one in value] if isinstance(value, list) else [None]
                after[held.field] = value if None in things else things
            elif not isinstance(value, list):
                after[held.field] = self._thing(held, value) or {held.inner: value}
        return after

    def _thing(self, held: _Held, identifier: Any) -> Obj | None:
        found = self._find(held.kind, str(identifier)) if held.kind and isinstance(identifier, str | int) else None
        return {**self._merge.filled(held.schema, {}, found), held.inner: identifier} if found is not None else None

    def _names(self, kind: ResourceKind, references: Mapping[str, str]) -> Iterator[tuple[str, _Held]]:
        """Names by which a request may give ids of what a field holds."""
        document = self._model.document
        for field, node in kind.fields.items():
            level = document.schemas.plain(node)
            several = "array" in types_of(level)
            one = level.get("items", {}) if several else node
            inner = id_inside(document, one)
            target = (references.get(field, "") or self._model.references.of_field(field, one)) if inner else ""
            if not inner or (several and not target):
                continue
            held = _Held(field, inner, one, target, several)
            yield field, held
            names = () if several else (f"{field}_{inner}", f"{field}{inner[:1].upper()}{inner[1:]}")
            yield from ((name, held) for name in names if plain_name(name) not in kind.names)
