"""Questions to one level of a schema, as tidegate.openapi.schemas gives it."""

from collections.abc import Mapping
from typing import Any

from tidegate.openapi.schema_words import UNSAID_NULL

Level = Mapping[str, Any]


def types_of(level: Level) -> list[str]:
    """The types that it names, none where it names none."""
    types = level.get("type", ())
    return [types] if isinstance(types, str) else list(types)


def choices_of(level: Level) -> list[Any]:
    """Its alternatives, as they stand; none where it has none."""
    return [*level.get("oneOf", ()), *level.get("anyOf", ())]


def may_be_null(level: Level) -> bool:
    """True where the schema says that it takes null."""
    if UNSAID_NULL in level:
        return False
    return "null" in types_of(level) or any(
        isinstance(choice, dict) and choice.get("type") == "null" for choice in choices_of(level)
    )


def is_scalar(level: Level) -> bool:
    """True where the schema takes single values only."""
    types = set(types_of(level))
    return bool(types) and not types & {"object", "array"}
