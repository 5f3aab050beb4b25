"""The objects of a GraphQL endpoint, by type: its mutations make, change and delete them.

A mutation says by its name what it does: `productCreate` and `createIssue` make, and so with update and delete. Of a
type that a mutation makes, `THERE` objects are there from the beginning, and only what is there can be read; of any
other, every id names an object until it is deleted. It knows no query, no price and no HTTP.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from graphql import (
    GraphQLError,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_object_type,
)

from tidegate.simulator.objects.event_log import EventLog
from tidegate.simulator.objects.object_store import ObjectStore
from tidegate.simulator.objects.operation_request import OperationRequest
from tidegate.simulator.storage.object_keys import key_part
from tidegate.simulator.storage.resources import ListQuery, UnknownCursorError
from tidegate.values.json_value import Obj

THERE = 25
"""The number of objects of a type that are there from the beginning."""

PAGE = 10
"""Objects on a page, where the query does not say."""

Verb = Literal["create", "update", "delete"]
VERBS: tuple[Verb, ...] = ("create", "update", "delete")

Draw = Callable[[GraphQLNamedType, str], Any]
"""A value of a type, the same for the same name."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One field of the mutation type: what it does, to objects of which type."""

    verb: Verb
    kind: GraphQLObjectType


class GraphQLObjects:
    """The objects of one endpoint, kept among the vendor's others under the names of their types."""

    def __init__(self, schema: GraphQLSchema, draw: Draw, store: ObjectStore, event_log: EventLog) -> None:
        self._draw = draw
        self._store = store
        self._event_log = event_log
        fields = schema.mutation_type.fields if schema.mutation_type is not None else {}
        known = {name.lower(): kind for name, kind in schema.type_map.items() if is_object_type(kind)}
        self._mutations = {name: mutation for name in fields if (mutation := _mutation_of(name, known)) is not None}
        self._kinds = {mutation.kind.name: mutation.kind for mutation in self._mutations.values()}
        self._made = {mutation.kind.name for mutation in self._mutations.values() if mutation.verb == "create"}
        store.furnishing.append(self._furnish)
        self._furnish()

    def holds(self, kind: GraphQLNamedType) -> bool:
        """True where mutations are about objects of this type."""
        return kind.name in self._kinds

    def lists(self, kind: GraphQLNamedType) -> bool:
        """True where all objects of this type are known."""
        return kind.name in self._made

    def lookup(self, kind: GraphQLNamedType, identifier: object) -> Obj | None:
        """The object of this id, None where there is none."""
        key = key_part(identifier)
        thing = self._store.resources.get(kind.name, key)
        if thing is None and kind.name not in self._made and (kind.name, key) not in self._store.counters.gone:
            return self._new(self._kinds[kind.name], str(identifier))
        return thing

    def page(self, kind: GraphQLNamedType, arguments: Mapping[str, Any]) -> tuple[list[tuple[str, Obj]], bool, bool]:
        """One page, cursors and objects, oldest first, and whether there is more after it and before it."""
        after, before, count = arguments.get("after"), arguments.get("before"), page_size(arguments)
        forward = arguments.get("last") is None
        begin = after if forward else before
        try:
            things, more = self._store.resources.page(
                kind.name, ListQuery(count, after=begin, newest_first=not forward)
            )
        except UnknownCursorError as error:
            raise GraphQLError(f"{error.identifier!r} is not a cursor of this connection.") from None
        elsewhere = begin is not None
        return (things, more, elsewhere) if forward else (things[::-1], elsewhere, more)

    def change(self, name: str, payload: Any, arguments: Mapping[str, Any], request: OperationRequest) -> Obj | None:
        """Carry a mutation out; what it answers, None where it is none that anything is known of.

        Raises GraphQLError where the object is not there and the payload has no place to say so.
        """
        mutation = self._mutations.get(name)
        if mutation is None:
            return None
        given = _flat(arguments)
        identifier = given.get("id", given.get(f"{mutation.kind.name[:1].lower()}{mutation.kind.name[1:]}Id"))
        if mutation.verb == "create":
            thing: Obj | None = self._create(mutation.kind, given, request)
        else:
            thing = self.lookup(mutation.kind, identifier)
            if thing is not None:
                after = self._update if mutation.verb == "update" else self._delete
                thing = after(mutation.kind, thing, given, request)
        return _answer(mutation, payload, thing, identifier)

    # --- what they do ----------------------------------------------------------------------------------------------

    def _create(self, kind: GraphQLObjectType, given: Mapping[str, Any], request: OperationRequest) -> Obj:
        identifier = self._draw_id(kind, f"{request.name}:{len(request.effects)}")
        thing = {**self._new(kind, identifier), **_merge(kind, given)}
        return self._keep(kind, thing, "created", request, None)

    def _update(self, kind: GraphQLObjectType, thing: Obj, given: Mapping[str, Any], request: OperationRequest) -> Obj:
        return self._keep(kind, {**thing, **_merge(kind, given)}, "updated", request, thing)

    def _delete(self, kind: GraphQLObjectType, thing: Obj, _given: Mapping[str, Any], request: OperationRequest) -> Obj:
        key = key_part(thing["id"])
        if self._store.resources.get(kind.name, key) is not None:
            self._store.resources.remove(kind.name, key)
        self._store.counters.gone.add((kind.name, key))
        self._event_log.record(thing["id"], thing, "", request, f"{kind.name}.deleted", None)
        return thing

    def _keep(
        self, kind: GraphQLObjectType, thing: Obj, verb: str, request: OperationRequest, before: Obj | None
    ) -> Obj:
        self._store.resources.put(kind.name, thing, key_part(thing["id"]))
        self._event_log.record(thing["id"], thing, "", request, f"{kind.name}.{verb}", before)
        return thing

    def _furnish(self) -> None:
        for name in sorted(self._made):
            kind = self._kinds[name]
            for place in range(THERE):
                identifier = self._draw_id(kind, f"there {place}")
                self._store.resources.put(name, self._new(kind, identifier), key_part(identifier))

    def _new(self, kind: GraphQLObjectType, identifier: str) -> Obj:
        """An object with a value in each field that holds a single one."""
        drawn = {
            name: self._draw(get_named_type(field.type), f"{kind.name} {identifier}.{name}")
            for name, field in kind.fields.items()
            if is_leaf_type(get_named_type(field.type)) and not is_list_type(get_nullable_type(field.type))
        }
        return {**drawn, "id": identifier}

    def _draw_id(self, kind: GraphQLObjectType, name: str) -> str:
        drawn: Obj = self._draw(kind, name)
        return str(drawn["id"])


