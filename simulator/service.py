"""Carries one checked request out: finds or makes the object, lets it make its move, writes events, tells the effects.

Synchronous from beginning to end, so no two requests mix. It knows kinds only through their lifecycle, and no HTTP,
no keys, no limits and no faults.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tidegate.simulator import completions, errors
from tidegate.simulator.lifecycle import ANY, Change, Given, Lifecycle, Move
from tidegate.simulator.lists import page_of
from tidegate.simulator.parameters import Value
from tidegate.simulator.resources import Obj, Resources
from tidegate.simulator.samples import Samples
from tidegate.simulator.shapes import Kind, Shape, Shapes

CONVERSATION = "createChatCompletion"
"""The one operation that has an answer of its own instead of a sample."""

EVENT = "event"
EVENTS_MAX = 50_000
"""So many events are kept; older ones are forgotten."""


@dataclass(slots=True)
class Asked:
    """A request that is being carried out. `name` is what its objects' ids are made from; `effects` is filled in."""

    name: str
    wall: int
    request_id: str | None = None
    key: str | None = None
    effects: list[Obj] = field(default_factory=list)


class _Books:
    """See lifecycle.Books."""

    def __init__(self, resources: Resources, samples: Samples, asked: Asked) -> None:
        self.resources = resources
        self.wall = asked.wall
        self._samples = samples
        self._name = asked.name

    def letters(self, name: str, count: int) -> str:
        return self._samples.letters(f"{name}:{self._name}", count)


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
    ) -> None:
        self._shapes = shapes
        self._lifecycles = lifecycles
        self._samples = samples
        self._api_version = api_version
        self._later = later
        self._wall = wall
        self._timers: set[asyncio.TimerHandle] = set()
        self._placed = 0
        self._blanks: dict[str, tuple[Obj, tuple[str, ...]]] = {}
        self.resources = Resources(self._indexes(), {EVENT: EVENTS_MAX})

    def carry_out(self, shape: Shape, identifier: str, values: Given, asked: Asked) -> Value:
        """The body of the answer. Raises errors.VendorError; what was changed until then stays changed."""
        if shape.operation == CONVERSATION:
            return completions.complete(values, _Books(self.resources, self._samples, asked).letters, asked.wall)
        if shape.does == "sample":
            return self._samples.value("", shape.answer, asked.name)
        kind = self._shapes.kinds[shape.kind]
        if shape.does == "list":
            return page_of(self.resources, kind, shape.collection, values, self.expanded)
        if shape.does == "create":
            thing = self._create(kind, values, asked)
        else:
            thing = self._found(kind, identifier, trace=shape.does == "retrieve")
            if shape.does == "delete":
                return self._delete(kind, thing, asked, leaves_trace=shape.leaves_trace)
            if shape.does == "update":
                thing = self._update(kind, thing, values, asked)
            elif shape.does == "act":
                thing = self._act(kind, thing, shape.action, values, asked)
        return self.expanded(kind.name, thing, values.get("expand", ()))

    def pieces(self, shape: Shape, whole: Value, values: Given) -> Iterable[Value]:
        """The data of the events by which this answer is streamed."""
        return completions.pieces(whole, values) if shape.operation == CONVERSATION else (whole,)

    def reset(self) -> None:
        """Forget every object and every move that was still to come."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._placed = 0
        self.resources.clear()

    def place(self, kind: Kind, values: Given) -> str:
        """Put an object where nobody asked for it, with whatever fields are given; returns its id. No event."""
        self._placed += 1
        asked = Asked(f"placed:{self._placed}", int(self._wall()))
        thing = self._merged(kind, self.blank(kind, asked), values)
        self.resources.put(kind.name, thing)
        return str(thing["id"])

    def blank(self, kind: Kind, asked: Asked) -> Obj:
        """A new object of which nothing is known yet. It is stored nowhere."""
        if kind.name not in self._blanks:
            self._blanks[kind.name] = self._split_fields(kind)
        fixed, drawn = self._blanks[kind.name]
        thing = dict(fixed)
        for name in drawn:
            thing[name] = self._samples.value(name, kind.fields[name], asked.name)
        field_schema = self._shapes.resolve(kind.fields["id"])
        if field_schema.get("type") == "string":
            example = str(field_schema.get("example", ""))
            thing["id"] = self._samples.identifier(example, f"{kind.name}:{asked.name}")
        if "created" in thing:
            thing["created"] = asked.wall
        return thing

    def expanded(self, kind: str, thing: Obj, paths: Iterable[str]) -> Obj:
        """The object with ids replaced by what they name. Raises VendorError where a field cannot be expanded."""
        for path in paths:
            head, _, rest = path.partition(".")
            target = self._life(kind).references.get(head)
            if target is None:
                raise errors.refused(f"This property cannot be expanded: {path}", param="expand")
            inner = self.resources.get(target, thing.get(head))
            if inner is not None:
                thing = {**thing, head: self.expanded(target, inner, (rest,) if rest else ())}
        return thing

    def _indexes(self) -> dict[str, tuple[str, ...]]:
        return {
            name: (*dict.fromkeys((*kind.filters.values(), *self._life(name).indexed)),)
            for name, kind in self._shapes.kinds.items()
        }

    def _split_fields(self, kind: Kind) -> tuple[Obj, tuple[str, ...]]:
        """Fields that every new object has alike, and the names of those that are drawn for each."""
        drawn = tuple(name for name, schema in kind.fields.items() if not self._samples.is_fixed(schema))
        return {name: self._samples.value(name, schema, "") for name, schema in kind.fields.items()}, drawn

    def _life(self, kind: str) -> Lifecycle:
        return self._lifecycles.get(kind, ANY)

    def _found(self, kind: Kind, identifier: str, *, trace: bool) -> Obj:
        thing = self.resources.get(kind.name, identifier)
        if thing is None and trace:
            thing = self.resources.get(f"deleted {kind.name}", identifier)
        if thing is None:
            raise errors.no_such(kind.name, identifier, self._life(kind.name).path_param)
        return thing

    def _create(self, kind: Kind, values: Given, asked: Asked) -> Obj:
        life = self._life(kind.name)
        self._check_names(life, values)
        thing = self._merged(kind, self.blank(kind, asked), values)
        change = life.on_create.step(thing, values, _Books(self.resources, self._samples, asked))
        thing = self._commit(kind, thing, change, asked, life.created, before=None)
        return self._act(kind, thing, change.then, values, asked) if change.then else thing

    def _update(self, kind: Kind, thing: Obj, values: Given, asked: Asked) -> Obj:
        life = self._life(kind.name)
        self._check_names(life, values)
        change = life.on_update.step(thing, values, _Books(self.resources, self._samples, asked))
        return self._commit(kind, self._merged(kind, thing, values), change, asked, life.updated, before=thing)

    def _delete(self, kind: Kind, thing: Obj, asked: Asked, *, leaves_trace: bool) -> Obj:
        self.resources.remove(kind.name, str(thing["id"]))
        trace = {"id": thing["id"], "object": kind.name, "deleted": True}
        if leaves_trace:
            self.resources.put(f"deleted {kind.name}", trace)
        self._tell(thing, self._life(kind.name).deleted, asked, f"{kind.name}.deleted", None)
        return trace

    def _act(self, kind: Kind, thing: Obj, action: str, values: Given, asked: Asked) -> Obj:
        life = self._life(kind.name)
        move = life.moves.get(action, Move(lambda *_: Change()))
        if move.begins and thing["status"] not in move.begins:
            refused = errors.unexpected_state(kind.name, action, thing["status"], move.begins)
            raise self._about(kind, thing, refused)
        self._check_names(life, values)
        change = move.step(thing, values, _Books(self.resources, self._samples, asked))
        event = change.events[0] if change.events else ""
        after = self._commit(kind, self._merged(kind, thing, values), change, asked, event, before=thing)
        if change.later:
            self._arrange(kind, after["id"], change, asked)
        if change.refused is not None:
            raise self._about(kind, after, change.refused)
        return after

    def _about(self, kind: Kind, thing: Obj, refused: errors.VendorError) -> errors.VendorError:
        """The refusal with the object that it is about, as the vendor sends it."""
        refused.about = {kind.name: thing}
        return refused

    def _arrange(self, kind: Kind, identifier: str, change: Change, asked: Asked) -> None:
        def move() -> None:
            self._timers.discard(timer)
            thing = self.resources.get(kind.name, identifier)
            if thing is not None and thing["status"] in self._life(kind.name).moves[change.later].begins:
                self._act(kind, thing, change.later, {}, Asked(f"{change.later}:{asked.name}", int(self._wall())))

        timer = self._later(change.later_s, move)
        self._timers.add(timer)

    def _commit(self, kind: Kind, thing: Obj, change: Change, asked: Asked, event: str, *, before: Obj | None) -> Obj:
        thing = {**thing, **change.fields}
        self.resources.put(kind.name, thing)
        effect = event or f"{kind.name}.{'created' if before is None else 'updated'}"
        self._tell(thing, event, asked, effect, before)
        return thing

    def _tell(self, thing: Obj, event: str, asked: Asked, effect: str, before: Obj | None) -> None:
        """Write down what happened: the effect for the journal, and the event where the vendor has one for it."""
        metadata = thing.get("metadata")
        intent = metadata.get("order_id") if isinstance(metadata, dict) else None
        told: Obj = {"kind": effect, "id": thing["id"], "intent": intent}
        if isinstance(thing.get("amount"), int):
            told["amount"] = thing["amount"]
        asked.effects.append(told)
        if not event or EVENT not in self._shapes.kinds:
            return
        data: Obj = {"object": thing}
        if before is not None and event.endswith(".updated"):
            data["previous_attributes"] = {k: v for k, v in before.items() if thing.get(k) != v}
        values: Obj = {"type": event, "data": data, "api_version": self._api_version}
        values["request"] = {"id": asked.request_id, "idempotency_key": asked.key or None}
        about = Asked(f"{event}:{asked.name}:{thing['id']}", asked.wall)
        self.resources.put(EVENT, {**self.blank(self._shapes.kinds[EVENT], about), **values})

    def _check_names(self, life: Lifecycle, values: Given) -> None:
        for name, target in life.references.items():
            given = values.get(name)
            if given and self.resources.get(target, given) is None:
                raise errors.no_such(target, given, name, status=400)
        for name, (what, known) in life.known.items():
            given = values.get(name)
            if given and given not in known:
                raise errors.no_such(what, given, name, status=400)

    def _merged(self, kind: Kind, thing: Obj, values: Given) -> Obj:
        """The object with what was given: an empty text unsets, metadata is merged entry by entry."""
        after = dict(thing)
        for name, value in values.items():
            if name not in kind.fields:
                continue
            if name == "metadata" and isinstance(value, dict):
                before = thing.get(name)
                mixed = {**before, **value} if isinstance(before, dict) else value
                after[name] = {k: v for k, v in mixed.items() if v != ""}
            elif name == "metadata":
                after[name] = {}
            elif value == "":
                after[name] = None
            elif isinstance(value, dict):
                after[name] = self._completed(kind.fields[name], value)
            else:
                after[name] = value
        return after

    def _completed(self, schema: Mapping[str, Any], value: Obj) -> Obj:
        """A group of values with null for what may be null and was not given."""
        schema = self._shapes.resolve(schema)
        for union in ("allOf", "anyOf"):
            if schema.get(union):
                schema = self._shapes.resolve(schema[union][0])
        properties: Mapping[str, Any] = schema.get("properties", {})
        empty = {name: None for name, inner in properties.items() if self._shapes.resolve(inner).get("nullable")}
        given = {
            name: self._completed(properties[name], inner) if isinstance(inner, dict) and name in properties else inner
            for name, inner in value.items()
        }
        return {**empty, **given}
