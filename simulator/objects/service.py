"""The service of a vendor: finds or makes the object of a request, changes it, writes events and effects.

Synchronous from beginning to end, so no two requests mix. It knows kinds only through their lifecycle, and no HTTP,
no keys, no limits and no faults.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tidegate.simulator.answer import errors
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_operation import ResourceOperation, ResourceOperations
from tidegate.simulator.objects import conversations, revisions
from tidegate.simulator.objects.answer_bodies import AnswerBodies
from tidegate.simulator.objects.answer_headers import AnswerHeaders, place_of
from tidegate.simulator.objects.changes import Changes
from tidegate.simulator.objects.event_log import EventLog
from tidegate.simulator.objects.lifecycle import Given, Lifecycle
from tidegate.simulator.objects.object_store import ObjectStore
from tidegate.simulator.objects.operation_request import OperationRequest, OperationResult
from tidegate.simulator.objects.wrapped_values import unwrapped
from tidegate.simulator.request.multipart import UploadedFile
from tidegate.simulator.storage.pagination import Pagination
from tidegate.simulator.storage.resources import Resources
from tidegate.simulator.storage.uploaded_files import representation
from tidegate.simulator.values.json_value import NOTHING, Obj
from tidegate.simulator.values.value_generator import ValueGenerator
from tidegate.vendor.conversation_facts import Conversation
from tidegate.vendor.resource_facts import ResourceFacts


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
        self._bodies = AnswerBodies(resource_operations.model, generator, store.merge)
        self._answer_headers = AnswerHeaders(resource_operations.document, generator)
        self._pages = (facts or ResourceFacts()).pages
        self._pagination = Pagination(resource_operations.document, self._pages, store.resources)
        self.event_log = EventLog(resource_operations, store.prototypes, store.resources, api_version)
        self.changes = Changes(store, generator, self.event_log, later, wall)
        self._verbs: Mapping[
            str, Callable[[ResourceOperation, ResourceKind, Given, Given, OperationRequest], OperationResult]
        ] = {
            "list": self._list,
            "create": self._create,
            "retrieve": self._retrieve,
            "update": self._update,
            "put": self._put,
            "delete": self._delete,
            "act": self._update,
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
        if operation.downloads and (file := self._file(operation, params)) is not None:
            body, media = representation(file, operation.media, request.accept)
            return OperationResult(body, operation.status, {"Content-Type": media})
        if kind is None:
            return self._sample(operation, params, values, request)
        self.store.check_around(operation, params)
        values = unwrapped(operation, kind, values)
        return self._verbs[operation.does](operation, kind, params, values, request)

    def offered(self, operation: ResourceOperation, media: str, body: Any, name: str) -> bytes:
        """The body of an answer in another media type that the document has for it."""
        return self._bodies.offered(operation, media, body, name)

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

    # --- what the verbs do ---------------------------------------------------------------------------------------

    def _sample(
        self, operation: ResourceOperation, params: Given, values: Given, request: OperationRequest
    ) -> OperationResult:
        body = self._bodies.body(operation, request.name, {**params, **values})
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
        known = conversations.places(talk, values, self._letters(request), request.wall)
        answer = conversations.answer(talk, known)
        if talk.kept and kind is not None and operation.does == "create":
            result = self._create(operation, kind, params, {**values, **answer}, request)
        else:
            result = OperationResult(self._bodies.around(operation, answer, request.name), operation.status)
        if values.get("stream"):
            result.events = (*conversations.events(talk, values, known, result.body),)
        return result

    def _list(
        self, operation: ResourceOperation, kind: ResourceKind, params: Given, values: Given, request: OperationRequest
    ) -> OperationResult:
        bound = self.store.keys.is_bound(kind, operation, params, values)
        scope = self.store.keys.scope(kind, operation, params, values, None) if kind.within and bound else ""
        narrowed = self.store.keys.narrowed(kind, operation, params)
        if operation.declared is not None:
            narrowed |= self.changes.narrowed(kind, operation.declared, {**params, **values}, request)
        page = self._pagination.page(kind, operation, scope, narrowed, values)
        paths = [_inside(path) for path in values.get("expand", ())]
        things = [self.store.expanded(kind.name, thing, paths) for _, thing in page.things]
        shown = [self._bodies.shown(operation, thing) for thing in things]
        count = lambda: self.resources.count(kind.name, self._pagination.filtered(scope, narrowed))  # noqa: E731
        if not operation.at:
            body: Any = shown
        else:
            back = self._pagination.is_backward(operation, values)
            beside = self._pagination.beside(operation, page, count, request.path, back=back)
            body = self._bodies.page(operation, shown, beside, "" if self._pages.relative else request.base)
        link = self._pagination.link(operation, page, request.base + request.path, count)
        return OperationResult(body, operation.status, {"Link": link} if link else {})

    def _create(
        self, operation: ResourceOperation, kind: ResourceKind, params: Given, values: Given, request: OperationRequest
    ) -> OperationResult:
        self.changes.check_names(kind, values)
        thing = self.store.prototypes.new(kind, request.name, request.wall)
        thing = self.store.referring(kind, thing, values, request)
        upload = self.store.files.of(kind, request.uploads) if request.uploads else None
        if upload is not None:
            values = {**self.store.files.described(kind, upload), **values}
        thing = self.store.merge.merged(kind, thing, self.store.repeated(kind, params, values), made=True)
        sources = {**params, **values}
        thing = self.changes.declared(kind, thing, sources, kind.facts.set, operation.declared, request)
        identifier, key, thing = self.store.addressed(operation, kind, thing, params, values, request)
        thing = self.changes.declared(kind, thing, sources, kind.facts.set, operation.declared, request)
        if self.resources.get(kind.name, key) is not None:
            raise errors.refused(f"{kind.name} {identifier!r} is there already", param=kind.id_field or None)
        after = self.changes.made(kind, key, thing, sources, request)
        if upload is not None:
            self.store.files.put(kind.name, key, upload)
        return self._shown(operation, kind, after, params, values, request)

    def _retrieve(
        self, operation: ResourceOperation, kind: ResourceKind, params: Given, values: Given, request: OperationRequest
    ) -> OperationResult:
        key = self._key(operation, kind, params, values)
        thing = self._lookup(operation, kind, key, params, values, request, trace=True)
        return self._shown(operation, kind, thing, params, values, request)

    def _update(
        self, operation: ResourceOperation, kind: ResourceKind, params: Given, values: Given, request: OperationRequest
    ) -> OperationResult:
        key = self._key(operation, kind, params, values)
        thing = self._lookup(operation, kind, key, params, values, request, trace=False)
        revisions.check(kind, thing, values)
        after = self.changes.changed(kind, key, thing, operation, params, values, request)
        return self._shown(operation, kind, after, params, values, request)

    def _put(
        self, operation: ResourceOperation, kind: ResourceKind, params: Given, values: Given, request: OperationRequest
    ) -> OperationResult:
        key = self._key(operation, kind, params, values)
        if self.resources.get(kind.name, key) is not None:
            return self._update(operation, kind, params, values, request)
        scope = key.rpartition("/")[0]
        identifier = params.get(operation.id_param, values.get(operation.id_param, ""))
        thing = self.store.prototypes.new(kind, request.name, request.wall)
        if kind.id_field:
            thing = self.store.merge.merged(kind, thing, {kind.id_field: identifier}, made=True)
        thing = self.store.merge.merged(kind, thing, dict(zip(kind.within, scope.split("/"), strict=False)))
        thing = self.store.merge.merged(kind, thing, self.store.repeated(kind, params, values))
        thing = self.changes.declared(kind, thing, {**params, **values}, kind.facts.set, operation.declared, request)
        after = self.changes.made(kind, key, thing, values, request)
        return self._shown(operation, kind, after, params, values, request)

    def _delete(
        self, operation: ResourceOperation, kind: ResourceKind, params: Given, values: Given, request: OperationRequest
    ) -> OperationResult:
        key = self._key(operation, kind, params, values)
        thing = self._lookup(operation, kind, key, params, values, request, trace=False)
        identifier = params.get(operation.id_param, values.get(operation.id_param, key.rpartition("/")[2]))
        trace: Obj = {"id": thing.get("id", identifier), "object": kind.name, "deleted": True}
        self.store.remove(kind, key)
        if operation.leaves_trace:
            self.resources.put(f"deleted {kind.name}", trace, key)
        self.changes.ended(kind, identifier, thing, request)
        if operation.documented is None or not operation.documented.media:
            return OperationResult(NOTHING, operation.status)
        sources = {**params, **thing, "deleted": True, "success": True}
        return OperationResult(
            self.store.merge.filled(
                operation.answer, self._bodies.body(operation, request.name, {}), {**sources, "object": trace["object"]}
            ),
            operation.status,
        )

    def _file(self, operation: ResourceOperation, params: Given) -> UploadedFile | None:
        """The file of the object that the path leads to."""
        for kind, key, _, _ in self.store.keys.around(operation, params):
            return self.store.files.get(kind.name, key)
        return None

    # --- finding and showing -------------------------------------------------------------------------------------

    def _key(self, operation: ResourceOperation, kind: ResourceKind, params: Given, values: Given) -> str:
        scope = self.store.keys.scope(kind, operation, params, values, None) if kind.within else ""
        return self.store.keys.key(kind, scope, params.get(operation.id_param, values.get(operation.id_param, "")))

    def _lookup(
        self,
        operation: ResourceOperation,
        kind: ResourceKind,
        key: str,
        params: Given,
        values: Given,
        request: OperationRequest,
        *,
        trace: bool,
    ) -> Obj:
        identifier = str(params.get(operation.id_param, values.get(operation.id_param, "")))
        return self.store.lookup(kind, key, identifier, request.wall, trace=trace)

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
        headers = self._headers(operation, request, place_of(operation, kind, thing, request.path) if made else "")
        if operation.documented is None or not operation.documented.media:
            return OperationResult(NOTHING, operation.status, headers)
        if not operation.documented.is_json or operation.inner is None:
            return OperationResult(self._bodies.body(operation, request.name, {}), operation.status, headers)
        if "expand" in values:
            thing = self.store.expanded(kind.name, thing, values["expand"])
        part = thing if operation.same else self._bodies.shown(operation, thing)
        if operation.at:
            part = self._bodies.placed(operation, part, {**params, **values, **thing})
        return OperationResult(part, operation.status, headers)

    def _headers(self, operation: ResourceOperation, request: OperationRequest, place: str = "") -> dict[str, str]:
        documented = operation.documented
        headers = self._answer_headers.of(documented, request.name, place) if documented and documented.headers else {}
        if 300 <= operation.status < 400:
            headers.setdefault("Location", request.path or "/")
        return headers

    # --- new objects ---------------------------------------------------------------------------------------------

    def _letters(self, request: OperationRequest) -> Callable[[str, int], str]:
        return lambda name, count: self._generator.letters(f"{name}:{request.name}", count)


def _inside(path: str) -> str:
    if not path.startswith("data."):
        raise errors.refused(f"This property cannot be expanded: {path}. In a list, begin with `data.`", param="expand")
    return path.removeprefix("data.")
