"""Under which key an object is kept: the ids of the objects around it and its own, read from path, request and object.

It knows no operation's meaning and stores nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tidegate.simulator.document.path_template import SLOT
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_model import ResourceModel
from tidegate.simulator.document.resource_operation import ResourceOperation
from tidegate.simulator.storage.pagination import key_part
from tidegate.simulator.values.json_value import Obj
from tidegate.simulator.values.string_values import plain_name

Given = Mapping[str, Any]

ALONE = "-"
"""Stands for the id of an object of which each place has only one."""


class ObjectKeys:
    """Keys of one document's objects."""

    def __init__(self, kinds: ResourceModel) -> None:
        self._kinds = kinds

    def scope(
        self, kind: ResourceKind, shape: ResourceOperation, params: Mapping[str, str], values: Given, thing: Obj | None
    ) -> str:
        """The keys of the objects around one, empty where there are none."""
        parts = []
        for place, name in enumerate(kind.within):
            param = shape.within[place] if place < len(shape.within) else ""
            value = params.get(param, values.get(param)) if param else None
            if value is None and thing is not None:
                value = self.told(kind, name, thing)
            if value is None:
                value = values.get(name)
            parts.append(key_part(value) if value is not None else ALONE)
        return "/".join(parts)

    def is_bound(self, kind: ResourceKind, shape: ResourceOperation, params: Mapping[str, str], values: Given) -> bool:
        """Whether the request names every object around the one that it is about."""
        named = (*shape.within, *[""] * (len(kind.within) - len(shape.within)))
        return all(param and (param in params or param in values) for param in named)

    @staticmethod
    def told(kind: ResourceKind, name: str, thing: Obj) -> Any:
        """What the object itself says about an object around it."""
        pointer = kind.facts.within.get(name)
        if pointer is not None:
            found: Any = thing
            for step in pointer.split("/")[1:]:
                found = found.get(step) if isinstance(found, dict) else None
            return found
        found = thing.get(kind.names.get(plain_name(name), ""))
        if isinstance(found, dict):
            return next((found[word] for word in ("login", "id", "slug", "name") if word in found), None)
        return found

    @staticmethod
    def key(kind: ResourceKind, scope: str, identifier: Any) -> str:
        """The key of one object in its place."""
        part = ALONE if kind.single else key_part(identifier)
        return f"{scope}/{part}" if scope else part

    def around(
        self, shape: ResourceOperation, params: Mapping[str, str]
    ) -> Iterator[tuple[ResourceKind, str, str, str]]:
        """The objects that the path goes through: their kind, key, id and parameter, innermost first."""
        path = self._kinds.paths[shape.operation]
        for end in range(len(path.key), 1, -1):
            key = path.key[:end]
            kind = self._kinds.at.get(key) if key[-1] == SLOT else None
            if kind is None or kind.single or not kind.id_param:
                continue
            names = path.params[: key.count(SLOT)]
            if names[-1] == shape.id_param:
                continue
            parts = [key_part(params.get(name, "")) for name in names]
            yield kind, "/".join(parts[-len(kind.within) - 1 :]), params.get(names[-1], ""), names[-1]

    def narrowed(self, kind: ResourceKind, shape: ResourceOperation, params: Mapping[str, str]) -> dict[str, str]:
        """Fields that must have the value of a path parameter, where the path is another than the kind's own."""
        found = {}
        for name, value in params.items():
            field = kind.names.get(plain_name(name), "")
            if field and name not in shape.within and name != shape.id_param:
                found[field] = value
        return found
