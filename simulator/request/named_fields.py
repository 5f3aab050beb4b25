"""The fields that a schema names: its own, those of its alternatives, and those that its conditions bring.

What of it holds for a request is the validator's business.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tidegate.openapi.schema_merge import CONDITIONS
from tidegate.openapi.schema_types import Level
from tidegate.openapi.schemas import Schemas

DEPTH_MAX = 4
"""Alternatives inside alternatives are looked into so deep."""

PARTS_MAX = 1_000
"""So many parts of one schema are looked into."""


def named_fields(schemas: Schemas, level: Level) -> Mapping[str, Any]:
    """Each field with its schema; with a choice of all of them where the parts have several."""
    own: Mapping[str, Any] = level.get("properties", {})
    found: dict[str, list[Any]] = {}
    for part in _parts(schemas, level):
        for name, schema in part.get("properties", {}).items():
            if name not in own and schema not in found.setdefault(name, []):
                found[name].append(schema)
    if not found:
        return own
    return {**own, **{name: among[0] if len(among) == 1 else {"anyOf": among} for name, among in found.items()}}


def _parts(schemas: Schemas, level: Level) -> Iterator[Level]:
    levels: Sequence[Level] = [level]
    left = PARTS_MAX
    for _ in range(DEPTH_MAX):
        levels = [schemas.plain(part) for outer in levels for part in _choices(outer)][:left]
        left -= len(levels)
        yield from levels


def _choices(level: Level) -> list[Any]:
    ways = [one[part] for one in level.get(CONDITIONS, ()) for part in ("then", "else") if part in one]
    return [*level.get("anyOf", ()), *level.get("oneOf", ()), *ways]