def is_connection(kind: object) -> bool:
    """True for a list in pages (GraphQL Cursor Connections Specification)."""
    return is_object_type(kind) and kind.name.endswith("Connection")


def page_size(arguments: Mapping[str, Any]) -> int:
    """The number of objects that a connection is asked for. Raises GraphQLError for a negative one."""
    for name in ("first", "last"):
        count = arguments.get(name)
        if count is not None and count < 0:
            raise GraphQLError(f"{name} is {count}; it must not be negative.")
        if count is not None:
            return int(count)
    return PAGE


def _mutation_of(name: str, known: Mapping[str, Any]) -> Mutation | None:
    """The mutation of a name: the verb stands first or last, the rest is the name of a type with an id."""
    lower = name.lower()
    for verb in VERBS:
        for rest in (lower.removeprefix(verb), lower.removesuffix(verb)):
            kind = known.get(rest)
            if rest != lower and kind is not None and "id" in kind.fields:
                return Mutation(verb, kind)
    return None


def _flat(arguments: Mapping[str, Any]) -> Obj:
    """The arguments, and what is in their input objects."""
    fields: Obj = {}
    for name, value in arguments.items():
        fields.update(value if isinstance(value, dict) else {name: value})
    return fields


def _merge(kind: GraphQLObjectType, given: Mapping[str, Any]) -> Obj:
    """The given values of fields that hold no objects; nobody gives the id."""
    return {
        name: value
        for name, value in given.items()
        if name != "id" and name in kind.fields and is_leaf_type(get_named_type(kind.fields[name].type))
    }


def _answer(mutation: Mutation, payload: Any, thing: Obj | None, identifier: object) -> Obj:
    """The payload: the object, or its id where it was deleted, and who was wrong where there was none."""
    kind = mutation.kind
    if payload is kind and thing is not None:
        return thing
    fields: Mapping[str, Any] = getattr(payload, "fields", {})
    wrong: Iterable[Obj] = ()
    if thing is None:
        message = f"{kind.name} {identifier} does not exist"
        if "userErrors" not in fields:
            raise GraphQLError(message)
        wrong = [{"field": ["id"], "message": message}]
    answer: Obj = {"userErrors": list(wrong)}
    for name, field in fields.items():
        if get_named_type(field.type) is kind:
            answer[name] = thing
        elif name.startswith("deleted") and mutation.verb == "delete":
            answer[name] = thing["id"] if thing is not None else None
    return answer
