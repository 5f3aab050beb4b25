"""Makes objects and answers: what nobody sent is drawn, what was sent is repeated, and both are valid or left out.

It stores nothing, knows no operation's meaning and no HTTP.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.schemas import Schemas, Validator
from tidegate.simulator.answers import At, inside
from tidegate.simulator.draft import NOTHING, Mode
from tidegate.simulator.kinds import Kind, Kinds
from tidegate.simulator.resources import Obj
from tidegate.simulator.samples import ANSWER, FULL, Samples
from tidegate.simulator.shapes import Shape
from tidegate.simulator.texts import fits, moment, plain_name

MENDS_MAX = 4
"""So often is a value that does not fit taken back and the rest tried again."""

_CREATED = frozenset({
    "created", "createdat", "createdon", "datecreated", "creationdate", "creationtime", "createtime", "createdtime",
    "submittedat", "startedat",
})  # fmt: skip
_UPDATED = frozenset({
    "updated", "updatedat", "updatedon", "dateupdated", "modifiedat", "lastmodified", "updatetime", "pushedat",
    "modified", "datemodified",
})  # fmt: skip
"""Plain names of fields that hold the moment at which the vendor made or changed the object."""
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z", re.IGNORECASE)
_PREFIXED = re.compile(r"[A-Za-z0-9_-]*[_-](?=[A-Za-z0-9]{4,}\Z)")


@dataclass(frozen=True, slots=True)
class Blank:
    """A kind's object of which nothing is known yet: all fields, and the names of those that are drawn for each."""

    fields: Obj
    drawn: tuple[str, ...]
    created: tuple[str, ...]
    updated: tuple[str, ...]


