"""The merge of sent values into an object, as far as it stays valid by its schema: what does not fit is left out.

It draws nothing, stores nothing and knows no operation.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tidegate.openapi.schema_types import may_be_null, types_of
from tidegate.openapi.schemas import Schemas
from tidegate.openapi.validator import Validator
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.values.json_value import NOTHING, Obj
from tidegate.simulator.values.string_values import plain_name

Check = Callable[[Any], bool]

MENDS_MAX = 4
"""The number of times that fields which do not fit are taken back and the rest is tried again."""

_ACROSS = frozenset({
    "anyOf", "oneOf", "not", "if", "dependentRequired", "dependentSchemas", "maxProperties", "minProperties",
    "patternProperties", "propertyNames",
})  # fmt: skip
"""Keywords by which one field decides about another."""


class SchemaMerge:
    """Values into objects, by the schemas of one document."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._groups: dict[int, tuple[Any, Mapping[str, Any], Obj]] = {}
        self._fields: dict[int, tuple[Any, Mapping[str, Any], Mapping[str, str]]] = {}
        self._alone: dict[tuple[int, int], tuple[Any, Any, dict[str, Check] | None]] = {}
        """The checks of a schema's fields, each made when it is first needed; None where fields decide about others."""

    def merged(self, kind: ResourceKind, thing: Obj, values: Mapping[str, Any], *, made: bool = False) -> Obj:
        """The object with what was given: an empty text unsets, metadata is merged entry by entry.

        What the kind has no field for, and what does not fit its field, is left out. Only a new object takes an id.
        """
        after, changed = dict(thing), []
        for given, value in values.items():
            name = given if given in kind.fields else kind.names.get(plain_name(given), "")
            if not name or (name == kind.id_field and not made):
                continue
            as_it_is = value and value.__class__ is not dict
            after[name] = value if as_it_is else self._given(kind, name, thing, value)
            changed.append(name)
        return self._valid(kind.schema, kind.fields, after, thing, changed) if changed else after

    def filled(self, schema: Any, body: Any, sources: Mapping[str, Any]) -> Any:
        """The object with the values of the sources where it has fields of that name and they fit."""
        if not isinstance(body, dict):
            return body
        if id(schema) not in self._fields:
            properties = self._properties(schema)
            self._fields[id(schema)] = (schema, properties, {plain_name(name): name for name in properties})
        _, properties, names = self._fields[id(schema)]
        after, changed = dict(body), []
        for given, value in sources.items():
            name = given if given in properties else names.get(plain_name(given), "")
            if name and (name not in body or body[name] is not value):
                after[name] = value
                changed.append(name)
        return self._valid(schema, properties, after, body, changed) if changed else after

    def takes_text(self, kind: ResourceKind, param: str) -> bool:
        """True where the kind has a field of this name that a path parameter can stand in."""
        name = kind.names.get(plain_name(param), "")
        if not name or name == kind.id_field:
            return False
        level = self._schemas.plain(kind.fields[name])
        parts = [level, *(self._schemas.plain(branch) for word in ("anyOf", "oneOf") for branch in level.get(word, ()))]
        return any({"string", "integer"} & {*types_of(part)} for part in parts)

    # --- what was given ------------------------------------------------------------------------------------------

    def _given(self, kind: ResourceKind, name: str, thing: Obj, value: Any) -> Any:
        if name == "metadata" and isinstance(value, dict):
            before = thing.get(name)
            mixed = {**before, **value} if isinstance(before, dict) else value
            return {k: v for k, v in mixed.items() if v != ""}
        if value == "":
            return {} if name == "metadata" else None
        return self._completed(kind.fields[name], value) if isinstance(value, dict) else value

    def _completed(self, schema: Any, value: Obj) -> Obj:
        """A group of values with null for what may be null and was not given."""
        if id(schema) not in self._groups:
            level = self._schemas.plain(schema)
            for union in ("anyOf", "oneOf"):
                if level.get(union) and "properties" not in level:
                    level = self._schemas.plain(level[union][0])
            properties = level.get("properties", {})
            empty = {name: None for name, inner in properties.items() if may_be_null(self._schemas.plain(inner))}
            self._groups[id(schema)] = (schema, properties, empty)
        _, properties, empty = self._groups[id(schema)]
        given = {
            name: self._completed(properties[name], inner) if isinstance(inner, dict) and name in properties else inner
            for name, inner in value.items()
        }
        return {**empty, **given}

    def _properties(self, schema: Any) -> Mapping[str, Any]:
        level = self._schemas.plain(schema)
        properties: dict[str, Any] = dict(level.get("properties", {}))
        for union in ("anyOf", "oneOf"):
            for choice in level.get(union, ()):
                properties = {**self._schemas.plain(choice).get("properties", {}), **properties}
        return properties

    # --- staying valid -------------------------------------------------------------------------------------------

    def _valid(self, schema: Any, fields: Mapping[str, Any], after: Obj, before: Obj, changed: list[str]) -> Obj:
        known = self._alone.get((id(schema), id(fields)))
        if known is None:
            # Without a rule across fields (`oneOf`, `dependentRequired` …) each field can be checked by itself.
            across = _ACROSS & self._schemas.plain(schema).keys()
            known = self._alone[id(schema), id(fields)] = (schema, fields, None if across else {})
        checks = known[2]
        if checks is not None and self._fit(checks, fields, after, changed):
            return after
        return _mended(self._schemas.validator(schema, of="answer"), after, before, changed)

    def _fit(self, checks: dict[str, Check], fields: Mapping[str, Any], after: Obj, changed: list[str]) -> bool:
        """True where each changed field is valid by itself: a small part of the work."""
        for name in changed:
            check = checks.get(name)
            if check is None:
                check = checks[name] = self._schemas.validator(fields[name], of="answer").is_valid
            if not check(after[name]):
                return False
        return True


def _mended(check: Validator, after: Obj, before: Obj, changed: list[str]) -> Obj:
    """The changed object as far as it is valid: another type of the same value, else the old one."""
    left = set(changed)
    # Taking one field back may make another wrong (`required` of one branch, `dependentRequired`): so look again.
    for _ in range(MENDS_MAX):
        if check.is_valid(after):
            return after
        names = {flaw.pointer.split("/")[1] for flaw in check.errors(after) if flaw.pointer}
        wrong = {name.replace("~1", "/").replace("~0", "~") for name in names} & left
        if not wrong:
            break
        for name in sorted(wrong):
            other = _otherwise(after[name])
            trial = {**after, name: other}
            if other is not NOTHING and not any(flaw.pointer.startswith(f"/{name}") for flaw in check.errors(trial)):
                after = trial
                continue
            left.discard(name)
            after = {**after, name: before[name]} if name in before else _without(after, name)
    return after if check.is_valid(after) else before


def _without(thing: Obj, name: str) -> Obj:
    return {key: value for key, value in thing.items() if key != name}


def _otherwise(value: Any) -> Any:
    """The same value in another type; NOTHING where there is none."""
    if isinstance(value, bool) or value is None or isinstance(value, dict | list):
        return NOTHING
    if isinstance(value, int | float):
        return str(value)
    return int(value) if value.lstrip("-").isdecimal() and len(value) < 18 else NOTHING
