"""Carries one checked request out: finds or makes the object, lets it make its move, writes events, tells the effects.

Synchronous from beginning to end, so no two requests mix. It knows kinds only through their lifecycle, and no HTTP,
no keys, no limits and no faults.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tidegate.simulator.answer import errors
from tidegate.simulator.document.kind import Kind
from tidegate.simulator.document.shapes import Shape, Shapes
from tidegate.simulator.objects import conversations
from tidegate.simulator.objects.changes import Changes
from tidegate.simulator.objects.chronicle import EVENT, Chronicle
from tidegate.simulator.objects.files import handed_out
from tidegate.simulator.objects.holdings import Holdings
from tidegate.simulator.objects.lifecycle import Given, Lifecycle
from tidegate.simulator.objects.lists import Lists
from tidegate.simulator.objects.making import Making
from tidegate.simulator.objects.operation_request import OperationRequest, OperationResult
from tidegate.simulator.objects.resources import Resources
from tidegate.simulator.request.multipart import UploadedFile
from tidegate.simulator.values.json_value import NOTHING, Obj
from tidegate.simulator.values.samples import Samples
from tidegate.vendor.conversation_facts import Conversation
from tidegate.vendor.resource_facts import ResourceFacts

__all__ = ["EVENT", "OperationRequest", "OperationResult", "Service"]


class Service:
    """The vendor behind its front door. `later(delay_s, callback)` is the world's timer, `wall` its clock."""

    def __init__(
        self,
        shapes: Shapes,
        lifecycles: Mapping[str, Lifecycle],
        samples: Samples,
        *,
        api_version: str | None,
        later: Callable[[float, Callable[[], None]], asyncio.TimerHandle],
        wall: Callable[[], float],
        facts: ResourceFacts | None = None,
        fixtures: Mapping[str, Any] | None = None,
        talks: Mapping[str, Conversation] | None = None,
    ) -> None:
        self._shapes = shapes
        self._samples = samples
        self._talks = talks or {}
        self.holdings = held = self._held = Holdings(shapes, lifecycles, samples, wall, fixtures or {})
        self._making = Making(shapes.known, samples, held.fitting)
        self._pages = (facts or ResourceFacts()).pages
        self._lists = Lists(shapes.document, self._pages, held.resources)
        self.chronicle = Chronicle(shapes, held.blanks, held.resources, api_version)
        self.changes = Changes(held, samples, self.chronicle, later, wall)
        self._verbs: Mapping[str, Callable[[Shape, Kind, Given, Given, OperationRequest], OperationResult]] = {
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
        return self._held.resources

    def carry_out(
        self, shape: Shape, params: Mapping[str, str], values: Given, asked: OperationRequest
    ) -> OperationResult:
        """What the request comes to. Raises errors.VendorError; what was changed until then stays changed."""
        kind = self._shapes.kinds.get(shape.kind)
        if (talk := self._talks.get(shape.operation)) is not None:
            return self._talk(talk, shape, kind, params, values, asked)
        if shape.downloads and (file := self._file(shape, params)) is not None:
            body, media = handed_out(file, shape.media, asked.accept)
            return OperationResult(body, shape.status, {"Content-Type": media})
        if kind is None:
            return self._sample(shape, params, values, asked)
        self._held.check_around(shape, params)
        return self._verbs[shape.does](shape, kind, params, values, asked)

    def reset(self) -> None:
        """Forget every object and every move that was still to come."""
        self.changes.reset()
        self._held.reset()

    def replace(self, objects: Mapping[str, Iterable[tuple[str, Obj]]]) -> None:
        """Hold these objects, by kind and with their keys, and nothing else. No move is still to come."""
        self.changes.reset()
        self._held.replace(objects)

    def place(self, kind: Kind, values: Given, scope: str = "") -> str:
        """Put an object where nobody asked for it, with whatever fields are given; returns its id. No event."""
        return self._held.place(kind, values, scope)

    # --- what the verbs do ---------------------------------------------------------------------------------------

    def _sample(self, shape: Shape, params: Given, values: Given, asked: OperationRequest) -> OperationResult:
        body = self._making.body(shape, asked.name, {**params, **values})
        return OperationResult(body, shape.status, self._headers(shape, asked))

    def _talk(
        self, talk: Conversation, shape: Shape, kind: Kind | None, params: Given, values: Given, asked: OperationRequest
    ) -> OperationResult:
        known = conversations.places(talk, values, self._letters(asked), asked.wall)
        said = conversations.answer(talk, known)
        if talk.kept and kind is not None and shape.does == "create":
            outcome = self._create(shape, kind, params, {**values, **said}, asked)
        else:
            outcome = OperationResult(self._making.around(shape, said, asked.name), shape.status)
        if values.get("stream"):
            outcome.events = (*conversations.events(talk, values, known, outcome.body),)
        return outcome

    def _list(self, shape: Shape, kind: Kind, params: Given, values: Given, asked: OperationRequest) -> OperationResult:
        bound = self._held.where.is_bound(kind, shape, params, values)
        scope = self._held.where.scope(kind, shape, params, values, None) if kind.within and bound else ""
        narrowed = self._held.where.narrowed(kind, shape, params)
        if shape.declared is not None:
            narrowed |= self.changes.narrowed(kind, shape.declared, {**params, **values}, asked)
        page = self._lists.page(kind, shape, scope, narrowed, values)
        paths = [_inside(path) for path in values.get("expand", ())]
        things = [self._held.expanded(kind.name, thing, paths) for _, thing in page.things]
        shown = [self._making.shown(shape, thing) for thing in things]
        count = lambda: self.resources.count(kind.name, self._lists.filtered(scope, narrowed))  # noqa: E731
        if not shape.at:
            body: Any = shown
        else:
            back = self._lists.is_backward(shape, values)
            beside = self._lists.beside(shape, page, count, asked.path, back=back)
            body = self._making.page(shape, shown, beside, "" if self._pages.relative else asked.base)
        link = self._lists.link(shape, page, asked.base + asked.path, count)
        return OperationResult(body, shape.status, {"Link": link} if link else {})

    def _create(
        self, shape: Shape, kind: Kind, params: Given, values: Given, asked: OperationRequest
    ) -> OperationResult:
        self.changes.check_names(kind, values)
        thing = self._held.blanks.new(kind, asked.name, asked.wall)
        thing = self._held.referring(kind, thing, values, asked)
        upload = self._held.files.of(kind, asked.uploads) if asked.uploads else None
        if upload is not None:
            values = {**self._held.files.described(kind, upload), **values}
        thing = self._held.fitting.merged(kind, thing, self._held.repeated(kind, params, values), made=True)
        sources = {**params, **values}
        thing = self.changes.declared(kind, thing, sources, kind.facts.set, shape.declared, asked)
        identifier, key, thing = self._held.addressed(shape, kind, thing, params, values, asked)
        thing = self.changes.declared(kind, thing, sources, kind.facts.set, shape.declared, asked)
        if self.resources.get(kind.name, key) is not None:
            raise errors.refused(f"{kind.name} {identifier!r} is there already", param=kind.id_field or None)
        after = self.changes.made(kind, key, thing, sources, asked)
        if upload is not None:
            self._held.files.keep(kind.name, key, upload)
        return self._shown(shape, kind, after, params, values, asked)

    def _retrieve(
        self, shape: Shape, kind: Kind, params: Given, values: Given, asked: OperationRequest
    ) -> OperationResult:
        key = self._key(shape, kind, params, values)
        thing = self._found(shape, kind, key, params, values, asked, trace=True)
        return self._shown(shape, kind, thing, params, values, asked)

    def _update(
        self, shape: Shape, kind: Kind, params: Given, values: Given, asked: OperationRequest
    ) -> OperationResult:
        key = self._key(shape, kind, params, values)
        thing = self._found(shape, kind, key, params, values, asked, trace=False)
        after = self.changes.changed(kind, key, thing, shape, params, values, asked)
        return self._shown(shape, kind, after, params, values, asked)

    def _put(self, shape: Shape, kind: Kind, params: Given, values: Given, asked: OperationRequest) -> OperationResult:
        key = self._key(shape, kind, params, values)
        if self.resources.get(kind.name, key) is not None:
            return self._update(shape, kind, params, values, asked)
        scope = key.rpartition("/")[0]
        identifier = params.get(shape.id_param, values.get(shape.id_param, ""))
        thing = self._held.blanks.new(kind, asked.name, asked.wall)
        if kind.id_field:
            thing = self._held.fitting.merged(kind, thing, {kind.id_field: identifier}, made=True)
        thing = self._held.fitting.merged(kind, thing, dict(zip(kind.within, scope.split("/"), strict=False)))
        thing = self._held.fitting.merged(kind, thing, self._held.repeated(kind, params, values))
        thing = self.changes.declared(kind, thing, {**params, **values}, kind.facts.set, shape.declared, asked)
        after = self.changes.made(kind, key, thing, values, asked)
        return self._shown(shape, kind, after, params, values, asked)

    def _delete(
        self, shape: Shape, kind: Kind, params: Given, values: Given, asked: OperationRequest
    ) -> OperationResult:
        key = self._key(shape, kind, params, values)
        thing = self._found(shape, kind, key, params, values, asked, trace=False)
        identifier = params.get(shape.id_param, values.get(shape.id_param, key.rpartition("/")[2]))
        trace: Obj = {"id": thing.get("id", identifier), "object": kind.name, "deleted": True}
        self._held.remove(kind, key)
        if shape.leaves_trace:
            self.resources.put(f"deleted {kind.name}", trace, key)
        self.changes.ended(kind, identifier, thing, asked)
        if shape.told is None or not shape.told.media:
            return OperationResult(NOTHING, shape.status)
        said = {**params, **thing, "deleted": True, "success": True}
        return OperationResult(
            self._held.fitting.filled(
                shape.answer, self._making.body(shape, asked.name, {}), {**said, "object": trace["object"]}
            ),
            shape.status,
        )

    def _file(self, shape: Shape, params: Given) -> UploadedFile | None:
        """The file of the object that the path leads to."""
        for kind, key, _, _ in self._held.where.around(shape, params):
            return self._held.files.get(kind.name, key)
        return None

    # --- finding and showing -------------------------------------------------------------------------------------

    def _key(self, shape: Shape, kind: Kind, params: Given, values: Given) -> str:
        scope = self._held.where.scope(kind, shape, params, values, None) if kind.within else ""
        return self._held.where.key(kind, scope, params.get(shape.id_param, values.get(shape.id_param, "")))

    def _found(
        self, shape: Shape, kind: Kind, key: str, params: Given, values: Given, asked: OperationRequest, *, trace: bool
    ) -> Obj:
        identifier = str(params.get(shape.id_param, values.get(shape.id_param, "")))
        return self._held.found(kind, key, identifier, asked.wall, trace=trace)

    def _shown(
        self, shape: Shape, kind: Kind, thing: Obj, params: Given, values: Given, asked: OperationRequest
    ) -> OperationResult:
        headers = self._headers(shape, asked)
        if shape.told is None or not shape.told.media:
            return OperationResult(NOTHING, shape.status, headers)
        if "json" not in shape.told.media or shape.inner is None:
            return OperationResult(self._making.body(shape, asked.name, {}), shape.status, headers)
        if "expand" in values:
            thing = self._held.expanded(kind.name, thing, values["expand"])
        part = thing if shape.same else self._making.shown(shape, thing)
        if shape.at:
            part = self._making.placed(shape, part, {**params, **values, **thing})
        return OperationResult(part, shape.status, headers)

    def _headers(self, shape: Shape, asked: OperationRequest) -> dict[str, str]:
        headers = self._making.headers(shape, asked.name) if shape.told is not None and shape.told.headers else {}
        if 300 <= shape.status < 400:
            headers.setdefault("Location", asked.path or "/")
        return headers

    # --- new objects ---------------------------------------------------------------------------------------------

    def _letters(self, asked: OperationRequest) -> Callable[[str, int], str]:
        return lambda name, count: self._samples.letters(f"{name}:{asked.name}", count)


def _inside(path: str) -> str:
    if not path.startswith("data."):
        raise errors.refused(f"This property cannot be expanded: {path}. In a list, begin with `data.`", param="expand")
    return path.removeprefix("data.")
