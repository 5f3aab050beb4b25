"""Two documents compared: every change between them, each once, with the operations that it reaches.

A change of a schema that a hundred operations share is one change with a hundred operations. Its cost is the length of
the documents: pairs of schemas are compared once, and which operations reach a pair is worked out over the graph, with
one bit for each place.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tidegate.contracts.drift.documents.document_change import DocumentChange, SchemaPlace, changed, pointer_to
from tidegate.contracts.drift.documents.operation_changes import OperationComparison
from tidegate.contracts.drift.documents.operation_pairs import operation_pairs, shape
from tidegate.contracts.drift.documents.schema_aspects import SchemaChange
from tidegate.contracts.drift.documents.schema_pairs import SAME, SchemaPair, SchemaPairs, steps_of
from tidegate.contracts.drift.documents.webhooks import callbacks, webhooks
from tidegate.drift.change_kinds import KINDS
from tidegate.openapi.document import Document, Operation
from tidegate.openapi.servers import servers


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two documents and what differs. `places` are those at which schemas stand in both."""

    old: Document
    new: Document
    changes: tuple[DocumentChange, ...]
    places: tuple[SchemaPlace, ...]
    pairs: int
    left_out: int


def compare(old: Document, new: Document, used: frozenset[str] = frozenset()) -> Comparison:
    """Compare two documents. Of a change that many operations share, the place in a `used` one is shown."""
    schema_pairs = SchemaPairs(old, new)
    pairs = operation_pairs(old, new)
    changes: list[DocumentChange] = [*_gone(old, new, pairs.gone, pairs.moved), *_servers(old, new)]
    changes += [changed("endpoint-added", "operation", operation.id) for operation in pairs.come]
    places: list[SchemaPlace] = []
    comparison = OperationComparison(schema_pairs)
    both = sorted(pairs.both, key=lambda one: one[0].id not in used)
    for one, other in [*both, *_webhooks(old, new, changes)]:
        for found in comparison.compare(one, other):
            if isinstance(found, SchemaPlace):
                places.append(found)
            else:
                changes.append(found)
    schema_pairs.settle()
    changes = [*_joined(changes), *_of_schemas(schema_pairs, places)]
    return Comparison(old, new, tuple(changes), tuple(places), len(schema_pairs.pairs), schema_pairs.left_out)


def _gone(
    old: Document, new: Document, gone: Iterable[Operation], moved: Mapping[str, Operation]
) -> Iterator[DocumentChange]:
    paths = {shape(operation)[1] for operation in new.operations.values()}
    del old
    for operation in gone:
        if operation.id in moved:
            there = moved[operation.id]
            yield changed("endpoint-moved", "operation", operation.id, old=f"{operation.method} {operation.template}",
                          new=f"{there.method} {there.template}")  # fmt: skip
            continue
        path = "api" if shape(operation)[1] in paths else "api-path"
        word = "with" if operation.deprecated else "without"
        yield changed(f"{path}-removed-{word}-deprecation", "operation", operation.id,
                      old=f"{operation.method} {operation.template}")  # fmt: skip


def _servers(old: Document, new: Document) -> Iterator[DocumentChange]:
    before, after = servers(old)[:10], servers(new)[:10]
    if before[:1] != after[:1]:
        change = changed("api-servers-changed", "operation", "", old=before[:1], new=after[:1])
        change.operations = ()
        yield change


def _webhooks(old: Document, new: Document, changes: list[DocumentChange]) -> list[tuple[Operation, Operation]]:
    """The webhooks and callbacks of both, as operations that the vendor calls; of the others, that they came or went.

    What a webhook sends is read by us: its body is looked at as an answer would be.
    """
    before, after = ({**webhooks(one), **callbacks(one)} for one in (old, new))
    for name, hook in before.items():
        if name not in after:
            changes.append(changed("webhook-removed", "operation", hook.id))
    for name, hook in after.items():
        if name not in before:
            changes.append(changed("webhook-added", "operation", hook.id))
    return [(hook, after[name]) for name, hook in before.items() if name in after]


# --- grouping -------------------------------------------------------------------------------------------------------


def _joined(changes: Iterable[DocumentChange]) -> Iterator[DocumentChange]:
    """One change for all operations that have the very same, like a header that every answer has lost."""
    joined: dict[Any, DocumentChange] = {}
    for change in changes:
        alone = change.part == "operation"
        key = (change.kind.name, change.at, str(change.old), str(change.new), change.operations if alone else ())
        known = joined.get(key)
        if known is None:
            joined[key] = change
        else:
            known.operations = (*known.operations, *change.operations)
    yield from joined.values()


