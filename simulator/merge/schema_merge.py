"""The merge of sent values into an object, as far as it stays valid by its schema: what does not fit is left out.

It draws nothing, stores nothing and knows no operation.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal

from tidegate.openapi.schema_merge import CONDITIONS
from tidegate.openapi.schema_types import may_be_null, types_of
from tidegate.openapi.schemas import Schemas
from tidegate.simulator.answer import errors
from tidegate.simulator.document.documented_answer import without_part
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.merge.fitted_values import Draw, FittedValues
from tidegate.simulator.merge.write_only import WriteOnly
from tidegate.values.json_value import NOTHING, Obj
from tidegate.values.string_values import plain_name

Check = Callable[[Any], bool]

Way = Literal["json", "merge", "form"]
"""How values change an object: JSON's replace what was there; those of a merge patch (RFC 7396) go into each other's
objects, and null removes; in a form an empty text unsets, and `metadata` is merged entry by entry."""

_PLAIN = frozenset({str, int, float, bool})

_ACROSS = frozenset({
    "anyOf", "oneOf", "not", CONDITIONS, "dependentRequired", "maxProperties", "minProperties",
    "patternProperties", "propertyNames",
})  # fmt: skip
"""Keywords by which one field decides about another."""


class SchemaMerge:
    """Values into objects, by the schemas of one document."""

    def __init__(self, schemas: Schemas, draw: Draw) -> None:
        self._schemas = schemas
        self._fitted = FittedValues(schemas, draw)
        self._groups: dict[int, tuple[Any, Mapping[str, Any], Obj]] = {}
        self._fields: dict[int, tuple[Any, Mapping[str, Any], Mapping[str, str]]] = {}
        self._write_only = WriteOnly(schemas)
        self._alone: dict[tuple[int, int], tuple[Any, Any, dict[str, Check] | None]] = {}
        """The checks of a schema's fields, each made when it is first needed; None where fields decide about others."""

    def merged(
        self,
        kind: ResourceKind,
        thing: Obj,
        values: Mapping[str, Any],
        *,
        made: bool = False,
        way: Way = "json",
        reserved: Collection[str] | None = None,
    ) -> Obj:
        """The object with what was given. Raises errors.VendorError for null where something must be.

        What the kind has no field for, and what does not fit its field, is left out; except that an open kind takes
        whatever is not `reserved`, where that is given. Only a new object takes an id.
        """
        after, changed = dict(thing), list[str]()
        hidden = self._write_only.hidden(kind.fields)
        for given, value in values.items():
            name = given if given in kind.fields else kind.names.get(plain_name(given), "")
            if not name and kind.open and reserved is not None and given not in reserved:
                after = self._extra(kind, after, given, value, changed, made=made)
                continue
            if not name or (name == kind.id_field and not made):
                continue
            as_it_is = value.__class__ in _PLAIN and value != ""
            new = value if as_it_is else self._given(kind, name, thing, value, way)
            if new is NOTHING or name in hidden:
                after = self._unset(kind, after, name, made=made)
                continue
            after[name] = new
            changed.append(name)
        if changed:
            after = self._valid(kind.schema, kind.fields, after, thing, changed)
        if len(kind.id_at) > 1 and (not made or kind.id_of(after) is NOTHING):
            return kind.with_id(after, kind.id_of(thing))  # a part of the object holds its id, and was sent without
        return after

    @staticmethod
    def _extra(kind: ResourceKind, after: Obj, name: str, value: Any, changed: list[str], *, made: bool) -> Obj:
        """The object with a field that its schema does not name."""
        if name == kind.id_field and not made:
            return after
        if value is None and not made:
            return without_part(after, (name,))
        changed.append(name)
        return {**after, name: value}

    def emptied(self, kind: ResourceKind, thing: Obj, settable: Collection[str]) -> Obj:
        """What is left of an object where another representation replaces it (RFC 9110 §9.3.4).

        The vendor's own fields stay: the id, those that are `readOnly`, those that the request cannot hold (`settable`
        has what it can). What must be there has its default again, or else stays.
        """
        level = self._schemas.plain(kind.schema)
        required = level.get("required", ())
        left: Obj = {}
        for name, value in thing.items():
            field = self._schemas.plain(kind.fields.get(name, {}))
            own = (
                (name in kind.fields and name not in settable)
                or name in kind.id_at[:1]
                or field.get("readOnly") is True
            )
            if own or (name in required and "default" not in field):
                left[name] = None if not own and may_be_null(field) else value
            elif "default" in field:
                left[name] = field["default"]
        return left

    def identified(self, kind: ResourceKind, thing: Obj, identifier: Any) -> Obj:
        """The object with this id, where it has a place for one that it fits."""
        if kind.id_field in kind.fields:
            return self.merged(kind, thing, {kind.id_field: identifier}, made=True)
        if not kind.id_at:
            return thing
        *around, own = kind.id_at
        schema, part = kind.schema, thing
        for name in around:
            schema, held = self._properties(schema).get(name, {}), part.get(name)
            part = held if isinstance(held, dict) else {}
        if own not in self._properties(schema):
            return kind.with_id(thing, identifier)
        return kind.with_id(thing, self.filled(schema, part, {own: identifier}).get(own, identifier))

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
                if name in self._write_only.hidden(properties):
                    continue
                is_plain = value.__class__ in _PLAIN or value is None
                after[name] = value if is_plain else self._write_only.without(properties[name], value)
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

    def takes(self, kind: ResourceKind, name: str, value: Any) -> bool:
        """True where an object of the kind has a field of this name, and it takes the value."""
        if name not in kind.fields:
            return kind.open
        return self._schemas.validator(kind.fields[name], of="request").is_valid(value)

    # --- what was given ------------------------------------------------------------------------------------------

    def _given(self, kind: ResourceKind, name: str, thing: Obj, value: Any, way: Way) -> Any:
        """The value as the object is to have it; NOTHING where it takes the field away."""
        schema, before = kind.fields[name], thing.get(name)
        if value is None or (value == "" and way == "form"):
            if name == "metadata" and way == "form":
                return {}
            if may_be_null(self._schemas.plain(schema)):
                return None
            return NOTHING if value is None else value
        if not isinstance(value, dict):
            return self._write_only.without(schema, value)
        if name == "metadata" and way == "form":
            return {k: v for k, v in {**(before if isinstance(before, dict) else {}), **value}.items() if v != ""}
        if way == "merge":
            value = patched(before, value)
        value = self._write_only.without(schema, value)
        return self._completed(schema, value) if way == "form" else value

    def _unset(self, kind: ResourceKind, thing: Obj, name: str, *, made: bool) -> Obj:
        """The object without a field; with its default where it must have it. A new one keeps what the vendor has."""
        field = self._schemas.plain(kind.fields[name])
        if name not in self._schemas.plain(kind.schema).get("required", ()) or field.get("writeOnly") is True:
            return without_part(thing, (name,))
        if "default" in field:
            return {**thing, name: field["default"]}
        if made:
            return thing
        raise errors.refused(f"{name} cannot be unset: an object of {kind.name} always has it.", param=name)

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
        if known[2] is not None and self._fit(known[2], fields, after, changed):
            return after
        return self._fitted.mended(self._schemas.validator(schema, of="answer"), fields, after, before, changed)

    def _fit(self, checks: dict[str, Check], fields: Mapping[str, Any], after: Obj, changed: list[str]) -> bool:
        """True where each changed field is valid by itself: a small part of the work."""
        for name in changed:
            check = checks.get(name)
            if check is None and name not in fields:
                return False  # the whole schema knows
            if check is None:
                check = checks[name] = self._schemas.validator(fields[name], of="answer").is_valid
            if not check(after[name]):
                return False
        return True


def patched(target: Any, patch: Any) -> Any:
    """RFC 7396 §2: null removes a member, objects go into each other, everything else replaces."""
    if not isinstance(patch, dict):
        return patch
    after = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            after.pop(name, None)
        else:
            after[name] = patched(after.get(name), value)
    return after
