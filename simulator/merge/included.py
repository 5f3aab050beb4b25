"""Objects that stand beside those of an answer because the request wants them: JSON:API's `include=author,tags.owner`.

Each stands there once, however many name it (JSON:API 1.1, compound documents).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tidegate.simulator.document.documented_answer import chosen
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_model import ResourceModel
from tidegate.simulator.document.resource_operation import ResourceOperation
from tidegate.values.json_value import Obj
from tidegate.values.string_values import plain_name

OBJECTS_MAX = 1_000
"""One answer has so many objects beside its own at most."""

_PLACE = "included"
Find = Callable[[str, str], Obj | None]
"""Gives the object of a kind that has a key."""


class Included:
    """Those of one vendor's answers."""

    def __init__(self, model: ResourceModel, find: Find) -> None:
        self._model = model
        self._find = find
        self._kinds: dict[str, str] = {}

    def beside(self, operation: ResourceOperation, body: Any, things: Sequence[Obj], values: Mapping[str, Any]) -> Any:
        """The answer with what the objects in it name, where the request and the document say so."""
        given = values.get("include")
        if given in (None, "", []) or not isinstance(body, dict) or not operation.at:
            return body
        schemas = self._model.document.schemas
        node = schemas.plain(operation.answer).get("properties", {}).get(_PLACE)
        if node is None:
            return body
        paths = [
            word.strip() for one in (given if isinstance(given, list) else [given]) for word in str(one).split(",")
        ]
        found: dict[tuple[str, str], Obj] = {}
        for thing in things:
            for path in paths:
                self._follow(thing, path.split("."), found)
        check = schemas.validator(schemas.plain(node).get("items", {}), of="answer")
        return {**body, _PLACE: [thing for thing in found.values() if check.is_valid(thing)]}

    def _follow(self, thing: Obj, names: Sequence[str], found: dict[tuple[str, str], Obj]) -> None:
        for kind, identifier in self._named(thing, names[0]):
            other = self._find(kind, identifier)
            if other is None or len(found) >= OBJECTS_MAX:
                continue
            found[kind, identifier] = other
            if names[1:]:
                self._follow(other, names[1:], found)

    def _named(self, thing: Obj, name: str) -> Iterator[tuple[str, str]]:
        """Kind and key of each object that a relationship names."""
        held = thing.get("relationships")
        told = held.get(name) if isinstance(held, dict) else None
        data = told.get("data") if isinstance(told, dict) else None
        for one in data if isinstance(data, list) else [data]:
            if isinstance(one, dict) and "id" in one and (kind := self._kind(str(one.get("type", "")))):
                yield kind, str(one["id"])

    def _kind(self, word: str) -> str:
        """The name of the kind whose objects have this type, or whose path has this word; empty for none."""
        if word not in self._kinds:
            kinds = [kind for kind in self._model.named.values() if not kind.single and not kind.within]
            typed = (kind.name for kind in kinds if word in self._types(kind))
            called = (kind.name for kind in kinds if plain_name(kind.name.rpartition("/")[2]) == plain_name(word))
            self._kinds[word] = next(typed, "") or next(called, "")
        return self._kinds[word]

    def _types(self, kind: ResourceKind) -> Sequence[Any]:
        document = self._model.document
        level = document.schemas.plain(chosen(document, kind.fields.get("type", {})))
        return [*level.get("enum", ()), *([level["const"]] if "const" in level else [])]