@dataclass(slots=True)
class _Reach:
    """How the places of one direction and kind reach pairs: a bit for each place, and the first way to each pair."""

    places: list[SchemaPlace] = field(default_factory=list)
    bits: dict[int, int] = field(default_factory=dict)
    ways: dict[int, tuple[SchemaPlace, tuple[str, ...]]] = field(default_factory=dict)


def _of_schemas(pairs: SchemaPairs, places: Iterable[SchemaPlace]) -> Iterator[DocumentChange]:
    """The changes of schemas, each once for each direction in which something reaches it."""
    leads = _leading(pairs)
    reaches: dict[tuple[Literal["request", "response"], str], _Reach] = {}
    for place in places:
        if id(place.pair) in leads:
            reaches.setdefault((place.direction, place.where), _Reach()).places.append(place)
    for (direction, where), reach in reaches.items():
        _spread(reach, leads)
        for pair in pairs.pairs.values():
            if pair.changes and id(pair) in reach.bits:
                yield from _pair_changes(pair, direction, where, reach)


def _leading(pairs: SchemaPairs) -> set[int]:
    """The pairs that have changes, and all from which one is reached."""
    above: dict[int, list[SchemaPair]] = {}
    for outer, inner in steps_of(pairs.pairs):
        above.setdefault(id(inner), []).append(outer)
    todo = [pair for pair in pairs.pairs.values() if pair.changes]
    leads = {id(pair) for pair in todo}
    while todo:
        for outer in above.get(id(todo.pop()), ()):
            if id(outer) not in leads:
                leads.add(id(outer))
                todo.append(outer)
    return leads


def _spread(reach: _Reach, leads: set[int]) -> None:
    todo: deque[SchemaPair] = deque()
    for at, place in enumerate(reach.places):
        pair = place.pair
        reach.bits[id(pair)] = reach.bits.get(id(pair), 0) | 1 << at
        if id(pair) not in reach.ways:
            reach.ways[id(pair)] = (place, ())
            todo.append(pair)
    waiting = {id(pair) for pair in todo}
    while todo:
        pair = todo.popleft()
        waiting.discard(id(pair))
        bits, (place, way) = reach.bits[id(pair)], reach.ways[id(pair)]
        for step, inner in pair.steps:
            if id(inner) not in leads:
                continue
            known = reach.bits.get(id(inner), 0)
            if known | bits == known:
                continue
            reach.bits[id(inner)] = known | bits
            reach.ways.setdefault(id(inner), (place, (*way, step) if step != SAME else way))
            if id(inner) not in waiting:
                waiting.add(id(inner))
                todo.append(inner)


def _pair_changes(
    pair: SchemaPair, direction: Literal["request", "response"], where: str, reach: _Reach
) -> Iterator[DocumentChange]:
    bits, (place, way) = reach.bits[id(pair)], reach.ways[id(pair)]
    operations = dict.fromkeys(
        [place.operation, *(one.operation for at, one in enumerate(reach.places) if bits >> at & 1)]
    )
    for change in pair.changes:
        if (change.read_only and direction == "request") or (change.write_only and direction == "response"):
            continue
        steps = (*way, change.subject) if change.subject else way
        name = _name(change, direction, where if not way else "property")
        yield DocumentChange(
            KINDS[name], direction, "schema", tuple(operations), place.at, pointer_to(steps), pair.name, change.subject,
            change.old, change.new, pair=pair,
        )  # fmt: skip


def _name(change: SchemaChange, direction: str, where: str) -> str:
    match change.aspect:
        case "required-property-added" | "optional-property-added" if direction == "request":
            return f"new-{change.aspect.partition('-')[0]}-request-property"
        case "required-property-removed" | "optional-property-removed" if direction == "request":
            return "request-property-removed"
        case "required-property-removed" | "optional-property-removed":
            return f"response-{change.aspect}"
        case "required-property-added" | "optional-property-added":
            return f"response-{change.aspect}"
        case "property-renamed" | "property-became-required" | "property-became-optional":
            return f"{direction}-{change.aspect}"
        case _:
            return f"{direction}-{where}-{change.aspect}"
