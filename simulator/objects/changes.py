"""Changes of objects, by the rules of their kind: steps written as code, and those declared in the vendor file.

A change is stored, recorded, and may bring another with it, at once or later. It knows no address and no HTTP.
"""

import asyncio
from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from tidegate.openapi.schema_types import may_be_null, types_of
from tidegate.simulator.answer import errors
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_operation import ResourceOperation
from tidegate.simulator.merge.accepted_work import ended, goes_on
from tidegate.simulator.merge.action_words import done, status_words, undone
from tidegate.simulator.merge.json_patch import patch_values
from tidegate.simulator.merge.wrapped_values import joined
from tidegate.simulator.objects.declared_values import fits
from tidegate.simulator.objects.event_log import EventLog
from tidegate.simulator.objects.lifecycle import UNCHANGED, Given, Lifecycle, Move, ObjectChange, PendingChange
from tidegate.simulator.objects.object_store import ObjectStore
from tidegate.simulator.objects.operation_request import OperationRequest, RequestMoveContext
from tidegate.values.json_value import NOTHING, Obj
from tidegate.values.string_values import moment, plain_name
from tidegate.values.value_generator import ValueGenerator

_UNCHANGED = Move(lambda *_: UNCHANGED)
_ENDS, DONE_AFTER_S = "accepted", 2.0
"""The move of an object whose work ends, and after how long it does."""


