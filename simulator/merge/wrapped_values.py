"""Requests that wrap the object: `{"order": {…}}`, `{"data": {…}}`, as Shopify, JSON:API and others write it."""

from collections.abc import Mapping
from typing import Any

from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_operation import ResourceOperation

Given = Mapping[str, Any]


def unwrapped(operation: ResourceOperation, kind: ResourceKind, values: Given) -> Given:
    """The values as they are without the wrapper; unchanged where there is none, or the object has such a field."""
    if operation.sent_at:
        return _inside(values, operation.sent_at)
    name = operation.at[0] if len(operation.at) == 1 and operation.does != "list" else ""
    return _inside(values, (name,)) if name and name not in kind.fields else values


def _inside(values: Given, at: tuple[str, ...]) -> Given:
    inner = values.get(at[0])
    if not isinstance(inner, Mapping):
        return values
    inside = _inside(inner, at[1:]) if len(at) > 1 else inner
    return {**{given: value for given, value in values.items() if given != at[0]}, **inside}
