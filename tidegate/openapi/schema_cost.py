"""What a compiled schema can cost: how often one value, and what is inside of it, is tried against parts of it.

`allOf`, `anyOf`, references and their like apply to the same value, so parts that name each other twice on each level
are tried 2ⁿ times. It counts, on schemas in 2020-12 words with their `$defs`, and decides nothing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from tidegate.openapi.schema_words import INNER

TRIES_MAX = 20_000
"""One value is tried against so many parts of a schema; of real documents the most is some hundred."""

KEYS_MAX = 200_000
"""So many properties are looked through to find how a schema grows; one with more is taken to grow fastest."""

Definitions = Mapping[str, Any]

_ONE = ("not", "if", "then", "else")
_LISTS = ("allOf", "anyOf", "oneOf")
_DEFINED = "#/$defs/"
_ANY = "*"
"""Stands for every property and item that is not named."""
_STRUCTURED = frozenset({"$ref", "properties", "patternProperties", "prefixItems", "dependentSchemas", *INNER, *_LISTS})


def joining_cost(own: Mapping[str, Any], parts: Sequence[Mapping[str, Any]]) -> int:
    """The number of keywords, properties and names that are gone through when parts are joined one after the other."""
    size = _size(own)
    cost = 1
    for part in parts:
        size += _size(part)
        cost += size
    return cost


def _size(level: Mapping[str, Any]) -> int:
    return len(level) + sum(len(level[key]) for key in ("properties", "required", "enum", "allOf") if key in level)


class SchemaCosts:
    """The costs of the schemas of one document, each found once. Names of definitions must stay what they are."""

    def __init__(self) -> None:
        self._tries: dict[str, int] = {}
        self._keys: dict[str, Counter[str]] = {}
        self._most: dict[str, tuple[int, int]] = {}

    def of(self, schema: Any, definitions: Definitions) -> tuple[int, int]:
        """How many parts one value is tried against at most, and by how much that multiplies with each level.

        Every part of the schema is looked into, also those for what is inside of the value, and the most is what
        counts. Beyond TRIES_MAX it is not counted exactly; where nothing is tried twice, the growth is 1.
        """
        unknown = {name: inner for name, inner in definitions.items() if name not in self._most}
        for name in _in_order(unknown):
            self._most[name] = self._learn(name, unknown[name])
        found = [self._most[name] for name in definitions]
        own = self._learn("", schema)
        return max(own[0], *(tries for tries, _ in found), 1), max(own[1], *(growth for _, growth in found), 1)

    def _learn(self, name: str, schema: Any) -> tuple[int, int]:
        cost, inside = _cost(schema, self._tries)
        self._tries[name] = cost
        growth, left = 1, KEYS_MAX
        todo = [schema]
        while todo and cost <= TRIES_MAX:
            node = todo.pop()
            keys = _keys(node, self._keys)
            if node is schema:
                self._keys[name] = keys
            left -= len(keys) + 1
            if left < 0:
                return max(cost, inside), TRIES_MAX
            growth = max(growth, max(keys.values(), default=0) + keys[_ANY] * (len(keys) > 1))
            todo += _inside(node)
        return max(cost, inside), growth


def spent(schema: Any, definitions: Definitions, value: Any, *, most: int) -> int:
    """How many tries this value takes at most, inner values counted; more than `most` is not counted exactly."""
    known: dict[tuple[int, int], int] = {}

    def count(node: Any, inner: Any) -> int:
        if not isinstance(node, Mapping):
            return 1
        mark = (id(node), id(inner))
        if mark in known:
            return known[mark]
        known[mark] = 1  # where it is met again before it is done
        if len(known) > most:
            return most + 1
        total = 1
        for part, part_value in _applied(node, inner, definitions):
            total += count(part, part_value)
            if total > most:
                break
        known[mark] = min(total, most + 1)
        return known[mark]

    try:
        return count(schema, value)
    except RecursionError:
        return most + 1


def _applied(node: Mapping[str, Any], value: Any, definitions: Definitions) -> Iterator[tuple[Any, Any]]:
    """Each part of a schema, and the value that it is tried on: this one, or one inside of it."""
    if "$ref" in node:
        yield definitions.get(str(node["$ref"]).removeprefix(_DEFINED)), value
    for part in _in_place(node):
        yield part, value
    if isinstance(value, dict):
        properties = node.get("properties", {})
        for key in value.keys() & properties.keys():
            yield properties[key], value[key]
        others = [*node.get("patternProperties", {}).values(), *_those(node, _OF_OBJECTS)]
        yield from product(others, value.values())
    elif isinstance(value, list):
        yield from zip(node.get("prefixItems", ()), value, strict=False)
        yield from product(_those(node, _OF_LISTS), value)


_OF_OBJECTS = ("additionalProperties", "unevaluatedProperties")
_OF_LISTS = ("items", "contains", "unevaluatedItems")


def _those(node: Mapping[str, Any], keywords: Sequence[str]) -> list[Any]:
    return [node[key] for key in keywords if isinstance(node.get(key), Mapping)]


def _in_place(node: Mapping[str, Any]) -> Iterator[Any]:
    """The parts that apply to the same value, references aside."""
    for key in _ONE:
        if key in node:
            yield node[key]
    for key in _LISTS:
        yield from node.get(key, ())
    yield from node.get("dependentSchemas", {}).values()


def _inside(node: Any) -> Iterator[Any]:
    """Every part of a schema, references not followed."""
    if isinstance(node, Mapping):
        yield from _in_place(node)
        for key in ("properties", "patternProperties"):
            yield from node.get(key, {}).values()
        yield from node.get("prefixItems", ())
        yield from _those(node, (*_OF_OBJECTS, *_OF_LISTS, "propertyNames"))


def _keys(node: Any, known: Mapping[str, Counter[str]]) -> Counter[str]:
    """How often each property of a value is tried against something that has parts itself."""
    keys: Counter[str] = Counter()
    if not isinstance(node, Mapping):
        return keys
    for name, part in node.get("properties", {}).items():
        keys[name] += _is_structured(part)
    others = [*node.get("patternProperties", {}).values(), *node.get("prefixItems", ())]
    keys[_ANY] += sum(map(_is_structured, (*others, *_those(node, (*_OF_OBJECTS, *_OF_LISTS)))))
    for part in _in_place(node):
        keys += _keys(part, known)
    if "$ref" in node:
        keys += known.get(str(node["$ref"]).removeprefix(_DEFINED), Counter())
    return keys


def _is_structured(part: Any) -> bool:
    return isinstance(part, Mapping) and not _STRUCTURED.isdisjoint(part)


def _cost(schema: Any, costs: Mapping[str, int]) -> tuple[int, int]:
    """Of the value itself, and the most of any value inside of it."""
    if not isinstance(schema, Mapping):
        return 1, 0
    total, inside = 1, 0
    if "$ref" in schema:
        total += costs.get(str(schema["$ref"]).removeprefix(_DEFINED), 1)
    here = {id(part) for part in _in_place(schema)}
    for part in _inside(schema):
        cost, deeper = _cost(part, costs)
        inside = max(inside, deeper)
        if id(part) in here:
            total += cost
        else:
            inside = max(inside, cost)
    return min(total, TRIES_MAX + 1), inside


def _in_order(definitions: Definitions) -> list[str]:
    """The names, each after those that it refers to in its own place, as far as they are in no circle."""
    order: list[str] = []
    met: set[str] = set()
    for start in definitions:
        todo = [(start, False)]
        while todo:
            name, done = todo.pop()
            if done:
                order.append(name)
            elif name not in met and name in definitions:
                met.add(name)
                todo.append((name, True))
                todo += [(inner, False) for inner in _references(definitions[name])]
    return order


def _references(schema: Any) -> Iterator[str]:
    """What a schema refers to for the same value."""
    todo = [schema]
    while todo:
        node = todo.pop()
        if isinstance(node, Mapping):
            if "$ref" in node:
                yield str(node["$ref"]).removeprefix(_DEFINED)
            todo += _in_place(node)