class Making:
    """Objects of one document's kinds. `fixtures` are the vendor's own sample objects by kind."""

    def __init__(self, kinds: Kinds, samples: Samples, fixtures: Mapping[str, Any]) -> None:
        self._kinds = kinds
        self._schemas: Schemas = kinds.document.schemas
        self._samples = samples
        self._fixtures = fixtures
        self._blanks: dict[tuple[str, bool], Blank] = {}
        self._bodies: dict[tuple[str, At], Any] = {}
        self._completions: dict[int, tuple[Any, Obj]] = {}

    # --- objects -------------------------------------------------------------------------------------------------

    def blank(self, kind: Kind, *, full: bool = False) -> Blank:
        """What every object of the kind begins with. `full` has values where a new object has null."""
        found = self._blanks.get((kind.name, full))
        if found is None:
            found = self._blanks[kind.name, full] = self._blank(kind, FULL if full else ANSWER)
        return found

    def new(self, kind: Kind, name: str, wall: int, *, full: bool = False) -> Obj:
        """An object of which nothing is known yet but its id and its moment."""
        blank = self.blank(kind, full=full)
        thing = dict(blank.fields)
        mode, fields, around = FULL if full else ANSWER, kind.fields, self._hint(kind) or NOTHING
        for field in blank.drawn:
            thing[field] = self._samples.inner(field, fields[field], name, mode, of=kind.schema, around=around)
        for field in blank.created:
            thing[field] = moment(wall, self._schemas.plain(fields[field]), field)
        for field in blank.updated:
            thing[field] = moment(wall, self._schemas.plain(fields[field]), field)
        if kind.id_field in thing:
            thing[kind.id_field] = self.identifier(kind, name)
        return thing

    def touched(self, kind: Kind, wall: int) -> Obj:
        """The fields that a change at this moment sets."""
        return {
            field: moment(wall, self._schemas.plain(kind.fields[field]), field) for field in self.blank(kind).updated
        }

    def identifier(self, kind: Kind, name: str) -> Any:
        """An id of the kind: by its pattern, its example, or its prefix."""
        level = self._schemas.plain(kind.fields.get(kind.id_field, {}))
        types, name = level.get("type", "string"), f"{kind.name}:{name}"
        if {"integer", "number"} & {*([types] if isinstance(types, str) else types)}:
            least = level.get("minimum", 1)
            return least + self._samples.pick(name)(min(level.get("maximum", 2**31 - 2), 2**31 - 2) - least)
        most = level.get("maxLength", 255)
        if level.get("pattern") and (made := self._samples.patterned(level["pattern"], name)) is not None:
            return made[:most] if len(made) > most else made
        if level.get("format") == "uuid":
            return self._samples.inner(kind.id_field, {"type": "string", "format": "uuid"}, name)
        if kind.facts.prefix is not None:
            return kind.facts.prefix + self._samples.letters(name, 24)
        if "enum" in level:
            return level["enum"][0]
        example = level.get("example", self._hint(kind).get(kind.id_field))
        return self._alike(str(example) if example is not None else "", name)[:most]

    def _alike(self, example: str, name: str) -> str:
        if _UUID.match(example):
            return str(self._samples.inner("id", _A_UUID, name))
        if (found := _PREFIXED.match(example)) is not None:
            return self._samples.identifier(found[0].replace("-", "_") + example[found.end() :], name).replace(
                found[0].replace("-", "_"), found[0], 1
            )
        if example.isdecimal():
            return str(self._samples.pick(name)(10 ** len(example))).zfill(len(example))
        return self._samples.letters(name, len(example) if len(example) > 7 else 24)

    def _hint(self, kind: Kind) -> Mapping[str, Any]:
        found = self._fixtures.get(kind.name, kind.example)
        return found if isinstance(found, dict) else {}

    def _blank(self, kind: Kind, mode: Mode) -> Blank:
        if kind.schema is None:
            return Blank({}, (), (), ())
        hint = self._hint(kind) or NOTHING
        one, two = (self._samples.value("", kind.schema, name, mode, hint) for name in ("one", "another"))
        if not isinstance(one, dict):
            return Blank({}, (), (), ())
        stamps = [name for name in one if self._is_stamp(kind, name)]
        created = tuple(name for name in stamps if plain_name(name) in _CREATED)
        updated = tuple(name for name in stamps if plain_name(name) in _UPDATED)
        drawn = [name for name, value in one.items() if two.get(name) != value and name not in stamps]
        return Blank(
            one, tuple(name for name in drawn if name != kind.id_field and name in kind.fields), created, updated
        )

    def _is_stamp(self, kind: Kind, name: str) -> bool:
        if plain_name(name) not in _CREATED | _UPDATED or name not in kind.fields:
            return False
        level = self._schemas.plain(kind.fields[name])
        types = level.get("type", "")
        return bool({"integer", "number", "string"} & {types} if isinstance(types, str) else set(types) - {"null"})

    # --- what was sent -------------------------------------------------------------------------------------------

    def merged(self, kind: Kind, thing: Obj, values: Mapping[str, Any], *, made: bool = False) -> Obj:
        """The object with what was given: an empty text unsets, metadata is merged entry by entry.

        What the kind has no field for, and what does not fit its field, is left out. Only a new object takes an id.
        """
        after = dict(thing)
        changed = []
        for given, value in values.items():
            name = given if given in kind.fields else kind.names.get(plain_name(given), "")
            if not name or (name == kind.id_field and not made):
                continue
            after[name] = self._given(kind, name, thing, value)
            changed.append(name)
        if not changed:
            return after
        return self._mended(self._schemas.validator(kind.schema, of="answer"), after, thing, changed)

    def _given(self, kind: Kind, name: str, thing: Obj, value: Any) -> Any:
        if name == "metadata" and isinstance(value, dict):
            before = thing.get(name)
            mixed = {**before, **value} if isinstance(before, dict) else value
            return {k: v for k, v in mixed.items() if v != ""}
        if name == "metadata" and value == "":
            return {}
        if value == "":
            return None
        if isinstance(value, dict):
            return self._completed(kind.fields[name], value)
        return value

    @staticmethod
    def _mended(check: Validator, after: Obj, before: Obj, changed: list[str]) -> Obj:
        """The changed object as far as it is valid: another type of the same value, else the old one."""
        if check.is_valid(after):
            return after
        left = set(changed)
        for _ in range(MENDS_MAX):
            names = {flaw.pointer.split("/")[1] for flaw in check.errors(after) if flaw.pointer}
            wrong = {name.replace("~1", "/").replace("~0", "~") for name in names} & left
            if not wrong:
                break
            for name in sorted(wrong):
                other = _otherwise(after[name])
                if other is not NOTHING:
                    trial = {**after, name: other}
                    if not any(flaw.pointer.startswith(f"/{name}") for flaw in check.errors(trial)):
                        after = trial
                        continue
                left.discard(name)
                after = {**after, name: before[name]} if name in before else _without(after, name)
            if check.is_valid(after):
                return after
        return after if check.is_valid(after) else before

    def _completed(self, schema: Any, value: Obj) -> Obj:
        """A group of values with null for what may be null and was not given."""
        known = self._completions.get(id(schema))
        if known is None:
            level = self._schemas.plain(schema)
            for union in ("anyOf", "oneOf"):
                if level.get(union) and "properties" not in level:
                    level = self._schemas.plain(level[union][0])
            known = self._completions[id(schema)] = (schema, level.get("properties", {}))
        properties = known[1]
        empty = {name: None for name, inner in properties.items() if _may_be_null(self._schemas.plain(inner))}
        given = {
            name: self._completed(properties[name], inner) if isinstance(inner, dict) and name in properties else inner
            for name, inner in value.items()
        }
        return {**empty, **given}

    # --- answers -------------------------------------------------------------------------------------------------

    def body(self, shape: Shape, name: str, values: Mapping[str, Any]) -> Any:
        """An answer in which no stored object is: drawn, with what was sent where the answer has a place for it."""
        told = shape.told
        if told is None or not told.media:
            return NOTHING
        if told.schema is None or "json" not in told.media:
            return raw(told.example, told.media)
        made = self._samples.value("", told.schema, name, FULL, told.example)
        return self.filled(told.schema, made, values) if isinstance(made, dict) else made

    def around(self, shape: Shape, said: Obj, name: str) -> Any:
        """An answer that says this, and beside it, at every depth, what else the document says that it must have."""
        return _deep(self._samples.value("", shape.answer, name, FULL), said)

    def envelope(self, shape: Shape) -> Any:
        """What stands around the object, or the list of objects, in the answer."""
        mark = (shape.operation, shape.at)
        if mark not in self._bodies:
            self._bodies[mark] = self._samples.value("", shape.answer, shape.operation, ANSWER, NOTHING)
        return self._bodies[mark]

    def shown(self, shape: Shape, thing: Obj) -> Obj:
        """A stored object as this operation shows it, valid by the schema that the operation has for it."""
        if shape.same:
            return thing
        mark = (shape.operation, ("", *shape.at))
        if mark not in self._bodies:
            hint = NOTHING if shape.told is None else shape.told.example
            self._bodies[mark] = self._samples.value("", shape.inner, shape.operation, ANSWER, _first(hint, shape.at))
        blank = self._bodies[mark]
        return self.filled(shape.inner, blank, thing) if isinstance(blank, dict) else blank

    def filled(self, schema: Any, body: Obj, sources: Mapping[str, Any]) -> Obj:
        """The object with the values of the sources where it has fields of that name and they fit."""
        if not isinstance(body, dict):
            return body
        properties = self._properties(schema)
        names = {plain_name(name): name for name in properties}
        after, changed = dict(body), []
        for given, value in sources.items():
            name = given if given in properties else names.get(plain_name(given), "")
            if name and (name not in body or body[name] != value):
                after[name] = value
                changed.append(name)
        return self._mended(self._schemas.validator(schema, of="answer"), after, body, changed) if changed else after

    def _properties(self, schema: Any) -> Mapping[str, Any]:
        level = self._schemas.plain(schema)
        found: dict[str, Any] = dict(level.get("properties", {}))
        for union in ("anyOf", "oneOf"):
            for choice in level.get(union, ()):
                found = {**self._schemas.plain(choice).get("properties", {}), **found}
        return found

    def placed(self, shape: Shape, part: Any, sources: Mapping[str, Any]) -> Any:
        """The whole answer with `part` at its place, and what is said beside it."""
        if not shape.at:
            return part
        body = self.envelope(shape)
        if not isinstance(body, dict):
            return part
        body = self.filled(shape.answer, body, sources) if sources else body
        return _put(body, shape.at, part)

    def page(self, shape: Shape, shown: list[Any], beside: Mapping[tuple[str, ...], Any]) -> Any:
        """A list in its envelope, with what is said beside it; what there is nothing to say about is left as it may be."""
        body = self.envelope(shape)
        if not isinstance(body, dict):
            return shown
        for place, value in beside.items():
            body = self._beside(shape, body, place, value)
        return _put(body, shape.at, shown)

    def _beside(self, shape: Shape, body: Obj, place: At, value: Any) -> Obj:
        holder = inside(self._kinds.document, shape.answer, place[:-1])
        level = self._schemas.plain(self._schemas.plain(holder).get("properties", {}).get(place[-1], {}))
        if value in (None, ""):
            if not _may_be_null(level) and place[-1] not in self._schemas.plain(holder).get("required", ()):
                return _dropped(body, place)
            value = None if _may_be_null(level) else ""
        if isinstance(value, str) and not fits(value, level.get("pattern", "")):
            return body
        if "string" in _types(level) and isinstance(value, int):
            value = str(value)
        return _put(body, place, value)

    def headers(self, shape: Shape, name: str) -> dict[str, str]:
        """The headers that the document says an answer must have."""
        found = {}
        for header, node in shape.told.headers.items() if shape.told is not None else ():
            node = self._kinds.document.follow(node)
            if isinstance(node, dict) and node.get("required") is True:
                found[header] = str(self._samples.value(header, node.get("schema", {"type": "string"}), name))
        return found

    def choices(self, kind: Kind, field: str) -> list[Any]:
        """The words that a field may have."""
        level = self.level(kind, field)
        found = [*level.get("enum", ())]
        for union in ("anyOf", "oneOf"):
            for choice in level.get(union, ()):
                found += self._schemas.plain(choice).get("enum", ())
        return found

    def level(self, kind: Kind, field: str) -> Mapping[str, Any]:
        """The schema of one field."""
        return self._schemas.plain(kind.fields.get(field, {}))

    def takes_text(self, kind: Kind, param: str) -> bool:
        """Whether the kind has a field of this name that a path parameter can stand in."""
        name = kind.names.get(plain_name(param), "")
        if not name or name == kind.id_field:
            return False
        level = self.level(kind, name)
        parts = [level, *(self._schemas.plain(one) for word in ("anyOf", "oneOf") for one in level.get(word, ()))]
        return any({"string", "integer"} & {*_types(part)} for part in parts)


