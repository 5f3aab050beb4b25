"""The fields that a change is about, as a mask of the request names them: `updateMask=title,owner.city`.

What the mask names and the request does not hold is taken away, what it does not name stays, and `*` names all
(AIP-134, AIP-161).
"""

import copy
from collections.abc import Collection, Mapping
from typing import Any

from tidegate.openapi.document import Document
from tidegate.simulator.answer import errors
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.worded_fields import part_field
from tidegate.values.json_value import Obj
from tidegate.values.string_values import plain_name

PATHS_MAX = 200
"""One mask has so many paths at most."""

_MASKS = frozenset({"updatemask", "fieldmask"})
_UPSERTS = frozenset({"allowmissing", "upsert", "createifmissing"})


def may_be_missing(reserved: Collection[str], values: Mapping[str, Any]) -> bool:
    """True where the request has what is not there made."""
    return any(values[name] is True for name in values if name in reserved and plain_name(name) in _UPSERTS)


def masked(
    document: Document,
    kind: ResourceKind,
    reserved: Collection[str],
    sent: Collection[str],
    thing: Obj,
    values: Mapping[str, Any],
) -> Mapping[str, Any]:
    """The values that a mask lets through; all where there is none. `reserved` has the names that are no fields.

    `sent` are the fields that the request may hold. Raises errors.VendorError for a path that leads to no field.
    """
    name = next((name for name in values if name in reserved and plain_name(name) in _MASKS), "")
    given = values.get(name)
    listed = given if isinstance(given, list) else [given]
    paths = [path.strip(" `") for one in listed if isinstance(one, str) for path in one.split(",")]
    if not any(paths):
        return values
    after = {one: value for one, value in values.items() if one not in kind.fields}
    if "*" in paths:
        return {**after, **{one: values.get(one) for one in kind.fields if one in values or one in sent}}
    for path in paths[:PATHS_MAX]:
        field = (
            kind.names.get(plain_name(path), "") if "." not in path else part_field(document, kind, path, is_open=True)
        )
        if not field:
            raise errors.malformed(name, name, path)
        top = field.partition(".")[0]
        if top == field:
            after[top] = values.get(top)
        else:
            held = after.get(top, thing.get(top))
            after[top] = _with(held, field.split(".")[1:], _at(values, field.split(".")))
    return after


def _at(value: Any, names: list[str]) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _with(held: Any, names: list[str], value: Any) -> Any:
    """A part with a value at a place inside, without it where there is none."""
    part = copy.copy(held) if isinstance(held, dict) else {}
    if len(names) > 1:
        part[names[0]] = _with(part.get(names[0]), names[1:], value)
    elif value is None:
        part.pop(names[0], None)
    else:
        part[names[0]] = value
    return part
