"""Coercion: the text of parameters and forms as the values that their schemas ask for, as far as it goes.

What cannot be turned stays as it came, and the schema then refuses it: nothing is refused here. Values that came as
JSON have their types already and do not come by.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain, repeat
from typing import Any

import orjson

from tidegate.openapi.schema_merge import CONDITIONS
from tidegate.openapi.schema_types import Level, choices_of
from tidegate.openapi.schema_words import type_of
from tidegate.openapi.schemas import Schemas
from tidegate.openapi.validator import pattern_matches
from tidegate.simulator.request.json_text import JsonError, parsed
from tidegate.values.conditions import held

Coercer = Callable[[Any], Any]

DEPTH_MAX = 4
"""Alternatives inside alternatives are looked into so deep."""

EAGER_MAX = 20
"""Coercers inside one another are made so deep at once, and deeper ones when a value comes that needs them."""

TRIES_MAX = 1_000
"""The alternatives of one parameter or field are tried so often, those inside it too; then it stays as it came."""

NESTED_MAX = 40
"""Alternatives are tried inside one another so deep."""

_INTEGER = re.compile(r"[+-]?[0-9]{1,20}\Z")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?\Z")
_BOOLEANS = {"true": True, "false": False, "True": True, "False": False, "1": True, "0": False}


class Coercions:
    """Coercers by schema, each made when it is first asked for. None for a schema that takes text as it comes."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._made: dict[int, tuple[Any, Coercer | None]] = {}
        self._making = 0
        self._choosing = 0
        self._tries = 0

    def of(self, node: Any) -> Coercer | None:
        """The coercer of a schema."""
        if id(node) not in self._made:
            later = lambda value: self._again(node, value)  # noqa: E731 - for what holds itself, or is far inside
            if self._making >= EAGER_MAX:
                return later
            self._made[id(node)] = (node, later)
            self._making += 1
            try:
                self._made[id(node)] = (node, self._make(node))
            finally:
                self._making -= 1
        return self._made[id(node)][1]

    def types(self, node: Any) -> frozenset[str]:
        """The types that a schema takes, those of its alternatives too; empty where it says none."""
        names: set[str] = set()
        met: set[int] = set()
        choices = [node]
        for _ in range(DEPTH_MAX + 1):
            levels = {id(level): level for level in map(self._schemas.plain, choices) if id(level) not in met}
            met |= levels.keys()
            names |= {name for level in levels.values() for name in _types(level)}
            choices = [choice for level in levels.values() for choice in choices_of(level)]
        return frozenset(names)

    def _again(self, node: Any, value: Any) -> Any:
        coercer = self.of(node)
        return value if coercer is None else coercer(value)

    def _make(self, node: Any) -> Coercer | None:
        level = self._schemas.plain(node)
        own, choices = self._conditional(level, self._own(level)), choices_of(level)
        inner = [coercer for coercer in map(self.of, choices) if coercer is not None]
        if not inner:
            return own
        fits: list[Callable[[Any], bool]] = []

        def choose(value: Any) -> Any:
            value = value if own is None else own(value)
            turned = [
                candidate
                for candidate in self._tried(inner, value)
                if candidate != value or type(candidate) is not type(value)
            ]
            if not turned:
                return value
            if not fits:
                fits.extend(self._schemas.validator(choice, of="request").is_valid for choice in choices)
            return next((candidate for candidate in (value, *turned) if any(fit(candidate) for fit in fits)), turned[0])

        return choose

    def _conditional(self, level: Mapping[str, Any], own: Coercer | None) -> Coercer | None:
        """The coercer `own`, and after it those of the parts that hold by the conditions of the schema."""
        ways = [[self.of(one.get(part, {})) for part in ("then", "else")] for one in level.get(CONDITIONS, ())]
        if not any(map(any, ways)):
            return own

        def settle(value: Any) -> Any:
            value = value if own is None else own(value)
            holding = held(self._schemas, level[CONDITIONS], value, "request")
            for way, holds in zip(ways, holding, strict=True):
                coercer = way[0] if holds else way[1]
                value = value if coercer is None else coercer(value)
            return value

        return settle

    def _tried(self, coercers: list[Coercer], value: Any) -> Iterator[Any]:
        """What each makes of the value, as long as no more than TRIES_MAX were made of the outermost one.

        Alternatives that hold themselves end at NESTED_MAX.
        """
        if not self._choosing:
            self._tries = 0
        for coercer in coercers:
            self._tries += 1
            if self._tries > TRIES_MAX or self._choosing >= NESTED_MAX:
                return
            self._choosing += 1
            try:
                yield coercer(value)
            finally:
                self._choosing -= 1

    def _own(self, level: Level) -> Coercer | None:
        types = _types(level)
        if "string" in types:
            return _among(level["enum"]) if "type" not in level and "enum" in level else None
        ways = [coercer for name, coercer in _SCALARS.items() if name in types]
        if "object" in types or "properties" in level:
            ways.append(self._object(level))
        elif "array" in types:
            ways.append(self._array(level))
        elif "null" in types:
            return _or_null(_first(ways))
        return _first(ways) if ways else None

    def _array(self, level: Level) -> Coercer:
        first, rest = [*map(self.of, level.get("prefixItems", ()))], self.of(level.get("items", {}))

        def array(value: Any) -> Any:
            if isinstance(value, dict) and all(key.isdecimal() for key in value):
                value = [value[key] for key in sorted(value, key=int)]
            elif isinstance(value, str):
                value = _as_json(value, "[")
            if not isinstance(value, list) or not (first or rest):
                return value
            coercers = chain(first, repeat(rest))
            return [entry if turn is None else turn(entry) for entry, turn in zip(value, coercers, strict=False)]

        return array

    def _is_single(self, schema: Any) -> bool:
        """Whether a schema takes no list."""
        names = self.types(schema)
        return bool(names) and "array" not in names

    def _member(self, schema: Any) -> Coercer | None:
        """The coercer of a field: of several values for what is no list the last counts."""
        coercer, is_single = self.of(schema), self._is_single(schema)

        def turned(value: Any) -> Any:
            if is_single and isinstance(value, list):
                value = value[-1] if value else ""
            return value if coercer is None else coercer(value)

        return turned if is_single or coercer is not None else None

    def unnamed(self, level: Level) -> Callable[[str], Coercer | None]:
        """What gives the coercer of a field that a level does not name."""
        made: dict[int, Coercer | None] = {}
        patterns, extra = level.get("patternProperties", {}), level.get("additionalProperties")

        def coercer_of(name: str) -> Coercer | None:
            schema = next((inner for pattern, inner in patterns.items() if pattern_matches(pattern, name)), extra)
            if not isinstance(schema, Mapping):
                return None
            if id(schema) not in made:
                made[id(schema)] = self._member(schema)
            return made[id(schema)]

        return coercer_of

    def _object(self, level: Level) -> Coercer:
        named = {name: self._member(schema) for name, schema in level.get("properties", {}).items()}
        unnamed = self.unnamed(level)

        def fields(value: Any) -> Any:
            if isinstance(value, str):
                value = _as_json(value, "{")
            if not isinstance(value, dict):
                return value
            turned = dict(value)
            for name, member in value.items():
                coercer = named[name] if name in named else unnamed(name)
                if coercer is not None:
                    turned[name] = coercer(member)
            return turned

        return fields


