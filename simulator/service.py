"""Carries one checked request out: finds or makes the object, lets it make its move, writes events, tells the effects.

Synchronous from beginning to end, so no two requests mix. It knows kinds only through their lifecycle, and no HTTP,
no keys, no limits and no faults.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tidegate.resource_facts import ResourceFacts
from tidegate.simulator import completions, errors
from tidegate.simulator.asked import Asked, Outcome
from tidegate.simulator.blanks import Blanks
from tidegate.simulator.changes import Changes
from tidegate.simulator.chronicle import EVENT, EVENTS_MAX, Chronicle
from tidegate.simulator.draft import NOTHING
from tidegate.simulator.fitting import Fitting
from tidegate.simulator.lifecycle import ANY, Given, Lifecycle
from tidegate.simulator.lists import Lists
from tidegate.simulator.making import Making
from tidegate.simulator.resources import Obj, Resources
from tidegate.simulator.samples import Samples
from tidegate.simulator.shapes import Kind, Shape, Shapes
from tidegate.simulator.whereabouts import ALONE, Whereabouts

__all__ = ["EVENT", "Asked", "Outcome", "Service"]

CONVERSATION = "createChatCompletion"
"""The one operation that has an answer of its own instead of a sample."""


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
    ) -> None:
        self._shapes = shapes
        self._lifecycles = lifecycles
        self._samples = samples
        self._wall = wall
        self._facts = facts or ResourceFacts()
        self._placed = 0
        self._gone: set[tuple[str, str]] = set()
        self._named: dict[str, Mapping[str, str]] = {}
        self._numbers: Counter[tuple[str, str]] = Counter()
        self.blanks = Blanks(shapes.known, samples, fixtures or {})
        self.fitting = Fitting(shapes.document.schemas)
        self._making = Making(shapes.known, samples, self.fitting)
        self.resources = Resources(self._indexes(), {EVENT: EVENTS_MAX})
        self._lists = Lists(shapes.document, self._facts.pages, self.resources)
        self._where = Whereabouts(shapes.known)
        self.chronicle = chronicle = Chronicle(shapes, self.blanks, self.resources, api_version)
        self._changes = Changes(self.blanks, self.fitting, self.resources, samples, lifecycles, chronicle, later, wall)
        self._verbs: Mapping[str, Callable[[Shape, Kind, Given, Given, Asked], Outcome]] = {
            "list": self._list,
            "create": self._create,
            "retrieve": self._retrieve,
            "update": self._update,
            "put": self._put,
            "delete": self._delete,
            "act": self._update,
        }
        self._furnish()

    def carry_out(self, shape: Shape, params: Mapping[str, str], values: Given, asked: Asked) -> Outcome:
        """What the request comes to. Raises errors.VendorError; what was changed until then stays changed."""
        if shape.operation == CONVERSATION:
            said = completions.complete(values, self._letters(asked), asked.wall)
            return Outcome(self._making.around(shape, said, asked.name), shape.status)
        kind = self._shapes.kinds.get(shape.kind)
        if kind is None:
            return self._sample(shape, params, values, asked)
        self._check_around(shape, params)
        return self._verbs[shape.does](shape, kind, params, values, asked)

    def pieces(self, shape: Shape, whole: Any, values: Given) -> Iterable[Any]:
        """The data of the events by which this answer is streamed."""
        return completions.pieces(whole, values) if shape.operation == CONVERSATION else (whole,)

    def reset(self) -> None:
        """Forget every object and every move that was still to come."""
        self._changes.reset()
        self._placed = 0
        self._gone.clear()
        self._numbers.clear()
        self.resources.clear()
        self._furnish()

    def place(self, kind: Kind, values: Given, scope: str = "") -> str:
        """Put an object where nobody asked for it, with whatever fields are given; returns its id. No event."""
        self._placed += 1
        wall = int(self._wall())
        thing = self.blanks.new(kind, f"placed:{self._placed}", wall)
        thing = {**thing, **{name: value for name, value in values.items() if name in kind.fields or not kind.fields}}
        return str(self._keep(kind, thing, scope)[0])

    def place_at(self, kind: Kind, scope: str, identifier: str) -> str:
        """Put an object under an id that it does not itself have; returns that id."""
        self._placed += 1
        thing = self.blanks.new(kind, f"placed:{self._placed}", int(self._wall()))
        key = self._where.key(kind, scope, identifier)
        self.resources.put(kind.name, thing, key, self.blanks.blank(kind).fields)
        return identifier

    def ready_for(self, kind: Kind, action: str) -> Mapping[str, Any]:
        """The fields of an object that can make this move."""
        life = self._life(kind.name)
        begins = life.moves[action].begins if action in life.moves else ()
        known = {name: sorted(values)[0] for name, (_, values) in life.known.items()}
        return {**known, "status": begins[0]} if begins else {}

    def known(self, kind: str) -> Mapping[str, Iterable[str]]:
        """Fields of a kind that may have few values only, and these."""
        return {name: values for name, (_, values) in self._life(kind).known.items()}

    def materialise(self, kind: Kind, scope: str, identifier: str, wall: int) -> Obj:
        """An object that nobody made, but that is taken to be there under this id."""
        key = self._where.key(kind, scope, identifier)
        thing = self.blanks.new(kind, f"there:{kind.name}:{key}", wall, full=True)
        if kind.id_field:
            thing = self.fitting.merged(kind, thing, {kind.id_field: identifier}, made=True)
        thing = self.fitting.merged(kind, thing, dict(zip(kind.within, scope.split("/"), strict=False)))
        self.resources.put(kind.name, thing, key, self.blanks.blank(kind).fields)
        return thing

    def expanded(self, kind: str, thing: Obj, paths: Iterable[str]) -> Obj:
        """The object with ids replaced by what they name. Raises VendorError where a field cannot be expanded."""
        for path in paths:
            head, _, rest = path.partition(".")
            target = self.references(kind).get(head)
            if target is None:
                raise errors.refused(f"This property cannot be expanded: {path}", param="expand")
            inner = self.resources.get(target, thing.get(head))
            if inner is not None:
                thing = {**thing, head: self.expanded(target, inner, (rest,) if rest else ())}
        return thing

    # --- what the verbs do ---------------------------------------------------------------------------------------

    def _sample(self, shape: Shape, params: Given, values: Given, asked: Asked) -> Outcome:
        body = self._making.body(shape, asked.name, {**params, **values})
        return Outcome(body, shape.status, self._headers(shape, asked))

    def _list(self, shape: Shape, kind: Kind, params: Given, values: Given, asked: Asked) -> Outcome:
        bound = self._where.is_bound(kind, shape, params, values)
        scope = self._where.scope(kind, shape, params, values, None) if kind.within and bound else ""
        narrowed = self._where.narrowed(kind, shape, params)
        if shape.declared is not None:
            narrowed |= self._changes.narrowed(kind, shape.declared, {**params, **values}, asked)
        page = self._lists.page(kind, shape, scope, narrowed, values)
        paths = [_inside(path) for path in values.get("expand", ())]
        things = [self.expanded(kind.name, thing, paths) for _, thing in page.things]
        shown = [self._making.shown(shape, thing) for thing in things]
        count = lambda: self.resources.count(kind.name, self._lists.filtered(scope, narrowed))  # noqa: E731
        if not shape.at:
            body: Any = shown
        else:
            back = bool(values.get(self._lists.style(shape).back))
            body = self._making.page(shape, shown, self._lists.beside(shape, page, count, asked.path, back=back))
        link = self._lists.link(shape, page, asked.base + asked.path, count)
        return Outcome(body, shape.status, {"Link": link} if link else {})

    def _create(self, shape: Shape, kind: Kind, params: Given, values: Given, asked: Asked) -> Outcome:
        self._changes.check_names(kind, values)
        thing = self.blanks.new(kind, asked.name, asked.wall)
        thing = self._referring(kind, thing, values, asked)
        thing = self.fitting.merged(kind, thing, self._repeated(kind, shape, params, values), made=True)
        thing = self._changes.declared(kind, thing, {**params, **values}, kind.facts.set, shape.declared, asked)
        identifier, key, thing = self._addressed(shape, kind, thing, params, values, asked)
        thing = self._changes.declared(kind, thing, {**params, **values}, kind.facts.set, shape.declared, asked)
        if self.resources.get(kind.name, key) is not None:
            raise errors.refused(f"{kind.name} {identifier!r} is there already", param=kind.id_field or None)
        self._gone.discard((kind.name, key))
        after = self._changes.made(kind, key, thing, {**params, **values}, asked)
        return self._shown(shape, kind, after, params, values, asked)

    def _retrieve(self, shape: Shape, kind: Kind, params: Given, values: Given, asked: Asked) -> Outcome:
        key = self._key(shape, kind, params, values)
        thing = self._found(shape, kind, key, params, values, asked, trace=True)
        return self._shown(shape, kind, thing, params, values, asked)

    def _update(self, shape: Shape, kind: Kind, params: Given, values: Given, asked: Asked) -> Outcome:
        key = self._key(shape, kind, params, values)
        thing = self._found(shape, kind, key, params, values, asked, trace=False)
        after = self._changes.changed(kind, key, thing, shape, params, values, asked)
        return self._shown(shape, kind, after, params, values, asked)

    def _put(self, shape: Shape, kind: Kind, params: Given, values: Given, asked: Asked) -> Outcome:
        key = self._key(shape, kind, params, values)
        if self.resources.get(kind.name, key) is not None:
            return self._update(shape, kind, params, values, asked)
        scope = key.rpartition("/")[0]
        identifier = params.get(shape.id_param, values.get(shape.id_param, ""))
        thing = self.blanks.new(kind, asked.name, asked.wall)
        if kind.id_field:
            thing = self.fitting.merged(kind, thing, {kind.id_field: identifier}, made=True)
        thing = self.fitting.merged(kind, thing, dict(zip(kind.within, scope.split("/"), strict=False)))
        thing = self.fitting.merged(kind, thing, self._repeated(kind, shape, params, values))
        thing = self._changes.declared(kind, thing, {**params, **values}, kind.facts.set, shape.declared, asked)
        self._gone.discard((kind.name, key))
        after = self._changes.made(kind, key, thing, values, asked)
        return self._shown(shape, kind, after, params, values, asked)

    def _delete(self, shape: Shape, kind: Kind, params: Given, values: Given, asked: Asked) -> Outcome:
        key = self._key(shape, kind, params, values)
        thing = self._found(shape, kind, key, params, values, asked, trace=False)
        identifier = params.get(shape.id_param, values.get(shape.id_param, key.rpartition("/")[2]))
        trace: Obj = {"id": thing.get("id", identifier), "object": kind.name, "deleted": True}
        self.resources.remove(kind.name, key)
        self._gone.add((kind.name, key))
        if shape.leaves_trace:
            self.resources.put(f"deleted {kind.name}", trace, key)
        self._changes.ended(kind, identifier, thing, asked)
        if shape.told is None or not shape.told.media:
            return Outcome(NOTHING, shape.status)
        said = {**params, **thing, "deleted": True, "success": True}
        return Outcome(
            self.fitting.filled(
                shape.answer, self._making.body(shape, asked.name, {}), {**said, "object": trace["object"]}
            ),
            shape.status,
        )

    # --- finding and showing -------------------------------------------------------------------------------------

    def _key(self, shape: Shape, kind: Kind, params: Given, values: Given) -> str:
        scope = self._where.scope(kind, shape, params, values, None)
        return self._where.key(kind, scope, params.get(shape.id_param, values.get(shape.id_param, "")))

    def _found(
        self, shape: Shape, kind: Kind, key: str, params: Given, values: Given, asked: Asked, *, trace: bool
    ) -> Obj:
        thing = self.resources.get(kind.name, key)
        if thing is None and trace:
            thing = self.resources.get(f"deleted {kind.name}", key)
        if thing is not None:
            return thing
        identifier = str(params.get(shape.id_param, values.get(shape.id_param, "")))
        if (kind.name, key) not in self._gone and self.is_there(kind):
            return self.materialise(kind, key.rpartition("/")[0], identifier, asked.wall)
        raise errors.no_such(kind.name, identifier, self._life(kind.name).path_param)

    def is_there(self, kind: Kind) -> bool:
        """Whether an object of this kind is taken to be there although nobody made it."""
        return kind.facts.always or kind.single or (not kind.made and kind.name != EVENT)

    def _check_around(self, shape: Shape, params: Given) -> None:
        for kind, key, identifier, param in self._where.around(shape, params):
            gone = (kind.name, key) in self._gone
            if (gone or not self.is_there(kind)) and self.resources.get(kind.name, key) is None:
                raise errors.no_such(kind.name, identifier, param)

    def _shown(self, shape: Shape, kind: Kind, thing: Obj, params: Given, values: Given, asked: Asked) -> Outcome:
        headers = self._headers(shape, asked)
        if shape.told is None or not shape.told.media:
            return Outcome(NOTHING, shape.status, headers)
        if "json" not in shape.told.media or shape.inner is None:
            return Outcome(self._making.body(shape, asked.name, {}), shape.status, headers)
        thing = self.expanded(kind.name, thing, values.get("expand", ()))
        part = self._making.shown(shape, thing)
        return Outcome(
            self._making.placed(shape, part, {**params, **values, **thing} if shape.at else {}), shape.status, headers
        )

    def _headers(self, shape: Shape, asked: Asked) -> dict[str, str]:
        headers = self._making.headers(shape, asked.name)
        if 300 <= shape.status < 400:
            headers.setdefault("Location", asked.path or "/")
        return headers

    # --- new objects ---------------------------------------------------------------------------------------------

    def _repeated(self, kind: Kind, shape: Shape, params: Given, values: Given) -> Given:
        """What a new object repeats: the parameters of its path, and what was sent."""
        echoed = {name: value for name, value in params.items() if self.fitting.takes_text(kind, name)}
        return {**echoed, **values} if echoed else values

    def _addressed(
        self, shape: Shape, kind: Kind, thing: Obj, params: Given, values: Given, asked: Asked
    ) -> tuple[Any, str, Obj]:
        """The id and the key of a new object, and the object with that id."""
        scope = self._where.scope(kind, shape, params, values, thing)
        if kind.single:
            return ALONE, self._where.key(kind, scope, ALONE), thing
        if kind.id_field not in thing:
            identifier = self._samples.letters(f"{kind.name}:{asked.name}", 16)
            return identifier, self._where.key(kind, scope, identifier), thing
        if kind.numbered and isinstance(thing[kind.id_field], int):
            self._numbers[kind.name, scope] += 1
            thing = {**thing, kind.id_field: self._numbers[kind.name, scope]}
        return thing[kind.id_field], self._where.key(kind, scope, thing[kind.id_field]), thing

    def _referring(self, kind: Kind, thing: Obj, values: Given, asked: Asked) -> Obj:
        """The object with ids of objects that are there, where it must name others and the request does not."""
        for name, target in self.references(kind.name).items():
            if not isinstance(thing.get(name), str) or name in values or target == kind.name:
                continue
            other = self._shapes.kinds.get(target)
            if other is None or other.within or self.is_there(other):
                continue
            turn = self._samples.pick(f"{name}:{asked.name}")(1 << 30)
            found = self.resources.some_key(target, "", turn)
            thing = {**thing, name: found if found is not None else self.place(other, {})}
        return thing

    def references(self, kind: str) -> Mapping[str, str]:
        """Fields of a kind that hold the id of another object, and its kind."""
        if kind not in self._named:
            known = self._shapes.kinds.get(kind)
            recognised = self._shapes.known.references(known) if known is not None else {}
            declared = known.facts.references if known is not None else {}
            self._named[kind] = {**recognised, **declared, **self._life(kind).references}
        return self._named[kind]

    def _keep(self, kind: Kind, thing: Obj, scope: str) -> tuple[Any, str]:
        identifier = thing.get(
            kind.id_field, ALONE if kind.single else self._samples.letters(f"{kind.name}:{self._placed}", 16)
        )
        key = self._where.key(kind, scope, identifier)
        self.resources.put(kind.name, thing, key, self.blanks.blank(kind).fields)
        self._gone.discard((kind.name, key))
        return identifier, key

    def _furnish(self) -> None:
        """Put there what the vendor file says is there from the beginning."""
        for kind in self._shapes.kinds.values():
            for values in kind.facts.there:
                self.place(kind, values)

    def _indexes(self) -> dict[str, tuple[str, ...]]:
        return {
            name: (*dict.fromkeys((*kind.filters.values(), *self._life(name).indexed)),)
            for name, kind in self._shapes.kinds.items()
        }

    def _life(self, kind: str) -> Lifecycle:
        return self._lifecycles.get(kind, ANY)

    def _letters(self, asked: Asked) -> Callable[[str, int], str]:
        return lambda name, count: self._samples.letters(f"{name}:{asked.name}", count)


def _inside(path: str) -> str:
    if not path.startswith("data."):
        raise errors.refused(f"This property cannot be expanded: {path}. In a list, begin with `data.`", param="expand")
    return path.removeprefix("data.")
