"""Keys of objects: the ids of the objects around one and its own, read from path, request and object.

It knows no operation's meaning and stores nothing.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tidegate.simulator.answer import errors
from tidegate.simulator.document.answered_objects import is_like
from tidegate.simulator.document.parent_fields import id_inside
from tidegate.simulator.document.path_template import SLOT
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_model import ResourceModel
from tidegate.simulator.document.resource_operation import ResourceOperation
from tidegate.simulator.storage.resources import Resources
from tidegate.values.json_value import NOTHING, Obj
from tidegate.values.string_values import plain_name

Given = Mapping[str, Any]

ALONE = "-"
"""Stands for the id of an object of which each place has only one."""


class ObjectKeys:
    """Keys of one document's objects."""

    def __init__(self, kinds: ResourceModel) -> None:
        self._kinds = kinds

    def scope(
        self,
        kind: ResourceKind,
        operation: ResourceOperation,
        params: Mapping[str, str],
        values: Given,
        thing: Obj | None,
    ) -> str:
        """The keys of the objects around one, empty where there are none."""
        parts = []
        for place, name in enumerate(kind.within):
            param = operation.within[place] if place < len(operation.within) else ""
            value = params.get(param, values.get(param)) if param else None
            if value is None and thing is not None:
                value = self.parent_id(kind, name, thing)
            if value is None:
                value = values.get(name)
            parts.append(key_part(value) if value is not None else ALONE)
        return "/".join(parts)

    def is_bound(
        self, kind: ResourceKind, operation: ResourceOperation, params: Mapping[str, str], values: Given
    ) -> bool:
        """True where the request names every object around the one that it is about."""
        named = (*operation.within, *[""] * (len(kind.within) - len(operation.within)))
        return all(param and (param in params or param in values) for param in named)

    @staticmethod
    def parent_id(kind: ResourceKind, name: str, thing: Obj) -> Any:
        """The id of an object around this one, as the object itself has it."""
        pointer = kind.facts.within.get(name)
        if pointer is not None:
            value: Any = thing
            for step in pointer.split("/")[1:]:
                value = value.get(step) if isinstance(value, dict) else None
            return value
        value = thing.get(kind.names.get(plain_name(name), ""))
        if isinstance(value, dict):
            return next((value[word] for word in ("login", "id", "slug", "name") if word in value), None)
        return value

    @staticmethod
    def key(kind: ResourceKind, scope: str, identifier: Any) -> str:
        """The key of one object in its place."""
        part = ALONE if kind.single else key_part(identifier)
        return f"{scope}/{part}" if scope else part

    def of_item(
        self, kind: ResourceKind, operation: ResourceOperation, params: Mapping[str, str], item: Mapping[str, Any]
    ) -> tuple[str, Any]:
        """The key and the id of the object that an item of a batch names. Raises errors.VendorError for none."""
        identifier = kind.named_in(item)
        if identifier is NOTHING:
            raise errors.no_such(kind.name, "", kind.id_param)
        scope = self.scope(kind, operation, params, item, None) if kind.within else ""
        return self.key(kind, scope, identifier), identifier

    def around(
        self, operation: ResourceOperation, params: Mapping[str, str]
    ) -> Iterator[tuple[ResourceKind, str, str, str]]:
        """The objects that the path goes through: their kind, key, id and parameter, innermost first."""
        path = self._kinds.paths[operation.id]
        for end in range(len(path.key), 1, -1):
            key = path.key[:end]
            kind = self._kinds.at.get(key) if key[-1] == SLOT else None
            if kind is None or kind.single or not kind.id_param:
                continue
            names = path.params[: key.count(SLOT)]
            if names[-1] == operation.id_param:
                continue
            parts = [key_part(params.get(name, "")) for name in names]
            yield kind, "/".join(parts[-len(kind.within) - 1 :]), params.get(names[-1], ""), names[-1]

    def by_ids(
        self, operation: ResourceOperation, params: Mapping[str, str], resources: Resources
    ) -> Mapping[str, str]:
        """The parameters with the id of each object that one of them names otherwise, as `{issueIdOrKey}` may."""
        path, after = self._kinds.paths[operation.id], dict(params)
        for end in [place + 1 for place, step in enumerate(path.key) if step == SLOT]:
            kind = self._kinds.at.get(path.key[:end])
            if kind is None or not kind.also:
                continue
            names = path.params[: path.key[:end].count(SLOT)]
            parts = [key_part(after.get(name, "")) for name in names]
            key = "/".join(parts[-len(kind.within) - 1 :])
            thing = resources.get(kind.name, resources.key_of(kind.name, key, kind.also))
            identifier = kind.id_of(thing) if thing is not None else NOTHING
            if identifier is not NOTHING:
                after[names[-1]] = str(identifier)
        return after

    def twin(self, kind: ResourceKind, identifier: Any, resources: Resources) -> Obj | None:
        """The object of another kind that has this id and the same schema: a member of a group is a user."""
        others = (one for one in self._kinds.named.values() if one is not kind and is_like(one.schema, kind.schema))
        things = (resources.get(one.name, key_part(identifier)) for one in others if not one.within)
        return next((thing for thing in things if thing is not None), None) if kind.schema is not None else None

    def narrowed(self, kind: ResourceKind, operation: ResourceOperation, params: Mapping[str, str]) -> dict[str, str]:
        """Fields that must have the value of a path parameter, where the path is another than the kind's own."""
        fields = {}
        for name, value in params.items():
            field = kind.names.get(plain_name(name), "")
            around = field not in ("", kind.id_field) and name not in operation.within and name != operation.id_param
            if around and id_inside(self._kinds.document, kind.fields[field]) == "":  # an object is no text
                fields[field] = value
        for parent in operation.parents:
            if parent.param in params and parent.param not in operation.within:
                fields[f"{parent.field}.{parent.inner}" if parent.inner else parent.field] = params[parent.param]
        return fields


_MOMENT = re.compile(r"\d{1,15}\.\d{6}", re.ASCII)


def key_part(identifier: object) -> str:
    """An id as it stands in a key: a slash in it is written otherwise, and a moment to the microsecond as its number.

    Slack's ids are such moments: texts whose document has them sent as numbers, which have no leading zeros.
    """
    if isinstance(identifier, float):
        return f"{identifier:.6f}"
    text = str(identifier)
    if _MOMENT.fullmatch(text):
        return f"{float(text):.6f}"
    return text.replace("%", "%25").replace("/", "%2F") if "/" in text or "%" in text else text