_A_UUID = {"type": "string", "format": "uuid"}


def raw(example: Any, media: str) -> bytes:
    """A body that is no JSON."""
    if isinstance(example, str):
        return example.encode()
    return b"%PDF-1.4\n%%EOF\n" if media == "application/pdf" else b"simulated\n"


def _deep(drawn: Any, said: Any) -> Any:
    if isinstance(drawn, dict) and isinstance(said, dict):
        return {
            **{name: value for name, value in drawn.items() if name not in said},
            **{name: _deep(drawn.get(name), value) for name, value in said.items()},
        }
    if isinstance(drawn, list) and isinstance(said, list) and drawn:
        return [_deep(drawn[0], one) for one in said]
    return said


def _put(body: Obj, at: At, part: Any) -> Obj:
    if len(at) == 1:
        return {**body, at[0]: part}
    inner = body.get(at[0])
    return {**body, at[0]: _put(inner if isinstance(inner, dict) else {}, at[1:], part)}


def _first(example: Any, at: At) -> Any:
    for name in at:
        example = example.get(name, NOTHING) if isinstance(example, dict) else NOTHING
    if isinstance(example, list):
        return example[0] if example else NOTHING
    return example


def _without(thing: Obj, name: str) -> Obj:
    return {key: value for key, value in thing.items() if key != name}


def _types(level: Mapping[str, Any]) -> list[str]:
    types = level.get("type", ())
    return [types] if isinstance(types, str) else list(types)


def _dropped(body: Obj, place: At) -> Obj:
    if len(place) == 1:
        return _without(body, place[0])
    inner = body.get(place[0])
    return {**body, place[0]: _dropped(inner, place[1:])} if isinstance(inner, dict) else body


def _otherwise(value: Any) -> Any:
    """The same value in another type; NOTHING where there is none."""
    if isinstance(value, bool) or value is None or isinstance(value, dict | list):
        return NOTHING
    if isinstance(value, int | float):
        return str(value)
    return int(value) if value.lstrip("-").isdecimal() and len(value) < 18 else NOTHING


def _may_be_null(level: Mapping[str, Any]) -> bool:
    if "null" in _types(level):
        return True
    return any(
        one.get("type") == "null" for word in ("anyOf", "oneOf") for one in level.get(word, ()) if isinstance(one, dict)
    )
