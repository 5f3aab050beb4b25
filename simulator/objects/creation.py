"""The making of objects: of what was sent, of the path around them, and of what the vendor gives each.

How one is shown is not decided here.
"""

from http import HTTPStatus
from typing import Any

from tidegate.simulator.answer import errors
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_operation import ResourceOperation
from tidegate.simulator.merge.accepted_work import goes_on
from tidegate.simulator.objects.changes import Changes
from tidegate.simulator.objects.lifecycle import Given
from tidegate.simulator.objects.object_store import ObjectStore
from tidegate.simulator.objects.operation_request import OperationRequest
from tidegate.simulator.storage.object_addresses import ObjectAddresses
from tidegate.values.json_value import NOTHING, Obj


class Creation:
    """New objects of one vendor."""

    def __init__(self, store: ObjectStore, changes: Changes, addresses: ObjectAddresses) -> None:
        self._addresses = addresses
        self._store = store
        self._changes = changes

    def create(
        self, operation: ResourceOperation, kind: ResourceKind, params: Given, values: Given, request: OperationRequest
    ) -> Obj:
        """A new object with an id of its own, or the one that was sent. Raises errors.VendorError."""
        if operation.sent_as in values:
            values = {**values, kind.id_field: values[operation.sent_as]}
            key = self._store.keys.key(kind, "", str(values[kind.id_field]))
            if operation.unnamed and not kind.within and (there := self._store.resources.get(kind.name, key)):
                self._store.belongings.add(operation, params, key)
                return there
        kind = self._store.form(kind, values)
        values = self._store.referred(kind, values)
        self._changes.check_names(kind, values)
        thing = self._store.prototypes.new(kind, request.name, request.wall)
        thing = self._store.referring(kind, thing, values, request)
        upload = None
        if request.uploads:
            upload, values = self._store.files.received(kind, request.uploads, values)
        given = self._store.repeated(operation, kind, params, values)
        thing = self._store.merge.merged(kind, thing, given, made=True, way=request.way, reserved=operation.reserved)
        if operation.id_param in values:
            thing = self._store.merge.identified(kind, thing, values[operation.id_param])
        sources = {**params, **values}
        thing = self._changes.declared.set(kind, thing, sources, kind.facts.set, operation.declared, request)
        identifier, key, thing = self._store.addressed(operation, kind, thing, params, values, request)
        thing = self._changes.declared.set(kind, thing, sources, kind.facts.set, operation.declared, request)
        request.made = identifier
        thing = self._addresses.linked(operation, kind, thing, params, values, request.path, request.base, identifier)
        thing = self._changes.born(kind, operation, thing, sources, request)
        if self._store.resources.get(kind.name, key) is not None:
            raise errors.already_exists(kind.name, identifier, ".".join(kind.id_at) or None)
        after = self._changes.made(kind, key, thing, sources, request)
        if operation.status == HTTPStatus.ACCEPTED:
            self._changes.accepted(kind, key, after, values, request.name)
        elif goes_on(after):
            self._changes.accepted(kind, key, after, operation.sent_fields | self._store.reported(kind), request.name)
        self._store.belongings.add(operation, params, key)
        if upload is not None:
            self._store.files.put(kind.name, key, upload)
        return after

    def put(
        self,
        operation: ResourceOperation,
        kind: ResourceKind,
        key: str,
        params: Given,
        values: Given,
        request: OperationRequest,
    ) -> Obj:
        """A new object where the client wants it. Raises errors.VendorError."""
        kind, scope = self._store.form(kind, values), key.rpartition("/")[0]
        identifier = params.get(operation.id_param, values.get(operation.id_param, ""))
        thing = self._store.prototypes.new(kind, request.name, request.wall)
        thing = self._store.merge.identified(kind, thing, identifier)
        thing = self._store.merge.merged(kind, thing, dict(zip(kind.within, scope.split("/"), strict=False)))
        thing = self._store.merge.emptied(kind, thing, operation.sent_fields) if operation.replaces else thing
        if not values.keys() - params.keys() and (
            twin := self._store.keys.twin(kind, identifier, self._store.resources)
        ):
            thing = {**thing, **twin}
        upload, values = self._store.files.received(kind, request.uploads, values)
        given = self._store.repeated(operation, kind, params, self._store.referred(kind, values))
        thing = self._store.merge.merged(kind, thing, given, made=False, way=request.way, reserved=operation.reserved)
        thing = self._changes.declared.set(
            kind, thing, {**params, **values}, kind.facts.set, operation.declared, request
        )
        thing = self._addresses.linked(operation, kind, thing, params, values, request.path, request.base)
        self._store.belongings.add(operation, params, key)
        self._store.files.put(kind.name, key, upload)
        return self._changes.made(kind, key, thing, values, request)

    def named(
        self, operation: ResourceOperation, kind: ResourceKind, params: Given, item: Given, request: OperationRequest
    ) -> tuple[str, Any, Obj | None]:
        """The key, the id and the object that one of many names; None for one that is to be made, as by PUT.

        Raises errors.VendorError.
        """
        if operation.does == "create":
            return "", NOTHING, None
        key, identifier = self._store.keys.of_item(kind, operation, params, item)
        if operation.puts and self._store.resources.get(kind.name, key) is None:
            return key, identifier, None
        return key, identifier, self._store.lookup(kind, key, str(identifier), request)
