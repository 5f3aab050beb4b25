"""Names of properties that must be there although the schema names them nowhere, and the schemas of their values.

JSON Schema 2020-12: `required`, `minProperties`, `propertyNames`, `patternProperties`, and what depends on others. It
makes no value.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tidegate.openapi.schema_types import Level
from tidegate.openapi.validator import pattern_matches
from tidegate.values.json_value import Value
from tidegate.values.regex_strings import Pick, matching
from tidegate.values.string_values import StringValues

NAMES_TRIED = 4
"""So many names are drawn for a property that only a pattern, or a schema for names, speaks of."""

ANY_TEXT: Level = {"type": "string"}
"""The schema of what no schema is about. One object: candidates are known by their schemas' identity."""


def unnamed(level: Level, names: Level, members: Mapping[str, Value], texts: StringValues, pick: Pick) -> Iterator[str]:
    """Properties that must be there although no schema names them, by names that may stand there.

    `names` is the schema of names. `members` may grow meanwhile.
    """
    yield from [key for key in level.get("required", ()) if key not in level.get("properties", {})]
    listed = [name for name in names.get("enum", ()) if isinstance(name, str)]
    patterns = [*level.get("patternProperties", ())]
    for place in range(len(members), level.get("minProperties", 0)):
        if "enum" in names:
            yield next((name for name in listed if name not in members), f"key{place}")
            continue
        made = (
            (texts.text("", names, pick) for _ in range(NAMES_TRIED))
            if names
            else (matching(pattern, pick) for pattern in patterns for _ in range(NAMES_TRIED))
        )
        yield next((name for name in made if name and name not in members), f"key{place}")


def depending(level: Level, members: Mapping[str, Value]) -> list[str]:
    """Properties that must be there because others are, and those that these ask for."""
    asked: Mapping[str, Any] = level.get("dependentRequired", {})
    todo, found = [*members], dict[str, None]()
    while todo and asked:
        new = [name for name in asked.get(todo.pop(), ()) if name not in members and name not in found]
        found |= dict.fromkeys(new)
        todo += new
    return [*found]


def asked_of(level: Level, key: str, together: Callable[..., Any]) -> Any:
    """The schema of the property of this name: its own and those of the patterns that it matches `together`.

    Where there is none, that of the rest.
    """
    own = [level["properties"][key]] if key in level.get("properties", ()) else []
    if not own or "patternProperties" in level:
        own += [inner for pattern, inner in level.get("patternProperties", {}).items() if pattern_matches(pattern, key)]
    if own:
        return together(*own)
    extra = level.get("additionalProperties", level.get("unevaluatedProperties"))
    return extra if isinstance(extra, dict) else ANY_TEXT
