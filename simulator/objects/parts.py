"""Parts of objects that have a path of their own: `/users/{id}/address`, where a user has an address.

They are read from the object and written into it, so that both paths tell the same.
"""

from dataclasses import replace
from typing import Any

from tidegate.simulator.document.documented_answer import with_part
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_operation import ResourceOperation
from tidegate.simulator.merge.schema_merge import patched
from tidegate.simulator.objects.answer_bodies import AnswerBodies
from tidegate.simulator.objects.changes import Changes
from tidegate.simulator.objects.lifecycle import Given
from tidegate.simulator.objects.operation_request import OperationRequest, OperationResult
from tidegate.values.documented_example import part_of
from tidegate.values.json_value import NOTHING, Obj


class ObjectParts:
    """The parts of one vendor's objects."""

    def __init__(self, changes: Changes, bodies: AnswerBodies) -> None:
        self._changes = changes
        self._bodies = bodies

    def carry_out(
        self,
        operation: ResourceOperation,
        kind: ResourceKind,
        key: str,
        thing: Obj,
        params: Given,
        values: Given,
        request: OperationRequest,
    ) -> OperationResult:
        """The part of an object, as it is or as it is made. One that is not there yet is made as the answer has it.

        Raises errors.VendorError.
        """
        part = part_of(thing, operation.part)
        changed = self._changed(operation, part, values, request)
        if changed is not part:
            field = operation.part[0]
            after = {field: with_part(thing, operation.part, changed)[field]}
            plain = replace(request, uploads={}, way="json", body=None)  # it sends the value of a field
            self._changes.changed(kind, key, thing, operation, params, after, plain)
        if operation.documented is None or not operation.documented.media:
            return OperationResult(NOTHING, operation.status)
        shown = self._bodies.part(operation, changed) if operation.shows_part else self._sample(operation, request)
        return OperationResult(shown, operation.status)

    def _changed(self, operation: ResourceOperation, part: Any, values: Given, request: OperationRequest) -> Any:
        if operation.does == "retrieve":
            return self._sample(operation, request) if part is NOTHING else part
        sent = {name: value for name, value in values.items() if name not in operation.reserved}
        given: Any = request.body if request.body is not None else sent
        held = part if isinstance(part, dict) else {}
        method = self._bodies.document.operations[operation.id].method
        if method in ("POST", "DELETE"):
            return _edited(held if part is NOTHING else part, given, adds=method == "POST")
        if operation.replaces or not isinstance(given, dict):
            return given
        return patched(held, given) if request.way == "merge" else {**held, **given}

    def _sample(self, operation: ResourceOperation, request: OperationRequest) -> Any:
        return self._bodies.body(operation, request.name, {})


def _edited(part: Any, given: Any, *, adds: bool) -> Any:
    """A list, or the one in `data`, with these entries or without them.

    JSON:API 1.1, "Updating To-Many Relationships". Entries are told apart by type and id. What is no list is replaced,
    or taken away.
    """
    if isinstance(given, dict) and "data" in given:
        held = part if isinstance(part, dict) else {}
        return {**held, "data": _edited(held.get("data", []), given["data"], adds=adds)}
    if not isinstance(given, list):
        return given if adds else None
    before, sent = part if isinstance(part, list) else [], [*map(_identity, given)]
    others = [entry for entry in before if _identity(entry) not in sent]
    return [*before, *(entry for entry in given if _identity(entry) not in map(_identity, before))] if adds else others


def _identity(entry: Any) -> Any:
    return (entry.get("type"), entry["id"]) if isinstance(entry, dict) and "id" in entry else entry
