"""The object store of a vendor: the objects, their keys, and those that are there although nobody made them.

What an operation does to them is simulator.objects.service. It knows no HTTP.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from tidegate.openapi.document import DocumentError
from tidegate.simulator.answer import errors
from tidegate.simulator.document.parent_fields import ParentField
from tidegate.simulator.document.resource_kind import ResourceKind, variant_of
from tidegate.simulator.document.resource_operation import ResourceOperation, ResourceOperations
from tidegate.simulator.merge.field_mask import masked
from tidegate.simulator.merge.schema_merge import SchemaMerge
from tidegate.simulator.merge.sent_ids import SentIds
from tidegate.simulator.objects.declared_values import DeclaredValues
from tidegate.simulator.objects.event_log import EVENT, EVENTS_MAX
from tidegate.simulator.objects.lifecycle import ANY, Given, Lifecycle
from tidegate.simulator.objects.operation_request import OperationRequest
from tidegate.simulator.objects.prototypes import Prototypes
from tidegate.simulator.storage.belongings import Belongings
from tidegate.simulator.storage.list_conditions import texts_of, value_at
from tidegate.simulator.storage.object_keys import ALONE, ObjectKeys
from tidegate.simulator.storage.resources import Resources
from tidegate.simulator.storage.restorable import Restorable
from tidegate.simulator.storage.store_counters import StoreCounters
from tidegate.simulator.storage.uploaded_files import UploadedFiles
from tidegate.values.json_value import NOTHING, Obj
from tidegate.values.value_generator import ValueGenerator


class ObjectStore:
    """Every object of one vendor. `wall` is the world's clock, `fixtures` the vendor's own sample objects by kind."""

    def __init__(
        self,
        resource_operations: ResourceOperations,
        lifecycles: Mapping[str, Lifecycle],
        generator: ValueGenerator,
        wall: Callable[[], float],
        fixtures: Mapping[str, Any],
    ) -> None:
        self._resource_operations = resource_operations
        self._lifecycles = lifecycles
        self._generator = generator
        self._wall = wall
        self.counters = StoreCounters()
        self._named: dict[str, Mapping[str, str]] = {}
        self.keys = ObjectKeys(resource_operations.model)
        self.prototypes = Prototypes(resource_operations.model, generator, fixtures)
        self.declared = DeclaredValues(self.prototypes)
        self.merge = SchemaMerge(resource_operations.document.schemas, generator.inner)
        self.belongings = Belongings()
        self.files = UploadedFiles(resource_operations.document.schemas)
        self.resources = Resources(self._indexes(), {EVENT: EVENTS_MAX})
        self._restorable = Restorable(resource_operations.model, self.resources)
        self._sent_ids = SentIds(resource_operations.model, self.merge, self.resources.get)
        self.furnishing: list[Callable[[], None]] = []
        """Others that put objects there from the beginning."""
        self._furnish()

    def reset(self) -> None:
        """Forget everything, and put there again what is there from the beginning."""
        self._clear(StoreCounters())
        self._furnish()

    def _clear(self, counters: StoreCounters) -> None:
        self.counters = counters
        self.belongings.replace([])
        for held in (self.files, self.resources):
            held.clear()

    def replace(self, objects: Mapping[str, Iterable[tuple[str, Obj]]]) -> None:
        """Hold these objects, by kind and with their keys, and nothing else. Numbers go on after the highest."""
        self._clear(StoreCounters(self.counters.placed))
        for name, things in objects.items():
            kind = self._resource_operations.kinds.get(name)
            prototype = self.prototypes.of(kind).fields if kind is not None else None
            for key, thing in things:
                self.resources.put(name, thing, key, prototype)
                if kind is not None and kind.numbered and isinstance(number := kind.id_of(thing), int):
                    place = name, key.rpartition("/")[0]
                    self.counters.numbers[place] = max(self.counters.numbers[place], number)

    def form(self, kind: ResourceKind, values: Given) -> ResourceKind:
        """The kind, as the form of its objects that values have."""
        return variant_of(self._resource_operations.document, kind, values)

    def reported(self, kind: ResourceKind) -> frozenset[str]:
        """The fields of an object that an app may change later, by a request at the object's own path."""
        operations, fields = self._resource_operations, frozenset[str]()
        for operation in operations.model.methods.get(kind.home, {}).values():
            with suppress(DocumentError):
                fields |= operations.of(operation).sent_fields
        return fields

    def lifecycle(self, kind: str) -> Lifecycle:
        """The lifecycle of a kind."""
        return self._lifecycles.get(kind, ANY)

    def put(self, kind: ResourceKind, key: str, thing: Obj) -> None:
        """Put an object under a key, in place of the one that is there."""
        self.counters.gone.discard((kind.name, key))
        self.resources.put(kind.name, thing, key, self.prototypes.of(kind).fields)

    def remove(self, kind: ResourceKind, key: str) -> None:
        """Take an object out, for good where nothing restores it."""
        if not self._restorable.keep(kind, key):
            self.files.drop(kind.name, key)
            self.belongings.drop(kind.name, key)
        self.resources.remove(kind.name, key)
        self.counters.gone.add((kind.name, key))

    def bring_back(self, kind: ResourceKind, key: str, action: str) -> None:
        """Put an object back that is gone, if the action restores it."""
        if action and (thing := self._restorable.returned(kind, key, action)) is not None:
            self.put(kind, key, thing)

    def lookup(
        self, kind: ResourceKind, key: str, identifier: str, request: OperationRequest, *, trace: bool = False
    ) -> Obj:
        """The object under a key; with `trace` what a deleted one left. Raises errors.VendorError for none."""
        thing = self.resources.get(kind.name, key)
        if thing is None and trace:
            thing = self.resources.get(f"deleted {kind.name}", key)
        if thing is not None:
            return thing
        if (kind.name, key) not in self.counters.gone and self.is_there(kind):
            return self.materialise(kind, key.rpartition("/")[0], identifier, request)
        raise errors.no_such(kind.name, identifier, self.lifecycle(kind.name).path_param)

    def place(self, kind: ResourceKind, values: Given, scope: str = "") -> str:
        """Put an object there without a request, with whatever fields are given; returns its id. No event."""
        self.counters.placed += 1
        kind, wall = self.form(kind, values), int(self._wall())
        thing = self.prototypes.new(kind, f"placed:{self.counters.placed}", wall)
        thing = {**thing, **{name: value for name, value in values.items() if name in kind.fields or not kind.fields}}
        return str(self._keep(kind, thing, scope)[0])

    def materialise(self, kind: ResourceKind, scope: str, identifier: str, request: OperationRequest) -> Obj:
        """An object that nobody made, but that is taken to be there under this id."""
        kind, key = self.form(kind, {}), self.keys.key(kind, scope, identifier)
        thing = self.prototypes.new(kind, f"there:{kind.name}:{key}", request.wall, full=True)
        thing = self.merge.identified(kind, thing, identifier)
        around = dict(zip(kind.within, scope.split("/"), strict=False))
        thing = self.merge.merged(kind, thing, around)
        thing = self.prototypes.readdressed(kind, thing, identifier, full=True)
        thing = self.declared.set(kind, thing, {**around, kind.id_param: identifier}, kind.facts.set, None, request)
        self.put(kind, key, thing)
        return thing

    def is_there(self, kind: ResourceKind) -> bool:
        """True where an object of this kind is taken to be there although nobody made it, or said which there are."""
        if kind.facts.always or kind.single or kind.nameless:
            return True
        return not kind.made and not kind.facts.there and kind.name != EVENT

    def check_around(self, operation: ResourceOperation, params: Given) -> None:
        """Raises errors.VendorError where an object that the path goes through is not there."""
        for kind, key, identifier, param in self.keys.around(operation, params):
            key = self.resources.key_of(kind.name, key, kind.also)  # noqa: PLW2901 - the same object by its other name
            gone = (kind.name, key) in self.counters.gone
            if (gone or not self.is_there(kind)) and self.resources.get(kind.name, key) is None:
                raise errors.no_such(kind.name, identifier, param)

    def check_belongs(
        self, operation: ResourceOperation, kind: ResourceKind, key: str, params: Mapping[str, str], thing: Obj
    ) -> None:
        """Raises errors.VendorError where an object belongs to another than the path goes through."""
        fields = self.keys.narrowed(kind, operation, params)
        held = ((value_at(thing, at), wanted) for at, wanted in fields.items())
        elsewhere = any(value is not None and wanted not in texts_of(value) for value, wanted in held)
        if elsewhere or self.belongings.is_elsewhere(operation, params, key):
            identifier = str(params.get(operation.id_param, ""))
            raise errors.no_such(kind.name, identifier, self.lifecycle(kind.name).path_param)

    def expanded(self, kind: str, thing: Obj, paths: Iterable[str]) -> Obj:
        """The object with ids replaced by what they name. Raises VendorError where a field cannot be expanded."""
        for path in paths:
            head, _, rest = path.partition(".")
            if (target := self.references(kind).get(head)) is None:
                raise errors.refused(f"This property cannot be expanded: {path}", param="expand")
            inner = self.resources.get(target, thing.get(head))
            if inner is not None:
                thing = {**thing, head: self.expanded(target, inner, (rest,) if rest else ())}
        return thing

    def belonging(
        self, operation: ResourceOperation, kind: ResourceKind, params: Mapping[str, str]
    ) -> frozenset[str] | None:
        """The keys of what belongs to the objects that the path goes through; None where the objects tell."""
        return self.belongings.keys(operation, params) if kind.made and operation.unnamed else None

    def references(self, kind: str) -> Mapping[str, str]:
        """Fields of a kind that hold the id of another object, and its kind."""
        if kind not in self._named:
            known = self._resource_operations.kinds.get(kind)
            recognised = self._resource_operations.model.references.of(known) if known is not None else {}
            declared = known.facts.references if known is not None else {}
            self._named[kind] = {**recognised, **declared, **self.lifecycle(kind).references}
        return self._named[kind]

    def repeated(self, operation: ResourceOperation, kind: ResourceKind, params: Given, values: Given) -> Given:
        """The values that a new object repeats: the parameters of its path, and what was sent."""
        if not params:
            return values
        echoed = {name: value for name, value in params.items() if self.merge.takes_text(kind, name)}
        for parent in operation.parents:
            sent, value = values.get(parent.field), params.get(parent.param)
            if value is None or (parent.several and parent.field in values):
                continue
            if parent.inner and isinstance(sent, dict):
                values = {**values, parent.field: {parent.inner: value, **sent}}
            elif parent.inner and parent.field not in values:
                around = {} if parent.is_part else self._around(operation, parent, params)
                level = self._resource_operations.document.schemas.plain(kind.fields[parent.field])
                node = level.get("items", {}) if parent.several else kind.fields[parent.field]
                value = parent.with_id(self.merge.filled(node, {}, around), value)
            echoed[parent.field] = value
        return {**echoed, **values} if echoed else values

    def masked(self, operation: ResourceOperation, kind: ResourceKind, thing: Obj, values: Given) -> Given:
        """What a mask of the request lets through. Raises errors.VendorError."""
        if operation.does != "update":
            return values
        document = self._resource_operations.document
        return masked(document, kind, operation.reserved, operation.sent_fields, thing, values)

    def referred(self, kind: ResourceKind, values: Given) -> Given:
        """The values with objects for ids, where a field is an object, or several, and its id was sent."""
        return self._sent_ids.replaced(kind, values, self.references(kind.name))

    def _around(self, operation: ResourceOperation, parent: ParentField, params: Given) -> Obj:
        """What an object around has of the fields by which one in it tells of it."""
        for kind, key, _, param in self.keys.around(operation, params):
            if param == parent.param and (thing := self.resources.get(kind.name, key)) is not None:
                return thing
        return {}

    def addressed(
        self,
        operation: ResourceOperation,
        kind: ResourceKind,
        thing: Obj,
        params: Given,
        values: Given,
        request: OperationRequest,
    ) -> tuple[Any, str, Obj]:
        """The id and the key of a new object, and the object with that id."""
        scope = self.keys.scope(kind, operation, params, values, thing) if kind.within else ""
        if kind.single:
            return ALONE, self.keys.key(kind, scope, ALONE), thing
        identifier = kind.id_of(thing)
        if identifier is NOTHING:
            identifier = self.prototypes.identifier(kind, request.name)
            return identifier, self.keys.key(kind, scope, identifier), thing
        if kind.numbered and isinstance(identifier, int):
            self.counters.numbers[kind.name, scope] += 1
            identifier = self.counters.numbers[kind.name, scope]
            thing = kind.with_id(thing, identifier)
        return identifier, self.keys.key(kind, scope, identifier), self.prototypes.readdressed(kind, thing, identifier)

    def referring(self, kind: ResourceKind, thing: Obj, values: Given, request: OperationRequest) -> Obj:
        """The object with ids of objects that are there, where it must name others and the request does not."""
        for name, target in self.references(kind.name).items():
            if not isinstance(thing.get(name), str) or name in values or target == kind.name:
                continue
            other = self._resource_operations.kinds.get(target)
            if other is None or other.within or self.is_there(other):
                continue
            turn = self._generator.first_pick(f"{name}:{request.name}", 1 << 30)
            existing = self.resources.some_key(target, "", turn)
            thing = {**thing, name: existing if existing is not None else self.place(other, {})}
        return thing

    def _keep(self, kind: ResourceKind, thing: Obj, scope: str) -> tuple[Any, str]:
        identifier = kind.id_of(thing)
        if identifier is NOTHING:
            name = f"{kind.name}:{self.counters.placed}"
            identifier = ALONE if kind.single else self._generator.letters(name, 16)
        key = self.keys.key(kind, scope, identifier)
        self.put(kind, key, self.prototypes.readdressed(kind, thing, identifier))
        return identifier, key

    def _furnish(self) -> None:
        """Put there what the vendor file says is there from the beginning."""
        for kind in self._resource_operations.kinds.values():
            for values in kind.facts.there:
                self.place(kind, values)
        for furnish in self.furnishing:
            furnish()

    def _indexes(self) -> dict[str, tuple[str, ...]]:
        return {
            name: (*dict.fromkeys((*kind.filters.values(), *kind.also, *self.lifecycle(name).indexed)),)
            for name, kind in self._resource_operations.kinds.items()
        }
