"""Schemas that say `allOf` of another one which has a discriminator: its heirs, and the word that tells each.

OpenAPI 3.1, Discriminator Object: where a schema with a discriminator has no alternatives, these are the schemas that
are made of it. The word is the mapping's, else the schema's own name. OpenAPI 2.0 has the name alone, and its extension
`x-ms-discriminator-value`. It reads schemas as they stand, and makes none.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tidegate.openapi.document_file import DocumentError

HOPS_MAX = 32
"""References, and parts that are all of their schema, are followed so far."""
HEIRS_MAX = 200
"""So many heirs of one schema are found."""

_COMPONENTS = ("#/components/schemas", "#/definitions")
_SHOWN = frozenset({"allOf", "description", "title", "nullable", "x-nullable", "example", "readOnly", "writeOnly"})
"""What may stand beside a single part without making more of it."""

Word = tuple[str, str, bool]
"""The property, the word in it, and whether a mapping has it."""


class Inheritance:
    """The heirs of one document's schemas. `resolve` raises DocumentError for what leads nowhere."""

    def __init__(self, resolve: Callable[[str], Any]) -> None:
        self._resolve = resolve
        self._heirs: dict[int, tuple[Any, tuple[Any, ...]]] = {}
        self._words: dict[int, tuple[Any, Word | None]] = {}
        self._below: dict[int, list[Any]] | None = None
        self._names: dict[int, str] = {}

    def heirs(self, node: Any) -> tuple[Any, ...]:
        """The schemas of which a value of this one is, where its discriminator says so; else none."""
        if not isinstance(node, dict) or not ("$ref" in node or "allOf" in node or "discriminator" in node):
            return ()
        if id(node) not in self._heirs:
            self._heirs[id(node)] = (node, self._found(self._followed(node)))
        return self._heirs[id(node)][1]

    def word(self, node: Any) -> Word | None:
        """The word by which the discriminator of what a schema is made of knows it."""
        if not isinstance(node, dict) or not ("$ref" in node or "allOf" in node or "discriminator" in node):
            return None
        if id(node) not in self._words:
            self._words[id(node)] = (node, self._told(self._followed(node)))
        return self._words[id(node)][1]

    def name_of(self, node: Any) -> str:
        """The name under which the document has a schema, or what it leads to; empty where it has none."""
        if self._below is None:
            self._made_of(None)
        return self._names.get(id(self._followed(node)), "")

    def word_among(self, level: Mapping[str, Any], branch: Any) -> Word | None:
        """The word by which the discriminator of a choice knows an alternative."""
        reference = branch.get("$ref") if isinstance(branch, dict) else None
        name = told_by(level)
        if not name or not isinstance(reference, str):
            return None
        words = [word for word, target in _mapping(level).items() if self.leads_to(target, reference)]
        return name, str(words[0]) if words else reference.rsplit("/", 1)[-1], True

    def words_among(self, level: Mapping[str, Any], branch: Any) -> tuple[frozenset[str], bool]:
        """The words by which the discriminator of a choice knows an alternative, and whether all others mean it."""
        reference = branch.get("$ref") if isinstance(branch, dict) else None
        told = level.get("discriminator")
        rest = told.get("defaultMapping") if isinstance(told, Mapping) else None
        word = self.word_among(level, branch)
        if word is None:
            return frozenset(), False
        words = {str(word) for word, target in _mapping(level).items() if self.leads_to(target, reference)}
        return frozenset({word[1], *words}), self.leads_to(rest, reference)

    def called(self, node: Any, name: str, word: str) -> Any:
        """The same schema, known by this word in the property `name`."""
        copy = {"allOf": [node]}
        self._words[id(copy)] = (copy, (name, word, True))
        return copy

    def leads_to(self, target: object, reference: object) -> bool:
        """Whether an entry of a mapping means what a reference leads to: it may be a name, or another spelling."""
        if not isinstance(target, str) or not isinstance(reference, str):
            return False
        found = self._meant(target)
        return target == reference or (found is not None and found is self._at(reference))

    # --- looking -------------------------------------------------------------------------------------------------

    def _found(self, node: Any) -> tuple[Any, ...]:
        if not isinstance(node, dict) or not told_by(node) or "oneOf" in node or "anyOf" in node:
            return ()
        found = {id(heir): heir for heir in (*map(self._meant, _mapping(node).values()), *self._made_of(node))}
        return tuple(heir for heir in found.values() if isinstance(heir, dict) and heir is not node)[:HEIRS_MAX]

    def _made_of(self, node: Any) -> list[Any]:
        """The schemas that are made of this one, and those that are made of them."""
        if self._below is None:
            self._below = {}
            for name, schema in self._components():
                self._names[id(schema)] = name
                for part in self._parts(schema):
                    self._below.setdefault(id(part), []).append(schema)
        found: dict[int, Any] = {}
        todo = [node]
        while todo and len(found) < HEIRS_MAX:
            for heir in self._below.get(id(todo.pop(0)), ()):
                if id(heir) not in found:
                    found[id(heir)] = heir
                    todo.append(heir)
        return [*found.values()]

    def _told(self, node: Any) -> Word | None:
        self._made_of(node)  # knows all names
        todo, met = [node], set[int]()
        while todo and len(met) < HOPS_MAX:
            around = todo.pop(0)
            if isinstance(around, dict) and id(around) not in met:
                met.add(id(around))
                if (name := told_by(around)) and not ("oneOf" in around or "anyOf" in around):
                    return self._word_in(around, name, node)
                todo += self._parts(around)
        return None

    def _word_in(self, around: dict[str, Any], name: str, node: Any) -> Word | None:
        for word, target in _mapping(around).items():
            if self._meant(target) is node:
                return name, str(word), True
        own = node.get("x-ms-discriminator-value")
        own = own if isinstance(own, str) else self._names.get(id(node))
        return None if own is None else (name, own, False)

    # --- references ----------------------------------------------------------------------------------------------

    def _followed(self, node: Any) -> Any:
        """What a schema is, where it only refers to another one."""
        for _ in range(HOPS_MAX):
            if not isinstance(node, dict):
                return node
            parts = node.get("allOf")
            if isinstance(node.get("$ref"), str):
                node = self._at(node["$ref"])
            elif isinstance(parts, list) and len(parts) == 1 and node.keys() <= _SHOWN and id(node) not in self._names:
                node = parts[0]
            else:
                return node
        return None

    def _parts(self, schema: Any) -> Iterator[Any]:
        listed = schema.get("allOf") if isinstance(schema, dict) else None
        for part in listed if isinstance(listed, list) else ():
            yield self._at(part["$ref"]) if isinstance(part, dict) and isinstance(part.get("$ref"), str) else part

    def _components(self) -> Iterator[tuple[str, Any]]:
        for pointer in _COMPONENTS:
            listed = self._at(pointer)
            yield from listed.items() if isinstance(listed, dict) else ()

    def _meant(self, target: object) -> Any:
        """What an entry of a mapping leads to: the name of a schema, or a reference."""
        if not isinstance(target, str):
            return None
        found = [
            listed[target] for listed in map(self._at, _COMPONENTS) if isinstance(listed, dict) and target in listed
        ]
        return found[0] if found else self._at(target)

    def _at(self, reference: str) -> Any:
        try:
            return self._resolve(reference)
        except DocumentError:
            return None


def told_by(node: Mapping[str, Any]) -> str:
    """The property whose word tells alternatives or heirs apart; empty for none."""
    told = node.get("discriminator")
    name = told.get("propertyName") if isinstance(told, Mapping) else told
    return name if isinstance(name, str) else ""


def _mapping(node: Mapping[str, Any]) -> Mapping[str, Any]:
    told = node.get("discriminator")
    mapping = told.get("mapping") if isinstance(told, Mapping) else None
    return mapping if isinstance(mapping, Mapping) else {}
