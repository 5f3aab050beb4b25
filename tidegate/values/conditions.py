"""Conditions of a schema (`if`, `then`, `else`), settled for one value: JSON Schema 2020-12, core, section 10.2.2.

Which part holds is seen in a value that was made without them; so it is made once more, with the parts that hold for
it, and again where these change what holds. It makes no value.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tidegate.openapi.schema_merge import CONDITIONS
from tidegate.openapi.schema_types import Level
from tidegate.openapi.schema_words import CONSTRAINTS
from tidegate.openapi.schemas import Of, Schemas

ROUNDS_MAX = 3
"""A value is made so many times with the parts that held for the one before."""

_TYPED = frozenset({"type", "const", "enum", "oneOf", "anyOf"})
"""Keywords that say of which type a value is."""

Held = tuple[bool, ...]
"""For each condition of a level whether it holds."""


def held(schemas: Schemas, conditions: Sequence[Mapping[str, Any]], value: Any, of: Of) -> Held:
    """Which of the conditions hold for a value."""
    return tuple(schemas.validator(one["if"], of=of).is_valid(value) for one in conditions)


def settled(level: Level, held: Sequence[bool]) -> Level:
    """The level as a schema where these of its conditions hold, without conditions; () as if there were none."""
    asked = [*level.get("allOf", ())]
    for condition, holds in zip(level[CONDITIONS], held, strict=False):
        asked += _asked(condition, holds=holds)
    own = {key: value for key, value in level.items() if key not in (CONDITIONS, "allOf")}
    return {**own, "allOf": asked} if asked else own


def _asked(condition: Mapping[str, Any], *, holds: bool) -> list[Any]:
    if holds:
        return [condition["if"], *([condition["then"]] if "then" in condition else ())]
    return [{"not": condition["if"]}, *([condition["else"]] if "else" in condition else ())]


class Conditions:
    """The conditions of one document's schemas. What it hands out is the same each time."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._settled: dict[tuple[int, Held | None], tuple[Any, Level]] = {}
        self._together: dict[tuple[int, ...], tuple[Sequence[Any], Level]] = {}
        self._beside: dict[tuple[int, str, int], tuple[Level, Any]] = {}

    def held(self, level: Level, value: Any, of: Of) -> Held:
        """Which conditions of the level hold for a value."""
        return held(self._schemas, level[CONDITIONS], value, of)

    def settled(self, node: Any, level: Level, held: Held | None) -> Level:
        """A schema as the level of `node` is where these hold, without conditions; None: as if there were none."""
        cached = self._settled.get((id(node), held))
        if cached is None:
            cached = self._settled[id(node), held] = (node, settled(level, held or ()))
        return cached[1]

    def together(self, *nodes: Any) -> Any:
        """A schema that asks for all that these ask for."""
        asked = [node for node in nodes if node not in (True, {})] or [{}]
        if len(asked) == 1:
            return asked[0]
        mark = (*map(id, asked),)
        if (
            mark not in self._together
        ):  # the schemas are stored too: while they live, no other object can have their ids
            self._together[mark] = (asked, {"allOf": asked})
        return self._together[mark][1]

    def beside(self, level: Level, keyword: str, place: int) -> Any:
        """An alternative, with what the level asks for beside its alternatives of this keyword."""
        mark = (id(level), keyword, place)
        if mark not in self._beside:
            branch = level[keyword][place]
            rest = {key: value for key, value in level.items() if key in CONSTRAINTS and key != keyword}
            self._beside[mark] = (level, {"allOf": [rest, branch]} if self._narrows(rest, branch) else branch)
        return self._beside[mark][1]

    def _narrows(self, rest: Level, branch: Any) -> bool:
        """Whether the rest says more of what is no object than the alternative does."""
        inner = self._schemas.plain(branch)
        if "properties" in rest or "properties" in inner:
            return False
        return bool(rest.keys() - {"type"}) or ("type" in rest and not _TYPED & inner.keys())
