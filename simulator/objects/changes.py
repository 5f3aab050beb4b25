"""Makes and changes objects by the rules of their kind: steps written as code, and those declared in the vendor file.

A change is kept, told, and may bring another with it, at once or later. It knows no operation's address and no HTTP.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.simulator.answer import errors
from tidegate.simulator.document.kind import Kind
from tidegate.simulator.document.shapes import Shape
from tidegate.simulator.objects.chronicle import Chronicle
from tidegate.simulator.objects.holdings import Holdings
from tidegate.simulator.objects.lifecycle import UNCHANGED, Given, Lifecycle, Move, ObjectChange
from tidegate.simulator.objects.operation_request import OperationRequest
from tidegate.simulator.objects.resources import Resources
from tidegate.simulator.values.json_value import Obj
from tidegate.simulator.values.samples import Samples
from tidegate.simulator.values.texts import moment, plain_name
from tidegate.vendor.resource_facts import ObjectOperation, Transition

_UNCHANGED = Move(lambda *_: UNCHANGED)


@dataclass(frozen=True, slots=True)
class Pending:
    """A move that an object makes by itself at `wall`: one of its lifecycle's, or the nth transition of its facts.

    `name` is what the move's own objects are named after.
    """

    kind: Kind
    key: str
    move: str | int
    wall: float
    name: str


class _Books:
    """See lifecycle.Books."""

    def __init__(self, resources: Resources, samples: Samples, asked: OperationRequest) -> None:
        self.resources = resources
        self.wall = asked.wall
        self._samples = samples
        self._name = asked.name

    def letters(self, name: str, count: int) -> str:
        return self._samples.letters(f"{name}:{self._name}", count)


class Changes:
    """The changes of one vendor's objects. `later(delay_s, callback)` is the world's timer, `wall` its clock."""

    def __init__(
        self,
        held: Holdings,
        samples: Samples,
        chronicle: Chronicle,
        later: Callable[[float, Callable[[], None]], asyncio.TimerHandle],
        wall: Callable[[], float],
    ) -> None:
        self._held = held
        self._blanks = held.blanks
        self._fitting = held.fitting
        self._resources = held.resources
        self._samples = samples
        self._chronicle = chronicle
        self._later = later
        self._wall = wall
        self._timers: dict[asyncio.TimerHandle, Pending] = {}

    @property
    def pending(self) -> list[Pending]:
        """The moves that are still to come."""
        return list(self._timers.values())

    def reset(self) -> None:
        """Forget every move that was still to come."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def life(self, kind: Kind) -> Lifecycle:
        """How a kind lives."""
        return self._held.life(kind.name)

    def check_names(self, kind: Kind, values: Given) -> None:
        """Raises errors.VendorError where a field names an object that is not there."""
        life = self.life(kind)
        for name, target in (*life.references.items(), *kind.facts.references.items()):
            given = values.get(name)
            if given and isinstance(given, str) and self._resources.get(target, given) is None:
                raise errors.no_such(target, given, name, status=400)
        for name, (what, known) in life.known.items():
            given = values.get(name)
            if given and given not in known:
                raise errors.no_such(what, given, name, status=400)

    def made(self, kind: Kind, key: str, thing: Obj, values: Given, asked: OperationRequest) -> Obj:
        """Keep a new object. Raises errors.VendorError where its kind refuses it."""
        life = self.life(kind)
        change = life.on_create.step(thing, values, self._books(asked))
        thing = self._commit(kind, key, thing, change, asked, life.created, before=None)
        return self._moved(kind, key, thing, change.then, values, asked) if change.then else thing

    def changed(
        self, kind: Kind, key: str, thing: Obj, shape: Shape, params: Given, values: Given, asked: OperationRequest
    ) -> Obj:
        """Change an object as an operation asks. Raises errors.VendorError where its status forbids it."""
        life = self.life(kind)
        if shape.does == "act" and shape.action in life.moves:
            return self._moved(kind, key, thing, shape.action, values, asked)
        self.check_names(kind, values)
        change = UNCHANGED if shape.does == "act" else life.on_update.step(thing, values, self._books(asked))
        after = self._fitting.merged(kind, thing, values)
        after = self._transited(kind, shape, thing, after, values, asked)
        after = self.declared(kind, after, {**params, **values}, {}, shape.declared, asked)
        after = {**after, **self._blanks.touched(kind, asked.wall)}
        return self._commit(kind, key, after, change, asked, life.updated if shape.does != "act" else "", before=thing)

    def ended(self, kind: Kind, identifier: Any, thing: Obj, asked: OperationRequest) -> None:
        """Tell that an object was deleted."""
        self._chronicle.tell(identifier, thing, self.life(kind).deleted, asked, f"{kind.name}.deleted", None)

    def declared(
        self,
        kind: Kind,
        thing: Obj,
        sources: Given,
        fields: Mapping[str, Any],
        operation: ObjectOperation | None,
        asked: OperationRequest,
    ) -> Obj:
        """The object with the fields that the vendor file sets."""
        if not fields and (operation is None or not operation.set):
            return thing
        wanted = {**fields, **(operation.set if operation is not None else {})}
        said = {"base": asked.base, **sources, **thing}
        after = dict(thing)
        for name, value in wanted.items():
            told, before = self._said(kind, name, value, said, asked), thing.get(name)
            after[name] = {**before, **told} if isinstance(told, dict) and isinstance(before, dict) else told
        return after

    def narrowed(
        self, kind: Kind, operation: ObjectOperation, sources: Given, asked: OperationRequest
    ) -> dict[str, str]:
        """What the vendor file says of the objects in a list."""
        said = {"base": asked.base, **sources}
        return {name: str(self._said(kind, name, value, said, asked)) for name, value in operation.narrow.items()}

    # --- moves ---------------------------------------------------------------------------------------------------

    def _moved(self, kind: Kind, key: str, thing: Obj, action: str, values: Given, asked: OperationRequest) -> Obj:
        life = self.life(kind)
        move = life.moves.get(action, _UNCHANGED)
        if move.begins and thing["status"] not in move.begins:
            refused = errors.unexpected_state(kind.name, action, thing["status"], move.begins)
            refused.about = {kind.name: thing}
            raise refused
        self.check_names(kind, values)
        change = move.step(thing, values, self._books(asked))
        event = change.events[0] if change.events else ""
        after = self._commit(kind, key, self._fitting.merged(kind, thing, values), change, asked, event, before=thing)
        if change.later:
            self.arrange(
                Pending(kind, key, change.later, self._wall() + change.later_s, f"{change.later}:{asked.name}")
            )
        if change.refused is not None:
            change.refused.about = {kind.name: after}
            raise change.refused
        return after

    def _transited(
        self, kind: Kind, shape: Shape, before: Obj, after: Obj, values: Given, asked: OperationRequest
    ) -> Obj:
        """What the declared transitions of this operation come to; else the status that has the action's name."""
        field = kind.facts.status
        matching = [
            one
            for one in kind.facts.transitions
            if one.action is not None
            and one.action in (shape.operation, shape.action)
            and all(values.get(name) == value for name, value in one.when.items())
        ]
        for one in matching:
            if not one.since or before.get(field) in one.since:
                return self._set(kind, after, one, asked)
        if matching:
            refused = errors.unexpected_state(
                kind.name, shape.action or shape.operation, str(before.get(field)), matching[0].since
            )
            refused.about = {kind.name: before}
            raise refused
        return self._guessed(kind, shape, after) if shape.does == "act" and shape.action else after

    def _guessed(self, kind: Kind, shape: Shape, thing: Obj) -> Obj:
        """After `cancel` the status is the first that begins so: `canceled`."""
        stem = plain_name(shape.action).removesuffix("e")
        words = self._blanks.choices(kind, kind.facts.status)
        found = next((word for word in words if len(stem) > 2 and plain_name(str(word)).startswith(stem)), None)
        return thing if found is None else {**thing, kind.facts.status: found}

    def _set(self, kind: Kind, thing: Obj, one: Transition, asked: OperationRequest) -> Obj:
        return {**thing, **{name: self._said(kind, name, value, thing, asked) for name, value in one.set.items()}}

    def _said(self, kind: Kind, name: str, value: Any, said: Given, asked: OperationRequest) -> Any:
        """A declared value: `{now}` is the moment, `{field}` another field's value."""
        if not isinstance(value, str) or "{" not in value:
            return value
        if value == "{now}":
            return moment(asked.wall, self._blanks.level(kind, name), name)
        for field, inner in said.items():
            if not isinstance(inner, dict | list):
                value = value.replace("{" + field + "}", str(inner))
            elif isinstance(inner, dict) and "{" + field + "." in value:
                for below, deeper in inner.items():
                    value = value.replace("{" + field + "." + below + "}", str(deeper))
        return value

    # --- keeping -------------------------------------------------------------------------------------------------

    def _commit(
        self,
        kind: Kind,
        key: str,
        thing: Obj,
        change: ObjectChange,
        asked: OperationRequest,
        event: str,
        *,
        before: Obj | None,
    ) -> Obj:
        thing = {**thing, **change.fields} if change.fields else thing
        self._held.keep(kind, key, thing)
        effect = event or f"{kind.name}.{'created' if before is None else 'updated'}"
        identifier = thing.get("id", thing.get(kind.id_field, key.rpartition("/")[2]))
        self._chronicle.tell(identifier, thing, event, asked, effect, before)
        self._expect(kind, key, thing, asked)
        return thing

    def _expect(self, kind: Kind, key: str, thing: Obj, asked: OperationRequest) -> None:
        """Arrange the declared transition that comes by itself from here."""
        field = kind.facts.status
        for place, one in enumerate(kind.facts.transitions):
            if one.after is not None and one.action is None and thing.get(field) in one.since:
                self.arrange(Pending(kind, key, place, self._wall() + one.after, asked.name))
                return

    def arrange(self, pending: Pending) -> None:
        """Make a move when its time comes, if the object is still where it begins."""

        def come() -> None:
            self._timers.pop(timer, None)
            self._come(pending)

        timer = self._later(max(pending.wall - self._wall(), 0.0), come)
        self._timers[timer] = pending

    def _come(self, pending: Pending) -> None:
        kind, key, asked = pending.kind, pending.key, OperationRequest(pending.name, int(self._wall()))
        thing = self._resources.get(kind.name, key)
        if thing is None:
            return
        if isinstance(pending.move, str):
            if thing.get("status") in self.life(kind).moves[pending.move].begins:
                self._moved(kind, key, thing, pending.move, {}, asked)
            return
        one = kind.facts.transitions[pending.move]
        if thing.get(kind.facts.status) in one.since:
            after = {**self._set(kind, thing, one, asked), **self._blanks.touched(kind, asked.wall)}
            self._commit(kind, key, after, UNCHANGED, asked, "", before=thing)

    def _books(self, asked: OperationRequest) -> _Books:
        return _Books(self._resources, self._samples, asked)
