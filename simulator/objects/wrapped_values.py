"""Requests that wrap the object as the answer does: `{"order": {…}}`, as Shopify, Zendesk and others write it."""

from collections.abc import Mapping

from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_operation import ResourceOperation
from tidegate.simulator.objects.lifecycle import Given


def unwrapped(operation: ResourceOperation, kind: ResourceKind, values: Given) -> Given:
    """The values as they are without the wrapper; unchanged where there is none, or the object has such a field."""
    name = operation.at[0] if len(operation.at) == 1 and operation.does != "list" else ""
    inner = values.get(name) if name else None
    if not isinstance(inner, Mapping) or name in kind.fields:
        return values
    return {**{given: value for given, value in values.items() if given != name}, **inner}
