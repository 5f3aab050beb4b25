"""The items of a list: which schema each has, whether it may follow those before it, and what may stand in its place.

JSON Schema 2020-12: `prefixItems`, `items`, `contains` and `uniqueItems`. It makes no item of a list from nothing.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from tidegate.openapi.schema_merge import value_key
from tidegate.openapi.schema_types import Level, types_of
from tidegate.openapi.validator import pattern_matches
from tidegate.values.json_value import Value

Plain = Callable[[Any], Level]
"""Gives one level of a schema in plain words."""

DRAWN_TRIED = 16
"""So many texts are drawn for an item that must differ from those before it, or from what the schema refuses."""

OTHERS_DEPTH_MAX = 3
"""Alternatives of alternatives … are looked through so deep for an item that differs."""


def item_schema(level: Level, place: int) -> Any:
    """The schema of the item at a place."""
    prefix = level.get("prefixItems", ())
    return prefix[place] if place < len(prefix) else level.get("items", level.get("unevaluatedItems", {}))


def counted_places(level: Level) -> range:
    """The places of the items that `contains` counts: behind those with schemas of their own, if more may follow."""
    count = level.get("minContains", 1) if "contains" in level else 0
    first = len(level.get("prefixItems", ()))
    most = first if first and item_schema(level, first) is False else level.get("maxItems", first + count)
    first = max(min(first, most - count), 0) if count else 0
    return range(first, first + count)


def may_follow(
    level: Level, items: Sequence[Value], marks: set[Hashable], counts: Callable[[Any], bool] | None, item: Value
) -> bool:
    """True where an item may stand behind these: it is another, and not one too many of those that `counts` takes.

    `marks` has the keys of the items so far.
    """
    if level.get("uniqueItems") and value_key(item) in marks:
        return False
    if counts is None or "maxContains" not in level:
        return True
    return not counts(item) or sum(map(counts, items)) < level["maxContains"]


# --- in the place of another one -------------------------------------------------------------------------------------


def others(plain: Plain, level: Level, item: Value, count: int) -> Iterator[Value]:
    """Some `count` values that may stand where `item` does, mostly."""
    yield from _like(plain, level, item, count)
    kinds = types_of(level)
    yield from (value for kind, value in _SINGLE if kind in kinds)


_SINGLE: tuple[tuple[str, Value], ...] = (("null", None), ("boolean", False), ("boolean", True))
"""The types of few values."""


def _like(plain: Plain, level: Level, item: Value, count: int) -> Iterator[Value]:
    """Others of the same type."""
    if isinstance(item, bool):
        yield not item
    elif isinstance(item, str):
        yield from (text for turn in range(1, count + 1) if _fits(level, text := item + str(turn)))
    elif isinstance(item, int | float):
        yield from _numbers(level, item, count)
    elif isinstance(item, dict):
        named = level.get("properties", {})
        for key, value in item.items():
            yield from ({**item, key: other} for other in _choices(plain, named.get(key, {}), value, count))
    elif isinstance(item, list):
        for place, value in enumerate(item):
            inner = _choices(plain, item_schema(level, place), value, count)
            yield from ([*item[:place], other, *item[place + 1 :]] for other in inner)


def _choices(plain: Plain, node: Any, value: Value, count: int) -> Iterator[Value]:
    level = plain(node)
    listed = level.get("enum")
    yield from listed if isinstance(listed, list) else others(plain, level, value, count)


def _numbers(level: Level, item: float, count: int) -> Iterator[float]:
    """Numbers some steps away, counted in tens as they are written, and what is between the bounds."""
    exact, step = Decimal(str(item)), Decimal(str(level.get("multipleOf", 1)))
    near = [exact + sign * turn * step for sign in (1, -1) for turn in range(1, count + 1)]
    least, most = (level.get(key, level.get(strict)) for key, strict in _ENDS)
    if "multipleOf" not in level and "integer" not in types_of(level) and None not in (least, most):
        width = (Decimal(str(most)) - Decimal(str(least))) / (count + 1)
        near += [Decimal(str(least)) + turn * width for turn in range(1, count + 1)]
    for other in near:
        one = int(other) if other == other.to_integral_value() else float(other)
        if _is_within(level, one):
            yield one


_ENDS = (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"))


def _is_within(level: Level, number: float) -> bool:
    least, above = level.get("minimum", number), level.get("exclusiveMinimum", number - 1)
    most, below = level.get("maximum", number), level.get("exclusiveMaximum", number + 1)
    return bool(least <= number <= most and above < number < below)


def _fits(level: Level, text: str) -> bool:
    return len(text) <= level.get("maxLength", len(text)) and pattern_matches(level.get("pattern", ""), text)
