"""Prototypes: the values that every new object of a kind begins with, and those in which each differs.

Every object of a kind begins with the same values, but for its id, its moments and a few fields that are drawn for
each. It stores nothing, and what was sent is not its business.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote

from tidegate.openapi.schema_types import Level, is_scalar, types_of
from tidegate.openapi.validator import pattern_matches
from tidegate.simulator.document.id_place import param_level
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_model import ResourceModel
from tidegate.values.candidates import GenerationMode
from tidegate.values.formed_identifiers import formed
from tidegate.values.json_value import NOTHING, Obj
from tidegate.values.string_values import EPOCH, moment, plain_name
from tidegate.values.value_generator import ANSWER, FULL, ValueGenerator

DEPTH_MAX = 6
"""Addresses are looked for so deep in a field."""

TRIED = 3
"""So many ids are made to see whether a way of making them is right."""

TURNS_MAX = 20
"""An id that does not fit its schema is made anew so often, and one that is too short made longer."""

POOL = 32
"""A drawn field has one of so many values. An id is always its own."""

_CREATED = frozenset({
    "created", "createdat", "createdon", "datecreated", "creationdate", "creationtime", "createtime", "createdtime",
    "submittedat", "startedat",
})  # fmt: skip
_UPDATED = frozenset({
    "updated", "updatedat", "updatedon", "dateupdated", "modifiedat", "lastmodified", "updatetime", "pushedat",
    "modified", "datemodified",
})  # fmt: skip
"""Plain names of fields that hold the moment at which the vendor made or changed the object."""
_IDS = re.compile(r"(^|_)(id|sid|uuid|token|key|secret)$|(Id|Sid)$")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z", re.IGNORECASE)
_PREFIXED = re.compile(r"[A-Za-z0-9_-]*[_-](?=[A-Za-z0-9]{4,}\Z)")
_A_UUID = {"type": "string", "format": "uuid"}


@dataclass(frozen=True, slots=True)
class Prototype:
    """A kind's object of which nothing is known: all fields, those that are drawn, and those that hold a moment."""

    fields: Obj
    drawn: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    """Fields, and the values that they may have; none where each object has its own."""
    made: tuple[tuple[str, Level], ...] = ()
    """Fields with the moment of the making, and their schemas."""
    touched: tuple[tuple[str, Level], ...] = ()
    """Those among them that a change sets again."""
    sample_id: str = ""
    """The id of the sample that it is made of, where fields hold addresses below that."""
    addressed: tuple[str, ...] = ()
    """These fields."""


