"""Carries one checked request out: finds or makes the object, lets it make its move, writes events, tells the effects.

Synchronous from beginning to end, so no two requests mix. It knows kinds only through their lifecycle, and no HTTP,
no keys, no limits and no faults.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tidegate.simulator.answer import errors
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_operation import ResourceOperation, ResourceOperations
from tidegate.simulator.objects import conversations
from tidegate.simulator.objects.answer_bodies import AnswerBodies
from tidegate.simulator.objects.changes import Changes
from tidegate.simulator.objects.event_log import EVENT, EventLog
from tidegate.simulator.objects.lifecycle import Given, Lifecycle
from tidegate.simulator.objects.object_store import ObjectStore
from tidegate.simulator.objects.operation_request import OperationRequest, OperationResult
from tidegate.simulator.request.multipart import UploadedFile
from tidegate.simulator.storage.pagination import Pagination
from tidegate.simulator.storage.resources import Resources
from tidegate.simulator.storage.uploaded_files import representation
from tidegate.simulator.values.json_value import NOTHING, Obj
from tidegate.simulator.values.value_generator import ValueGenerator
from tidegate.vendor.conversation_facts import Conversation
from tidegate.vendor.resource_facts import ResourceFacts

__all__ = ["EVENT", "OperationRequest", "OperationResult", "Service"]


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
        talks: Mapping[str, Conversation] | None = None,
    ) -> None:
        self._resource_operations = resource_operations
        self._generator = generator
        self._talks = talks or {}
        self.store = store = self._store = ObjectStore(resource_operations, lifecycles, generator, wall, fixtures or {})
        self._bodies = AnswerBodies(resource_operations.known, generator, store.merge)
        self._pages = (facts or ResourceFacts()).pages
        self._lists = Pagination(resource_operations.document, self._pages, store.resources)
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
        return self._store.resources

    def carry_out(
        self, shape: ResourceOperation, params: Mapping[str, str], values: Given, request: OperationRequest
    ) -> OperationResult:
        """What the request comes to. Raises errors.VendorError; what was changed until then stays changed."""
        kind = self._resource_operations.kinds.get(shape.kind)
        if (talk := self._talks.get(shape.operation)) is not None:
            return self._talk(talk, shape, kind, params, values, request)
        if shape.downloads and (file := self._file(shape, params)) is not None:
            body, media = representation(file, shape.media, request.accept)
            return OperationResult(body, shape.status, {"Content-Type": media})
        if kind is None:
            return self._sample(shape, params, values, request)
        self._store.check_around(shape, params)
        return self._verbs[shape.does](shape, kind, params, values, request)

    def reset(self) -> None:
        """Forget every object and every move that was still to come."""
        self.changes.reset()
        self._store.reset()

    def replace(self, objects: Mapping[str, Iterable[tuple[str, Obj]]]) -> None:
        """Hold these objects, by kind and with their keys, and nothing else. No move is still to come."""
        self.changes.reset()
        self._store.replace(objects)

    def place(self, kind: ResourceKind, values: Given, scope: str = "") -> str:
        """Put an object where nobody asked for it, with whatever fields are given; returns its id. No event."""
        return self._store.place(kind, values, scope)

    # --- what the verbs do ---------------------------------------------------------------------------------------

    def _sample(
        self, shape: ResourceOperation, params: Given, values: Given, request: OperationRequest
    ) -> OperationResult:
        body = self._bodies.body(shape, request.name, {**params, **values})
        return OperationResult(body, shape.status, self._headers(shape, request))

    def _talk(
        self,
        talk: Conversation,
        shape: ResourceOperation,
        kind: ResourceKind | None,
        params: Given,
        values: Given,
        request: OperationRequest,
    ) -> OperationResult:
        known = conversations.places(talk, values, self._letters(request), request.wall)
        said = conversations.answer(talk, known)
        if talk.kept and kind is not None and shape.does == "create":
            outcome = self._create(shape, kind, params, {**values, **said}, request)
        else:
            outcome = OperationResult(self._bodies.around(shape, said, request.name), shape.status)
        if values.get("stream"):
            outcome.events = (*conversations.events(talk, values, known, outcome.body),)
        return outcome

    def _list(
        self, shape: ResourceOperation, kind: ResourceKind, params: Given, values: Given, request: OperationRequest
    ) -> OperationResult:
        bound = self._store.where.is_bound(kind, shape, params, values)
        scope = self._store.where.scope(kind, shape, params, values, None) if kind.within and bound else ""
        narrowed = self._store.where.narrowed(kind, shape, params)
        if shape.declared is not None:
            narrowed |= self.changes.narrowed(kind, shape.declared, {**params, **values}, request)
        page = self._lists.page(kind, shape, scope, narrowed, values)
        paths = [_inside(path) for path in values.get("expand", ())]
        things = [self._store.expanded(kind.name, thing, paths) for _, thing in page.things]
        shown = [self._bodies.shown(shape, thing) for thing in things]
        count = lambda: self.resources.count(kind.name, self._lists.filtered(scope, narrowed))  # noqa: E731
        if not shape.at:
            body: Any = shown
        else:
            back = self._lists.is_backward(shape, values)
            beside = self._lists.beside(shape, page, count, request.path, back=back)
            body = self._bodies.page(shape, shown, beside, "" if self._pages.relative else request.base)
        link = self._lists.link(shape, page, request.base + request.path, count)
        return OperationResult(body, shape.status, {"Link": link} if link else {})

    def _create(
        self, shape: ResourceOperation, kind: ResourceKind, params: Given, values: Given, request: OperationRequest
    ) -> OperationResult:
        self.changes.check_names(kind, values)
        thing = self._store.prototypes.new(kind, request.name, request.wall)
        thing = self._store.referring(kind, thing, values, request)
        upload = self._store.files.of(kind, request.uploads) if request.uploads else None
        if upload is not None:
            values = {**self._store.files.described(kind, upload), **values}
        thing = self._store.merge.merged(kind, thing, self._store.repeated(kind, params, values), made=True)
        sources = {**params, **values}
        thing = self.changes.declared(kind, thing, sources, kind.facts.set, shape.declared, request)
        identifier, key, thing = self._store.addressed(shape, kind, thing, params, values, request)
        thing = self.changes.declared(kind, thing, sources, kind.facts.set, shape.declared, request)
        if self.resources.get(kind.name, key) is not None:
            raise errors.refused(f"{kind.name} {identifier!r} is there already", param=kind.id_field or None)
        after = self.changes.made(kind, key, thing, sources, request)
        if upload is not None:
            self._store.files.keep(kind.name, key, upload)
        return self._shown(shape, kind, after, params, values, request)

    def _retrieve(
        self, shape: ResourceOperation, kind: ResourceKind, params: Given, values: Given, request: OperationRequest
    ) -> OperationResult:
        key = self._key(shape, kind, params, values)
        thing = self._found(shape, kind, key, params, values, request, trace=True)
        return self._shown(shape, kind, thing, params, values, request)

    def _update(
        self, shape: ResourceOperation, kind: ResourceKind, params: Given, values: Given, request: OperationRequest
    ) -> OperationResult:
        key = self._key(shape, kind, params, values)
        thing = self._found(shape, kind, key, params, values, request, trace=False)
        after = self.changes.changed(kind, key, thing, shape, params, values, request)
        return self._shown(shape, kind, after, params, values, request)

    def _put(
        self, shape: ResourceOperation, kind: ResourceKind, params: Given, values: Given, request: OperationRequest
    ) -> OperationResult:
        key = self._key(shape, kind, params, values)
        if self.resources.get(kind.name, key) is not None:
            return self._update(shape, kind, params, values, request)
        scope = key.rpartition("/")[0]
        identifier = params.get(shape.id_param, values.get(shape.id_param, ""))
        thing = self._store.prototypes.new(kind, request.name, request.wall)
        if kind.id_field:
            thing = self._store.merge.merged(kind, thing, {kind.id_field: identifier}, made=True)
        thing = self._store.merge.merged(kind, thing, dict(zip(kind.within, scope.split("/"), strict=False)))
        thing = self._store.merge.merged(kind, thing, self._store.repeated(kind, params, values))
        thing = self.changes.declared(kind, thing, {**params, **values}, kind.facts.set, shape.declared, request)
        after = self.changes.made(kind, key, thing, values, request)
        return self._shown(shape, kind, after, params, values, request)

    def _delete(
        self, shape: ResourceOperation, kind: ResourceKind, params: Given, values: Given, request: OperationRequest
    ) -> OperationResult:
        key = self._key(shape, kind, params, values)
        thing = self._found(shape, kind, key, params, values, request, trace=False)
        identifier = params.get(shape.id_param, values.get(shape.id_param, key.rpartition("/")[2]))
        trace: Obj = {"id": thing.get("id", identifier), "object": kind.name, "deleted": True}
        self._store.remove(kind, key)
        if shape.leaves_trace:
            self.resources.put(f"deleted {kind.name}", trace, key)
        self.changes.ended(kind, identifier, thing, request)
        if shape.told is None or not shape.told.media:
            return OperationResult(NOTHING, shape.status)
        said = {**params, **thing, "deleted": True, "success": True}
        return OperationResult(
            self._store.merge.filled(
                shape.answer, self._bodies.body(shape, request.name, {}), {**said, "object": trace["object"]}
            ),
            shape.status,
        )

    def _file(self, shape: ResourceOperation, params: Given) -> UploadedFile | None:
        """The file of the object that the path leads to."""
        for kind, key, _, _ in self._store.where.around(shape, params):
            return self._store.files.get(kind.name, key)
        return None

    # --- finding and showing -------------------------------------------------------------------------------------

    def _key(self, shape: ResourceOperation, kind: ResourceKind, params: Given, values: Given) -> str:
        scope = self._store.where.scope(kind, shape, params, values, None) if kind.within else ""
        return self._store.where.key(kind, scope, params.get(shape.id_param, values.get(shape.id_param, "")))

    def _found(
        self,
        shape: ResourceOperation,
        kind: ResourceKind,
        key: str,
        params: Given,
        values: Given,
        request: OperationRequest,
        *,
        trace: bool,
    ) -> Obj:
        identifier = str(params.get(shape.id_param, values.get(shape.id_param, "")))
        return self._store.found(kind, key, identifier, request.wall, trace=trace)

    def _shown(
        self,
        shape: ResourceOperation,
        kind: ResourceKind,
        thing: Obj,
        params: Given,
        values: Given,
        request: OperationRequest,
    ) -> OperationResult:
        headers = self._headers(shape, request)
        if shape.told is None or not shape.told.media:
            return OperationResult(NOTHING, shape.status, headers)
        if "json" not in shape.told.media or shape.inner is None:
            return OperationResult(self._bodies.body(shape, request.name, {}), shape.status, headers)
        if "expand" in values:
            thing = self._store.expanded(kind.name, thing, values["expand"])
        part = thing if shape.same else self._bodies.shown(shape, thing)
        if shape.at:
            part = self._bodies.placed(shape, part, {**params, **values, **thing})
        return OperationResult(part, shape.status, headers)

    def _headers(self, shape: ResourceOperation, request: OperationRequest) -> dict[str, str]:
        headers = self._bodies.headers(shape, request.name) if shape.told is not None and shape.told.headers else {}
        if 300 <= shape.status < 400:
            headers.setdefault("Location", request.path or "/")
        return headers

    # --- new objects ---------------------------------------------------------------------------------------------

    def _letters(self, request: OperationRequest) -> Callable[[str, int], str]:
        return lambda name, count: self._generator.letters(f"{name}:{request.name}", count)


def _inside(path: str) -> str:
    if not path.startswith("data."):
        raise errors.refused(f"This property cannot be expanded: {path}. In a list, begin with `data.`", param="expand")
    return path.removeprefix("data.")
