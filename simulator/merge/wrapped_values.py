"""Requests that wrap the object: `{"order": {…}}`, `{"data": {…}}`, as Shopify, JSON:API and others write it.

Some objects have all of their fields in one part, which a request may send bare, as Strapi's do, and changes entry by
entry: `attributes`, Airtable's `fields`, HubSpot's and Notion's `properties`.
"""

from collections.abc import Mapping
from typing import Any

from tidegate.simulator.document.operation_places import WHOLES
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_operation import ResourceOperation
from tidegate.values.json_value import Obj

Given = Mapping[str, Any]


def unwrapped(operation: ResourceOperation, kind: ResourceKind, values: Given) -> Given:
    """The values as they are without the wrapper; unchanged where there is none, or the object has such a field."""
    if operation.sent_at:
        return _parted(operation, _inside(values, operation.sent_at))
    name = operation.at[0] if len(operation.at) == 1 and operation.does != "list" else ""
    return _parted(operation, _inside(values, (name,)) if name and name not in kind.fields else values)


def joined(operation: ResourceOperation, thing: Obj, values: Given) -> Given:
    """The values with whole parts: what a part that has all fields holds stays there, unless all of it is replaced."""
    for name in WHOLES & values.keys():
        old, new = thing.get(name), values[name]
        if isinstance(old, dict) and isinstance(new, dict) and (not operation.replaces or name == operation.sent_part):
            kept = {one: value for one, value in old.items() if not operation.replaces or one not in operation.sent_in}
            values = {**values, name: {**kept, **new}}
    return values


def _parted(operation: ResourceOperation, values: Given) -> Given:
    if not operation.sent_part:
        return values
    part, held = operation.sent_part, values.get(operation.sent_part)
    inner = {name: value for name, value in values.items() if name in operation.sent_in}
    others = {name: value for name, value in values.items() if name not in inner}
    return {**others, part: {**(held if isinstance(held, Mapping) else {}), **inner}}


def _inside(values: Given, at: tuple[str, ...]) -> Given:
    inner = values.get(at[0])
    if not isinstance(inner, Mapping):
        return values
    inside = _inside(inner, at[1:]) if len(at) > 1 else inner
    return {**{given: value for given, value in values.items() if given != at[0]}, **inside}
