"""What a compiled schema can cost: how often one value is tried against parts of it.

`allOf`, `anyOf`, references and their like apply to the same value, so parts that name each other twice on each level
are tried 2ⁿ times. It counts, on schemas in 2020-12 words with their `$defs`, and judges nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

TRIES_MAX = 20_000
"""One value is tried against so many parts of a schema; of real documents the most is some hundred."""

_ONE = ("not", "if", "then", "else")
_LISTS = ("allOf", "anyOf", "oneOf")
_DEFINED = "#/$defs/"


def tries(schema: Any, definitions: Mapping[str, Any]) -> int:
    """How many parts of the schema one value is tried against at most; beyond TRIES_MAX it no longer counts exactly.

    Every part of the schema is looked into, also those for what is inside of the value, and the most is what counts.
    """
    costs: dict[str, int] = {}
    most = 0
    for name in _in_order(definitions):
        cost, inside = _cost(definitions[name], costs)
        costs[name] = cost
        most = max(most, cost, inside)
    return max(most, *_cost(schema, costs))


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


def _cost(schema: Any, costs: Mapping[str, int]) -> tuple[int, int]:
    """Of the value itself, and the most of any value inside of it."""
    if not isinstance(schema, Mapping):
        return 1, 0
    total, inside = 1, 0
    for key, inner in schema.items():
        if key == "$ref":
            total += costs.get(str(inner).removeprefix(_DEFINED), 1)
            continue
        for part in _parts(key, inner):
            cost, deeper = _cost(part, costs)
            inside = max(inside, deeper)
            if key in _ONE or key in _LISTS or key == "dependentSchemas":
                total += cost
            else:
                inside = max(inside, cost)
    return min(total, TRIES_MAX + 1), inside


def _parts(key: str, inner: Any) -> Iterator[Any]:
    if key in ("properties", "patternProperties", "dependentSchemas"):
        yield from inner.values()
    elif key in ("prefixItems", *_LISTS):
        yield from inner
    elif key in (
        *_ONE,
        "items",
        "additionalProperties",
        "contains",
        "propertyNames",
        "unevaluatedItems",
        "unevaluatedProperties",
    ):
        yield inner


def _in_order(definitions: Mapping[str, Any]) -> list[str]:
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
            for key in (*_ONE, *_LISTS, "dependentSchemas"):
                todo += _parts(key, node[key]) if key in node else ()
