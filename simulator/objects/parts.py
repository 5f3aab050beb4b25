"""Parts of objects that have a path of their own: `/users/{id}/address`, where a user has an address.

They are read from the object and written into it, so that both paths tell the same.
"""

from collections.abc import Mapping
from typing import Any

from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_operation import ResourceOperation
from tidegate.simulator.merge.schema_merge import patched
from tidegate.simulator.objects.answer_bodies import AnswerBodies
from tidegate.simulator.objects.changes import Changes
from tidegate.simulator.objects.lifecycle import Given
from tidegate.simulator.objects.object_store import ObjectStore
from tidegate.simulator.objects.operation_request import OperationRequest, OperationResult
from tidegate.values.json_value import NOTHING, Obj


class ObjectParts:
    """The parts of one vendor's objects."""

    def __init__(self, store: ObjectStore, changes: Changes, bodies: AnswerBodies) -> None:
        self._store = store
        self._changes = changes
        self._bodies = bodies

    def carry_out(
        self, operation: ResourceOperation, kind: ResourceKind, params: Given, values: Given, request: OperationRequest
    ) -> OperationResult:
        """The part, as it is or as it is made. One that is not there yet is made as the answer has it.

        Raises errors.VendorError.
        """
        keys, identifier = self._store.keys, str(params[operation.id_param])
        scope = keys.scope(kind, operation, params, values, None) if kind.within else ""
        key = keys.key(kind, scope, identifier)
        thing = self._store.lookup(kind, key, identifier, request.wall)
        part = _found(thing, operation.part)
        changed = self._changed(operation, part, values, request)
        if changed is not part:
            after = {operation.part[0]: _with(thing, operation.part, changed)[operation.part[0]]}
            self._changes.changed(kind, key, thing, operation, params, after, _plain(request))
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
        if operation.replaces or not isinstance(given, dict):
            return given
        return patched(held, given) if request.way == "merge" else {**held, **given}

    def _sample(self, operation: ResourceOperation, request: OperationRequest) -> Any:
        return self._bodies.body(operation, request.name, {})


def _found(thing: Any, at: tuple[str, ...]) -> Any:
    for name in at:
        thing = thing.get(name, NOTHING) if isinstance(thing, Mapping) else NOTHING
    return thing


def _with(thing: Any, at: tuple[str, ...], part: Any) -> Obj:
    held = thing if isinstance(thing, dict) else {}
    return {**held, at[0]: part if len(at) == 1 else _with(held.get(at[0]), at[1:], part)}


def _plain(request: OperationRequest) -> OperationRequest:
    """The request, as one that sends values of the object's fields."""
    return OperationRequest(
        request.name, request.wall, request.request_id, request.key, request.effects, request.path, request.number,
        base=request.base, accept=request.accept,
    )  # fmt: skip