class Prototypes:
    """Blank objects of one document's kinds. `fixtures` are the vendor's own sample objects by kind."""

    def __init__(self, kinds: ResourceModel, generator: ValueGenerator, fixtures: Mapping[str, Any]) -> None:
        self._schemas = kinds.document.schemas
        self._kinds = kinds
        self._generator = generator
        self._fixtures = fixtures
        self._made: dict[tuple[str, str, bool], Prototype] = {}
        self._ids: dict[str, Callable[[str], Any]] = {}

    def of(self, kind: ResourceKind, *, full: bool = False) -> Prototype:
        """The values that every object of the kind begins with. `full` has values where a new object has null."""
        prototype = self._made.get((kind.name, kind.variant, full))
        if prototype is None:
            prototype = self._made[kind.name, kind.variant, full] = self._prototype(kind, FULL if full else ANSWER)
        return prototype

    def new(self, kind: ResourceKind, name: str, wall: int, *, full: bool = False) -> Obj:
        """An object with an id of its own."""
        prototype = self.of(kind, full=full)
        return {**prototype.fields, **self.own(kind, prototype, name, wall, FULL if full else ANSWER)}

    def own(self, kind: ResourceKind, prototype: Prototype, name: str, wall: int, mode: GenerationMode = ANSWER) -> Obj:
        """The fields in which a new object differs from the prototype."""
        fields: Obj = {}
        if prototype.drawn:
            turn = self._generator.first_pick(f"{kind.name}:{name}", 1 << 128)
            for place, (field, values) in enumerate(prototype.drawn):
                if values:
                    fields[field] = values[(turn >> (5 * (place % 25))) % len(values)]
                else:
                    fields[field] = self._drawn(kind, field, name, mode)
        for field, level in prototype.made:
            fields[field] = moment(wall, level, field)
        if kind.id_field in prototype.fields or (kind.id_field and not kind.fields):
            fields[kind.id_field] = self.identifier(kind, name)
        elif len(kind.id_at) > 1:
            top = kind.id_at[0]
            fields[top] = kind.with_id({top: prototype.fields.get(top)}, self.identifier(kind, name))[top]
        return fields

    def readdressed(self, kind: ResourceKind, thing: Obj, identifier: Any, *, full: bool = False) -> Obj:
        """The object with addresses below its own id, where those of the sample's are still in it."""
        prototype = self.of(kind, full=full)
        if not prototype.addressed:
            return thing
        own = {
            field: _moved(thing[field], f"/{prototype.sample_id}", f"/{quote(str(identifier), safe=_PATH)}")
            for field in prototype.addressed
            if thing.get(field) == prototype.fields[field]
        }
        return {**thing, **own}

    def touched(self, kind: ResourceKind, wall: int) -> Obj:
        """The fields that a change at this moment sets."""
        return {field: moment(wall, level, field) for field, level in self.of(kind).touched}

    def level(self, kind: ResourceKind, field: str) -> Level:
        """The schema of one field."""
        return self._schemas.plain(kind.fields.get(field, {}))

    def choices(self, kind: ResourceKind, field: str) -> list[Any]:
        """The words that a field may have."""
        level = self.level(kind, field)
        branches = [*level.get("anyOf", ()), *level.get("oneOf", ())]
        return [
            *level.get("enum", ()),
            *(word for branch in branches for word in self._schemas.plain(branch).get("enum", ())),
        ]

    def identifier(self, kind: ResourceKind, name: str) -> Any:
        """An id of the kind: by its pattern, its declared prefix, or an example."""
        make = self._ids.get(kind.name)
        if make is None:
            make = self._ids[kind.name] = self._id_maker(kind)
        return make(f"{kind.name}:{name}")

    def _id_maker(self, kind: ResourceKind) -> Callable[[str], Any]:
        generator, level = self._generator, self._id_level(kind)
        if {"integer", "number"} & {*types_of(level)}:
            least = level.get("minimum", 1)
            span = min(level.get("maximum", 2**31 - 2), 2**31 - 2) - least
            return lambda name: least + generator.pick(name)(span)
        if kind.numeric and _fits(level, "1" * 9):
            return lambda name: str(100_000_000 + generator.pick(name)(900_000_000))
        pattern = str(level.get("pattern", ""))
        if pattern and _fits(level, generator.patterned(pattern, "tried")):
            return self._fitting(level, [partial(generator.patterned, pattern)])
        if level.get("format") == "uuid":
            return lambda name: generator.inner("id", _A_UUID, name)
        form = str(level.get("format", ""))
        if formed(form, generator.pick("tried")) is not None:
            return lambda name: formed(form, generator.pick(name))
        if kind.facts.prefix is not None:
            prefix = kind.facts.prefix
            return lambda name: prefix + generator.letters(name, 24)
        if "enum" in level:
            return lambda _: level["enum"][0]
        hinted = kind.id_of({**self._hint(kind)})
        example = level.get("example", None if hinted is NOTHING else hinted)
        alike = [*self._alike(str(example) if example is not None else "", level)]
        return self._fitting(level, [*alike, partial(self._repeated, level), partial(generator.patterned, pattern)])

    def _id_level(self, kind: ResourceKind) -> Level:
        level: Level = {"properties": kind.fields}
        if not kind.id_at:  # nothing but the path tells what ids are like
            return param_level(self._kinds.document, self._kinds.methods.get(kind.home, {}), kind.id_param)
        for name in kind.id_at:
            level = self._schemas.plain(level.get("properties", {}).get(name, {}))
        return level

    # --- making --------------------------------------------------------------------------------------------------

    def _alike(self, example: str, level: Level) -> Iterator[Callable[[str], str]]:
        """Makers of ids of the shape of an example: its prefix, and as many letters, or digits."""
        generator, least, most = self._generator, level.get("minLength", 0), level.get("maxLength", 255)
        if _UUID.match(example):
            yield lambda name: str(generator.inner("id", _A_UUID, name))
        elif (match := _PREFIXED.match(example)) is not None:
            prefix, left = match[0], max(min(len(example), most), least) - match.end()
            yield lambda name: prefix + generator.letters(name, left)
            if example[match.end() :].isdecimal():
                yield lambda name: prefix + self._digits(name, left)
        elif example.isdecimal():
            yield lambda name: self._digits(name, len(example))
        else:
            count = max(min(len(example) if len(example) > 7 else 24, most), least)
            yield lambda name: generator.letters(name, count)

    def _digits(self, name: str, count: int) -> str:
        return str(self._generator.pick(name)(10**count)).zfill(count)

    def _repeated(self, level: Level, name: str) -> str:
        """What the pattern of a level asks for, again and again until it is long enough."""
        text, least = "", level.get("minLength", 0)
        for turn in range(TURNS_MAX):
            text += self._generator.patterned(str(level.get("pattern", "")), f"{name}:{turn}") or ""
            if len(text) >= least:
                break
        return text[: level.get("maxLength", len(text))]

    @staticmethod
    def _fitting(level: Level, makers: Sequence[Callable[[str], str | None]]) -> Callable[[str], Any]:
        """The first maker whose ids fit their schema, mostly; the very first where none has such."""
        if "pattern" not in level and "minLength" not in level:
            return makers[0]
        tried = [f"tried:{turn}" for turn in range(TRIED)]
        make = next((one for one in makers if all(_fits(level, one(name)) for name in tried)), None)
        make = make or next((one for one in makers if any(_fits(level, one(name)) for name in tried)), makers[0])

        def fitting(name: str) -> Any:
            first = make(name)
            others = (make(f"{name}:{turn}") for turn in range(TURNS_MAX))
            return first if _fits(level, first) else next((one for one in others if _fits(level, one)), first)

        return fitting

    def _hint(self, kind: ResourceKind) -> Mapping[str, Any]:
        if kind.find_example is not None:
            kind.example, kind.find_example = kind.find_example(), None
        example = self._fixtures.get(kind.name, kind.example)
        return example if isinstance(example, dict) else {}

    def _drawn(self, kind: ResourceKind, field: str, name: str, mode: GenerationMode) -> Any:
        around = self._hint(kind) or NOTHING
        return self._generator.inner(field, kind.fields[field], name, mode, of=kind.schema, around=around)

    def _prototype(self, kind: ResourceKind, mode: GenerationMode) -> Prototype:
        if kind.schema is None:
            return Prototype({})
        hint = self._hint(kind) or NOTHING
        first, second = (self._generator.value("", kind.schema, name, mode, hint) for name in ("one", "another"))
        if not isinstance(first, dict) or not isinstance(second, dict):
            return Prototype({})
        stamps = [name for name in first if self._is_stamp(kind, name)]
        differing = [name for name, value in first.items() if second.get(name) != value and name not in stamps]
        drawn = [name for name in differing if name != kind.id_field and is_scalar(self.level(kind, name))]
        sample_id = kind.id_of(hint) if isinstance(hint, dict) else NOTHING
        sample_id = str(sample_id) if isinstance(sample_id, str) and len(sample_id) > 1 else ""
        below = [name for name in first if sample_id and _moved(first[name], f"/{sample_id}", "") != first[name]]
        return Prototype(
            first,
            tuple((name, () if _IDS.search(name) else self._pool(kind, name, mode)) for name in drawn),
            tuple((name, self.level(kind, name)) for name in stamps),
            tuple((name, self.level(kind, name)) for name in stamps if plain_name(name) in _UPDATED),
            sample_id,
            tuple(name for name in below if name not in kind.id_at[:1]),
        )

    def _pool(self, kind: ResourceKind, field: str, mode: GenerationMode) -> tuple[Any, ...]:
        return tuple(self._drawn(kind, field, f"pool:{kind.name}:{turn}", mode) for turn in range(POOL))

    def _is_stamp(self, kind: ResourceKind, name: str) -> bool:
        if plain_name(name) not in _CREATED | _UPDATED or name not in kind.fields:
            return False
        level = self.level(kind, name)
        if not {"integer", "number", "string"} & {*types_of(level)} or "enum" in level or "const" in level:
            return False
        stamp = moment(EPOCH, level, name)
        return not isinstance(stamp, str) or (
            pattern_matches(level.get("pattern", ""), stamp) and len(stamp) <= level.get("maxLength", len(stamp))
        )


_PATH = "/!$&'()*+,;=:@-._~"
"""What stands in a path as it is (RFC 3986 §3.3)."""


def _fits(level: Level, text: str | None) -> bool:
    """True for a text of the length, and of the pattern, that a schema asks for."""
    if text is None or not level.get("minLength", 0) <= len(text) <= level.get("maxLength", len(text)):
        return False
    return pattern_matches(str(level.get("pattern", "")), text)


def _moved(value: Any, before: str, after: str, depth: int = DEPTH_MAX) -> Any:
    """A value with the addresses in it that have a step led elsewhere."""
    if isinstance(value, str):
        return _at_step(value, before, after) if value.startswith(("/", "http")) else value
    if not depth or not isinstance(value, dict | list):
        return value
    if isinstance(value, list):
        return [_moved(item, before, after, depth - 1) for item in value]
    return {name: _moved(inner, before, after, depth - 1) for name, inner in value.items()}


def _at_step(address: str, before: str, after: str) -> str:
    place = address.find(before)
    rest = address[place + len(before) :]
    return address[:place] + after + rest if place >= 0 and (not rest or rest[0] in "/?#") else address
