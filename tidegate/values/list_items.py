"""Values that may stand in the place of another one, for lists whose items are all different (`uniqueItems`)."""

from collections.abc import Mapping

from tidegate.openapi.schema_types import Level, types_of
from tidegate.openapi.validator import pattern_matches
from tidegate.values.json_value import Value


def others(level: Level, item: Value, count: int) -> list[Value]:
    """So many values that may stand where `item` does."""
    kinds = types_of(level)
    plain = [value for kind, value in _SINGLE if kind in kinds]
    return [*_like(level, item, count), *plain]


_SINGLE: tuple[tuple[str, Value], ...] = (("null", None), ("boolean", False), ("boolean", True))
"""The types of few values."""


def _like(level: Level, item: Value, count: int) -> list[Value]:
    """Others of the same type."""
    turns = range(1, count + 1)
    if isinstance(item, bool):
        return [not item]
    if isinstance(item, str):
        return [text for text in (item + str(turn) for turn in turns) if _fits(level, text)]
    if isinstance(item, int | float):
        step, least, most = level.get("multipleOf", 1), level.get("minimum"), level.get("maximum")
        near = [item + sign * turn * step for sign in (1, -1) for turn in turns]
        return [one for one in near if (least is None or one >= least) and (most is None or one <= most)]
    if isinstance(item, dict):
        named = [key for key, value in item.items() if isinstance(value, str | int | float)]
        inner = level.get("properties", {})
        return [
            {**item, key: other}
            for key in named
            for other in _choices(inner.get(key, {}) if isinstance(inner.get(key), dict) else {}, item[key], count)
        ]
    return []


def _choices(level: Mapping[str, Value], item: Value, count: int) -> list[Value]:
    listed = level.get("enum")
    return [*listed] if isinstance(listed, list) else others(level, item, count)


def _fits(level: Level, text: str) -> bool:
    return len(text) <= level.get("maxLength", len(text)) and pattern_matches(level.get("pattern", ""), text)