class Changes:
    """The changes of one vendor's objects. `later(delay_s, callback)` is the world's timer, `wall` its clock."""

    def __init__(
        self,
        store: ObjectStore,
        generator: ValueGenerator,
        event_log: EventLog,
        later: Callable[[float, Callable[[], None]], asyncio.TimerHandle],
        wall: Callable[[], float],
    ) -> None:
        self._store = store
        self._prototypes = store.prototypes
        self._merge = store.merge
        self._resources = store.resources
        self._generator = generator
        self._event_log = event_log
        self._later = later
        self._wall = wall
        self.declared = store.declared
        self._timers: dict[asyncio.TimerHandle, PendingChange] = {}

    @property
    def pending(self) -> list[PendingChange]:
        """The moves that are still to come."""
        return list(self._timers.values())

    def reset(self) -> None:
        """Forget every move that was still to come."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def lifecycle(self, kind: ResourceKind) -> Lifecycle:
        """The lifecycle of a kind."""
        return self._store.lifecycle(kind.name)

    def check_names(self, kind: ResourceKind, values: Given) -> None:
        """Raises errors.VendorError where a field names an object that is not there."""
        life = self.lifecycle(kind)
        for name, target in (*life.references.items(), *kind.facts.references.items()):
            given = values.get(name)
            if given and isinstance(given, str) and self._resources.get(target, given) is None:
                raise errors.no_such(target, given, name, status=400)
        for name, (what, known) in life.known.items():
            given = values.get(name)
            if given and given not in known:
                raise errors.no_such(what, given, name, status=400)

    def made(self, kind: ResourceKind, key: str, thing: Obj, values: Given, request: OperationRequest) -> Obj:
        """Keep a new object. Raises errors.VendorError where its kind refuses it."""
        life = self.lifecycle(kind)
        change = life.on_create.step(thing, values, self._context(request))
        thing = self._commit(kind, key, thing, change, request, life.created, before=None)
        return self._moved(kind, key, thing, change.then, values, request) if change.then else thing

    def born(
        self, kind: ResourceKind, operation: ResourceOperation, thing: Obj, values: Given, request: OperationRequest
    ) -> Obj:
        """A new object, with what the vendor file says that the operation which makes it does to it."""
        for transition in kind.facts.transitions:
            if transition.action == operation.id and fits(transition, values):
                return self.declared.after(kind, thing, transition, request)
        return thing

    def accepted(self, kind: ResourceKind, key: str, thing: Obj, apps: Collection[str], name: str) -> None:
        """Have the work on an object end that it tells of, unless its kind does, or apps by the fields `apps`."""
        own = kind.facts.transitions or self.lifecycle(kind).moves
        if (told := self._ended(kind, thing)) and told.keys().isdisjoint(apps) and not own:
            self.arrange(PendingChange(kind, key, _ENDS, self._wall() + DONE_AFTER_S, name))

    def _ended(self, kind: ResourceKind, thing: Obj) -> Obj:
        return ended(kind.fields, partial(self._prototypes.choices, kind), thing)

    def changed(
        self,
        kind: ResourceKind,
        key: str,
        thing: Obj,
        operation: ResourceOperation,
        params: Given,
        values: Given,
        request: OperationRequest,
    ) -> Obj:
        """Change an object as an operation asks. Raises errors.VendorError where its status forbids it."""
        life = self.lifecycle(kind)
        if operation.does == "act" and operation.action in life.moves:
            return self._moved(kind, key, thing, operation.action, values, request)
        values = patch_values(thing, values, request.body, partial(self._merge.takes, kind), kind.names)
        before, values = thing, joined(operation, thing, self._store.masked(operation, kind, thing, values))
        if kind.variants:  # an object of another form than before has its fields, and no others
            kind = self._store.form(kind, {**thing, **values})
            thing = {name: value for name, value in thing.items() if name in kind.fields or kind.open}
        upload, values = self._store.files.received(kind, request.uploads, self._store.referred(kind, values))
        self.check_names(kind, values)
        change = UNCHANGED if operation.does == "act" else life.on_update.step(thing, values, self._context(request))
        base = thing
        if operation.replaces:  # what the path tells of it is sent too
            base = self._merge.emptied(kind, thing, operation.sent_fields)
            values = self._store.repeated(operation, kind, params, values)
        after = self._merge.merged(kind, base, values, way=request.way, reserved=operation.reserved)
        after = self._transited(kind, operation, thing, after, values, request)
        after = self.declared.set(kind, after, {**params, **values}, {}, operation.declared, request)
        after = {**after, **self._prototypes.touched(kind, request.wall)}
        if operation.does == "act" and goes_on(after):
            self.accepted(kind, key, after, self._store.reported(kind), request.name)
        self._store.files.put(kind.name, key, upload)
        return self._commit(
            kind, key, after, change, request, life.updated if operation.does != "act" else "", before=before
        )

    def ended(self, kind: ResourceKind, key: str, identifier: Any, thing: Obj, request: OperationRequest) -> None:
        """Take an object out, and tell it."""
        self._store.remove(kind, key)
        self._event_log.record(identifier, thing, self.lifecycle(kind).deleted, request, f"{kind.name}.deleted", None)

    # --- moves ---------------------------------------------------------------------------------------------------

    def _moved(
        self, kind: ResourceKind, key: str, thing: Obj, action: str, values: Given, request: OperationRequest
    ) -> Obj:
        life = self.lifecycle(kind)
        move = life.moves.get(action, _UNCHANGED)
        if move.begins and thing["status"] not in move.begins:
            refused = errors.unexpected_state(kind.name, action, thing["status"], move.begins)
            refused.about = {kind.name: thing}
            raise refused
        self.check_names(kind, values)
        change = move.step(thing, values, self._context(request))
        event = change.events[0] if change.events else ""
        merged = self._merge.merged(kind, thing, values, way=request.way)
        after = self._commit(kind, key, merged, change, request, event, before=thing)
        if change.later:
            self.arrange(
                PendingChange(kind, key, change.later, self._wall() + change.later_s, f"{change.later}:{request.name}")
            )
        if change.refused is not None:
            change.refused.about = {kind.name: after}
            raise change.refused
        return after

    def _transited(
        self,
        kind: ResourceKind,
        operation: ResourceOperation,
        before: Obj,
        after: Obj,
        values: Given,
        request: OperationRequest,
    ) -> Obj:
        """The object after this operation's declared transition; else with the status of the action's name."""
        field = kind.facts.status
        matching = [
            transition
            for transition in kind.facts.transitions
            if transition.action is not None
            and transition.action in (operation.id, operation.action)
            and fits(transition, values)
        ]
        for transition in matching:
            if not transition.since or before.get(field) in transition.since:
                return self.declared.after(kind, after, transition, request)
        if matching:  # declared, and from none of the statuses that the object may have now
            refused = errors.unexpected_state(
                kind.name, operation.action or operation.id, str(before.get(field)), matching[0].since
            )
            refused.about = {kind.name: before}
            raise refused
        is_guessed = operation.does == "act" and operation.action
        return self._guessed(kind, operation, after, values, request) if is_guessed else after

    def _guessed(
        self, kind: ResourceKind, operation: ResourceOperation, thing: Obj, sent: Given, request: OperationRequest
    ) -> Obj:
        """After `cancel` the status is the first that begins so, `canceled`, `isCanceled` is true, `canceledAt` is now.

        What was sent stays.
        """
        action, is_done, is_undone = operation.action, done(operation.action), undone(operation.action)
        if operation.undoes:
            action, is_done, is_undone = "", is_undone, is_done
        after = dict(thing)
        for field in [field for field in kind.fields if field not in sent]:
            bare = plain_name(field)
            told = bare.removeprefix("is")
            if told in is_done | is_undone and "boolean" in types_of(self._prototypes.level(kind, field)):
                after[field] = told in is_done
            elif bare.endswith(("at", "on", "date")):
                self._date(kind, after, field, request.wall, (is_done, is_undone))
        field = next((name for name in (kind.facts.status, "state") if name in kind.fields), "")
        words = {plain_name(str(word)): word for word in self._prototypes.choices(kind, field)}
        stem = plain_name(action).removesuffix("e")
        begun = (word for word in words if len(stem) > 2 and word.startswith(stem))
        status = next((word for word in (*begun, *status_words(action)) if word in words), None)
        return after if status is None or field in sent else {**after, field: words[status]}

    def _date(
        self, kind: ResourceKind, after: Obj, field: str, wall: int, words: tuple[frozenset[str], frozenset[str]]
    ) -> None:
        """Set the moment of an action, or take it away, in a field such as `archivedAt`."""
        bare, level = plain_name(field), self._prototypes.level(kind, field)
        ends = [bare.removesuffix(end) for end in ("at", "on", "date") if bare.endswith(end)]
        if any(end in words[0] for end in ends) and {"string", "integer", "number"} & {*types_of(level)}:
            after[field] = moment(wall, level, field)
        elif any(end in words[1] for end in ends) and may_be_null(level):
            after[field] = None

    # --- keeping -------------------------------------------------------------------------------------------------

    def _commit(
        self,
        kind: ResourceKind,
        key: str,
        thing: Obj,
        change: ObjectChange,
        request: OperationRequest,
        event: str,
        *,
        before: Obj | None,
    ) -> Obj:
        thing = {**thing, **change.fields} if change.fields else thing
        self._store.put(kind, key, thing)
        effect = event or f"{kind.name}.{'created' if before is None else 'updated'}"
        identifier = thing.get("id", NOTHING)
        if identifier is NOTHING and (identifier := kind.id_of(thing)) is NOTHING:
            identifier = key.rpartition("/")[2]
        self._event_log.record(identifier, thing, event, request, effect, before)
        self._expect(kind, key, thing, request)
        return thing

    def _expect(self, kind: ResourceKind, key: str, thing: Obj, request: OperationRequest) -> None:
        """Arrange the declared transition that comes by itself from here."""
        field = kind.facts.status
        for place, transition in enumerate(kind.facts.transitions):
            if transition.after is not None and transition.action is None and thing.get(field) in transition.since:
                self.arrange(PendingChange(kind, key, place, self._wall() + transition.after, request.name))
                return

    def arrange(self, pending: PendingChange) -> None:
        """Make a move when its time comes, if the object is still where it begins."""

        def fall_due() -> None:
            self._timers.pop(timer, None)
            self._fall_due(pending)

        timer = self._later(max(pending.wall - self._wall(), 0.0), fall_due)
        self._timers[timer] = pending

    def _fall_due(self, pending: PendingChange) -> None:
        kind, key, request = pending.kind, pending.key, OperationRequest(pending.name, int(self._wall()))
        thing = self._resources.get(kind.name, key)
        if thing is None:
            return
        after = thing
        if pending.move == _ENDS:
            after = {**thing, **told} if (told := self._ended(kind, thing)) else thing
        elif isinstance(pending.move, str):
            if thing.get("status") in self.lifecycle(kind).moves[pending.move].begins:
                self._moved(kind, key, thing, pending.move, {}, request)
            return
        elif thing.get(kind.facts.status) in (transition := kind.facts.transitions[pending.move]).since:
            after = self.declared.after(kind, thing, transition, request)
        if after is not thing:
            after = {**after, **self._prototypes.touched(kind, request.wall)}
            self._commit(kind, key, after, UNCHANGED, request, "", before=thing)

    def _context(self, request: OperationRequest) -> RequestMoveContext:
        return RequestMoveContext(self._resources, self._generator, request)