def _types(level: Level) -> list[str]:
    """The types that a schema names, else those of the values that it lists."""
    declared = level.get("type")
    if declared is None:
        listed = level.get("enum", [level["const"]] if "const" in level else [])
        return [*dict.fromkeys(type_of(value) for value in listed)]
    return [declared] if isinstance(declared, str) else list(declared)


def _first(ways: list[Coercer]) -> Coercer | None:
    """The first that makes something else of a value; None for none."""
    if len(ways) < 2:
        return ways[0] if ways else None
    return lambda value: next((turned for way in ways if (turned := way(value)) is not value), value)


def _among(listed: list[Any]) -> Coercer:
    """A text as the value of a list that is written so, where it is none of the list itself."""
    written = {orjson.dumps(value).decode(): value for value in listed if not isinstance(value, str)}
    return lambda value: written.get(value, value) if isinstance(value, str) and value not in listed else value


def _integer(value: Any) -> Any:
    return int(value) if isinstance(value, str) and _INTEGER.match(value) else value


def _number(value: Any) -> Any:
    if not isinstance(value, str) or not _NUMBER.match(value):
        return value
    return int(value) if _INTEGER.match(value) else float(value)


def _boolean(value: Any) -> Any:
    return _BOOLEANS.get(value, value) if isinstance(value, str) else value


def _or_null(coercer: Coercer | None) -> Coercer:
    """A coercer for what may be null as well: a form, or a query, says so by an empty text."""
    return lambda value: None if value == "" else value if coercer is None else coercer(value)


_SCALARS: dict[str, Coercer] = {"integer": _integer, "number": _number, "boolean": _boolean}


def _as_json(text: str, first: str) -> Any:
    """A form's text read as JSON, as multipart has it (OpenAPI 3.0, Encoding Object), where it begins like JSON."""
    if text[:1] != first:
        return text
    try:
        return parsed(text)
    except JsonError:
        return text
