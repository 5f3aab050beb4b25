"""Dynamic references (`$dynamicRef`, JSON Schema 2020-12 section 8.2.3.2) made plain ones, schema by schema.

What a dynamic reference means depends on the way to it: the outermost schema on the way that has its `$dynamicAnchor`
wins; `$recursiveRef` of 2019-09 is the same without a name. OpenAPI 3.1 writes generic envelopes so: a page of
anything, and a schema that says of what. So where a schema has anchors, itself or in its `$defs`, it is copied with
every dynamic reference that it reaches written as a plain one. Nothing here is compiled or merged.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tidegate.openapi.document_file import DocumentError

NODES_MAX = 100_000
"""So many values are copied for one schema; what is beyond stays as it is."""
WAYS_MAX = 1_000
"""So many schemas are copied for one schema that has anchors."""

_ANCHORS = ("$defs", "$dynamicAnchor", "$recursiveAnchor")
_DYNAMIC = ("$dynamicRef", "$recursiveRef")

Anchored = Mapping[str, Any]
"""Schemas by the names of their anchors."""


class DynamicScopes:
    """The copies of one document's schemas. `resolve` follows a reference, `name` gives a schema one to be found by."""

    def __init__(self, resolve: Callable[[str], Any], name: Callable[[Any], str]) -> None:
        self._resolve = resolve
        self._name = name

    def plain(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema without dynamic references to its own anchors; the same where it has none."""
        anchors = dict(_anchors(node))
        if not anchors:
            return node
        return _Copy(self._resolve, self._name, anchors).of(node)


class _Copy:
    """One schema with its anchors, and the copies of those that it reaches."""

    def __init__(self, resolve: Callable[[str], Any], name: Callable[[Any], str], anchors: Anchored) -> None:
        self._resolve = resolve
        self._name = name
        self._anchors = anchors
        self._names: dict[int, str] = {}
        self._reached: dict[int, str] = {}
        self._left = NODES_MAX

    def of(self, node: Mapping[str, Any]) -> dict[str, Any]:
        """The copy, without anchors: they have had their say."""
        return self._referring({key: self._copied(value) for key, value in node.items() if key not in _ANCHORS})

    def _copied(self, node: Any) -> Any:
        self._left -= 1
        if self._left <= 0:
            return node
        if isinstance(node, dict):
            return self._referring({key: self._copied(value) for key, value in node.items()})
        return [self._copied(inner) for inner in node] if isinstance(node, list) else node

    def _referring(self, node: dict[str, Any]) -> dict[str, Any]:
        dynamic, reference = node.get("$dynamicRef", node.get("$recursiveRef")), node.get("$ref")
        if isinstance(dynamic, str) and (anchor := dynamic.partition("#")[2]) in self._anchors:
            rest = {key: value for key, value in node.items() if key not in _DYNAMIC}
            return {**rest, "$ref": self._named(self._anchors[anchor])}
        if isinstance(reference, str):
            return {**node, "$ref": self._bound(reference)}
        return node

    def _named(self, schema: Any) -> str:
        if id(schema) not in self._names:
            self._names[id(schema)] = self._name(schema)
        return self._names[id(schema)]

    def _bound(self, reference: str) -> str:
        """A reference to the copy of what a reference leads to; the same where that has no dynamic references."""
        try:
            target = self._resolve(reference)
        except DocumentError:
            return reference
        if id(target) in self._reached:
            return self._reached[id(target)]
        if not isinstance(target, dict) or len(self._reached) > WAYS_MAX or not _is_dynamic(target):
            return reference
        copy: dict[str, Any] = {}
        self._reached[id(target)] = name = self._name(copy)
        copy.update(self.of(target))
        return name


def _anchors(node: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if node.get("$recursiveAnchor") is True:
        yield "", node
    if isinstance(name := node.get("$dynamicAnchor"), str):
        yield name, node
    defined = node.get("$defs")
    for inner in defined.values() if isinstance(defined, dict) else ():
        if isinstance(inner, dict) and isinstance(name := inner.get("$dynamicAnchor"), str):
            yield name, inner


def _is_dynamic(tree: Any) -> bool:
    """Whether a schema has dynamic references, or references that may lead to some."""
    todo, left = [tree], NODES_MAX
    while todo and left > 0:
        node = todo.pop()
        left -= 1
        if isinstance(node, dict):
            if "$ref" in node or "$dynamicRef" in node or "$recursiveRef" in node:
                return True
            todo += node.values()
        elif isinstance(node, list):
            todo += node
    return False
