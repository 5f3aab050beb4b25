"""The service of a vendor: finds or makes the object of a request, changes it, writes events and effects.

Synchronous from beginning to end, so no two requests mix. It knows kinds only through their lifecycle, and no HTTP,
no keys, no limits and no faults.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_operation import ResourceOperation, ResourceOperations
from tidegate.simulator.merge import revisions
from tidegate.simulator.merge.batched_values import batched
from tidegate.simulator.merge.field_mask import may_be_missing
from tidegate.simulator.merge.wrapped_values import unwrapped
from tidegate.simulator.objects.answer_bodies import AnswerBodies
from tidegate.simulator.objects.answer_headers import AnswerHeaders, declared_headers
from tidegate.simulator.objects.changes import Changes
from tidegate.simulator.objects.creation import Creation
from tidegate.simulator.objects.event_log import EventLog
from tidegate.simulator.objects.language_models import conversations
from tidegate.simulator.objects.lifecycle import Given, Lifecycle
from tidegate.simulator.objects.listing import Listing
from tidegate.simulator.objects.object_store import ObjectStore
from tidegate.simulator.objects.operation_request import OperationRequest, OperationResult, RequestMoveContext
from tidegate.simulator.objects.parts import ObjectParts
from tidegate.simulator.request.multipart import UploadedFile
from tidegate.simulator.storage.object_addresses import ObjectAddresses
from tidegate.simulator.storage.resources import Resources
from tidegate.simulator.storage.uploaded_files import representation
from tidegate.values.json_value import NOTHING, Obj
from tidegate.values.value_generator import ValueGenerator
from tidegate.vendor.conversation_facts import Conversation
from tidegate.vendor.resource_facts import ResourceFacts

_Verb = Callable[[ResourceOperation, ResourceKind, Given, Given, OperationRequest], OperationResult]


class Service:
    """The vendor behind its front door. `later(delay_s, callback)` is the world's timer, `wall` its clock."""

    def __init__(
        self,
        resource_operations: ResourceOperations,
        lifecycles: Mapping[str, Lifecycle],
        generator: ValueGenerator,
        *,
        api_version: str | None,
        later: Callable[[float, Callable[[], None]], asyncio.TimerHandle],
        wall: Callable[[], float],
        facts: ResourceFacts | None = None,
        fixtures: Mapping[str, Any] | None = None,
        conversation_facts: Mapping[str, Conversation] | None = None,
    ) -> None:
        self._resource_operations = resource_operations
        self._generator = generator
        self._conversations = conversation_facts or {}
        self.store = store = ObjectStore(resource_operations, lifecycles, generator, wall, fixtures or {})
        self.bodies = AnswerBodies(resource_operations.model, generator, store.merge)
        self._answer_headers = AnswerHeaders(resource_operations.document, generator)
        self.event_log = EventLog(resource_operations, store.prototypes, store.resources, api_version)
        self.changes = Changes(store, generator, self.event_log, later, wall)
        self._addresses = ObjectAddresses(resource_operations.model)
        self._creation = Creation(store, self.changes, self._addresses)
        pages = (facts or ResourceFacts()).pages
        self._listing = Listing(store, self.changes, self.bodies, self._answer_headers, pages)
        self._parts = ObjectParts(self.changes, self.bodies)
        self._verbs: Mapping[str, _Verb] = {
            "list": self._listing.carry_out,
            "create": self._create,
            "retrieve": self._retrieve,
            **dict.fromkeys(("update", "act"), self._update),
            "put": self._put,
            "delete": self._delete,
        }

    @property
    def resources(self) -> Resources:
        """Everything that there is."""
        return self.store.resources

    def carry_out(
        self, operation: ResourceOperation, params: Mapping[str, str], values: Given, request: OperationRequest
    ) -> OperationResult:
        """The result of the request. Raises errors.VendorError; what was changed until then stays changed."""
        kind = self._resource_operations.kinds.get(operation.kind)
        if (talk := self._conversations.get(operation.id)) is not None:
            return self._talk(talk, operation, kind, params, values, request)
        if operation.downloads and not request.uploads and (file := self._file(operation, kind, params)) is not None:
            body, media = representation(file, operation.media, request.accept)
            return OperationResult(body, operation.status, {"Content-Type": media})
        if operation.is_aliased:
            params = self.store.keys.by_ids(operation, params, self.resources)
        if kind is not None or operation.documented is None or operation.documented.has_404:
            self.store.check_around(operation, params)
        if kind is None:
            return self._sample(operation, params, values, request)
        if operation.part:
            key, thing = self._lookup(operation, kind, params, values, request)
            return self._parts.carry_out(operation, kind, key, thing, params, values, request)
        if operation.many is not None:
            return self._each(operation, kind, operation.many, params, values, request)
        values = unwrapped(operation, kind, values)
        return self._verbs[operation.does](operation, kind, params, values, request)

    def reset(self) -> None:
        """Forget every object and every move that was still to come."""
        self.changes.reset()
        self.store.reset()

    def replace(self, objects: Mapping[str, Iterable[tuple[str, Obj]]]) -> None:
        """Hold these objects, by kind and with their keys, and nothing else. No move is still to come."""
        self.changes.reset()
        self.store.replace(objects)

    def place(self, kind: ResourceKind, values: Given, scope: str = "") -> str:
        """Put an object there without a request, with whatever fields are given; returns its id. No event."""
        return self.store.place(kind, values, scope)

    def _sample(
        self, operation: ResourceOperation, params: Given, values: Given, request: OperationRequest
    ) -> OperationResult:
        body = self._listing.sample(operation, params, values, request)
        return OperationResult(body, operation.status, self._headers(operation, request))

    def _talk(
        self,
        talk: Conversation,
        operation: ResourceOperation,
        kind: ResourceKind | None,
        params: Given,
        values: Given,
        request: OperationRequest,
    ) -> OperationResult:
        letters = RequestMoveContext(self.resources, self._generator, request).letters
        known = conversations.places(talk, values, letters, request.wall)
        answer = conversations.answer(talk, known)
        said = self.bodies.completed(operation, answer, request.name)
        if talk.kept and kind is not None and operation.does == "create":
            result = self._create(operation, kind, params, {**values, **said}, request)
        else:
            result = OperationResult({**self.bodies.around(operation, answer, request.name), **said}, operation.status)
        if values.get("stream"):
            result.events = (*conversations.events(talk, values, known, result.body),)
        return result

    def _each(
        self,
        operation: ResourceOperation,
        kind: ResourceKind,
        at: tuple[str, ...],
        params: Given,
        values: Given,
        request: OperationRequest,
    ) -> OperationResult:
        """Do it to each of many objects, and show what became of them. One that is not there refuses the whole."""
        items = batched(at, values, request.body, kind)
        keys = [self._creation.named(operation, kind, params, item, request) for item in items]
        things = []
        for place, (given, (key, identifier, thing)) in enumerate(zip(items, keys, strict=True)):
            one = replace(request, name=f"{request.name}:{place}", body=None)
            if thing is None:
                things.append(self._creation.create(operation, kind, params, given, one))
                continue
            if operation.does == "delete":
                self.changes.ended(kind, key, identifier, thing, one)
            elif operation.does == "update":
                thing = self.changes.changed(kind, key, thing, operation, params, given, one)  # noqa: PLW2901
            things.append(thing)
        return self.bodies.of_many(operation, kind, things, request.name)

    def _create(
        self, operation: ResourceOperation, kind: ResourceKind, params: Given, values: Given, request: OperationRequest
    ) -> OperationResult:
        after = self._creation.create(operation, kind, params, values, request)
        return self._shown(operation, kind, after, params, values, request)

    def _retrieve(
        self, operation: ResourceOperation, kind: ResourceKind, params: Given, values: Given, request: OperationRequest
    ) -> OperationResult:
        _, thing = self._lookup(operation, kind, params, values, request, trace=True)
        result = self._shown(operation, kind, thing, params, values, request)
        return replace(result, body=self._listing.included.beside(operation, result.body, [thing], values))

    def _update(
        self, operation: ResourceOperation, kind: ResourceKind, params: Given, values: Given, request: OperationRequest
    ) -> OperationResult:
        upserts = may_be_missing(operation.reserved, values)
        if upserts and self.resources.get(kind.name, self._key(operation, kind, params, values)) is None:
            return self._put(operation, kind, params, values, request)
        key, thing = self._lookup(operation, kind, params, values, request)
        revisions.check(kind, thing, values)
        after = self.changes.changed(kind, key, thing, operation, params, values, request)
        return self._shown(operation, kind, after, params, values, request)

    def _put(
        self, operation: ResourceOperation, kind: ResourceKind, params: Given, values: Given, request: OperationRequest
    ) -> OperationResult:
        if not kind.single and operation.id_param not in {**params, **values}:
            return self._create(operation, kind, params, values, request)
        key = self._key(operation, kind, params, values)
        if self.resources.get(kind.name, key) is not None:
            return self._update(operation, kind, params, values, request)
        after = self._creation.put(operation, kind, key, params, values, request)
        return self._shown(operation.created or operation, kind, after, params, values, request)

    def _delete(
        self, operation: ResourceOperation, kind: ResourceKind, params: Given, values: Given, request: OperationRequest
    ) -> OperationResult:
        if operation.clears and operation.declared is None and operation.id_param not in values:
            for key, thing in self._listing.passing(operation, kind, params, values, request):
                self.changes.ended(kind, key, kind.id_of(thing), thing, request)
            return self._sample(operation, params, values, request)
        key, thing = self._lookup(operation, kind, params, values, request)
        identifier = params.get(operation.id_param, values.get(operation.id_param, key.rpartition("/")[2]))
        trace: Obj = {"id": thing.get("id", identifier), "object": kind.name, "deleted": True}
        if not self.store.belongings.part(operation, params, key):
            self.changes.ended(kind, key, identifier, thing, request)
            if operation.leaves_trace:
                self.resources.put(f"deleted {kind.name}", trace, key)
        if operation.documented is None or not operation.documented.media:
            return OperationResult(NOTHING, operation.status)
        if operation.same:
            return self._shown(operation, kind, thing, params, values, request)
        sources = {**params, **thing, "deleted": True, "success": True, "object": kind.name}
        body = self.bodies.body(operation, request.name, {})
        return OperationResult(self.store.merge.filled(operation.answer, body, sources), operation.status)

    def _file(self, operation: ResourceOperation, kind: ResourceKind | None, params: Given) -> UploadedFile | None:
        """The file of the object that the path leads to, or goes through last."""
        if kind is not None and (own := self.store.files.get(kind.name, self._key(operation, kind, params, {}))):
            return own
        around = next(self.store.keys.around(operation, params), None)
        return self.store.files.get(around[0].name, around[1]) if around is not None else None

    # --- finding and showing -------------------------------------------------------------------------------------

    def _key(self, operation: ResourceOperation, kind: ResourceKind, params: Given, values: Given) -> str:
        scope = self.store.keys.scope(kind, operation, params, values, None) if kind.within else ""
        key = self.store.keys.key(kind, scope, params.get(operation.id_param, values.get(operation.id_param, "")))
        return self.resources.key_of(kind.name, key, kind.also)

    def _lookup(
        self,
        operation: ResourceOperation,
        kind: ResourceKind,
        params: Given,
        values: Given,
        request: OperationRequest,
        *,
        trace: bool = False,
    ) -> tuple[str, Obj]:
        """The key and the object that a request names. Raises errors.VendorError where there is none."""
        key = self._key(operation, kind, params, values)
        self.store.bring_back(kind, key, operation.action)
        identifier = str(params.get(operation.id_param, values.get(operation.id_param, "")))
        thing = self.store.lookup(kind, key, identifier, request, trace=trace)
        if operation.unnamed or (operation.parents and not kind.within):
            self.store.check_belongs(operation, kind, key, params, thing)
        return key, thing

    def _shown(
        self,
        operation: ResourceOperation,
        kind: ResourceKind,
        thing: Obj,
        params: Given,
        values: Given,
        request: OperationRequest,
    ) -> OperationResult:
        made = operation.does in ("create", "put")
        leads = made and operation.leads
        place = self._addresses.of(operation, kind, thing, params, request.path, request.made) if leads else ""
        headers = self._headers(operation, request, place) | declared_headers(operation, thing)
        if operation.documented is None or not operation.documented.media:
            return OperationResult(NOTHING, operation.status, headers)
        file = self.store.files.sent(kind, request.uploads) if request.uploads and operation.downloads else None
        if file is not None:
            body, media = representation(file, operation.media, request.accept)
            return OperationResult(body, operation.status, {**headers, "Content-Type": media})
        told = self.bodies.identifier(operation, kind.id_of(thing)) if made and operation.inner is None else NOTHING
        if told is not NOTHING:
            return OperationResult(told, operation.status, headers)
        if not operation.documented.has_fields or operation.inner is None:
            return OperationResult(self.bodies.body(operation, request.name, {}), operation.status, headers)
        if operation.expands and "expand" in values:
            thing = self.store.expanded(kind.name, thing, values["expand"])
        part = thing if operation.same else self.bodies.shown(operation, thing)
        if values and operation.does == "retrieve" and (words := self.bodies.wanted(operation, values)):
            part = self.bodies.only(operation, part, words)
        part = self.bodies.placed(operation, part, {**params, **values, **thing}) if operation.at else part
        return OperationResult(part, operation.status, headers)

    def _headers(self, operation: ResourceOperation, request: OperationRequest, place: str = "") -> dict[str, str]:
        headers = self._answer_headers.told(operation, request, place)
        if 300 <= operation.status < 400:
            headers.setdefault("Location", request.path or "/")
        return headers
