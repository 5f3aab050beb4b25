"""How grave a change is, by use: it breaks a pact (error), touches an operation that a pact uses (warning), or neither.

To touch an operation is to be in what goes to and fro: a schema that stands only behind an id, which the vendor would
send if it were asked to (`customer: cus_1`, or the whole customer), is not touched by whoever reads the id.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from tidegate.contracts.drift.documents.document_change import DocumentChange, SchemaPlace, pointer_to
from tidegate.contracts.drift.documents.document_comparison import Comparison
from tidegate.contracts.drift.documents.schema_aspects import types
from tidegate.contracts.drift.documents.schema_pairs import SAME, SchemaPair
from tidegate.contracts.drift.drift_report import GRADES, Grade
from tidegate.contracts.drift.use.operation_use import breaks_operation
from tidegate.contracts.drift.use.pact_use import PactUse
from tidegate.contracts.drift.use.used_operation import UsedOperations
from tidegate.contracts.drift.use.value_walk import Visit, visits
from tidegate.openapi.document import Document

BROKEN_SHOWN = 20
"""So many interactions that a change breaks are named."""


@dataclass(frozen=True, slots=True)
class GradedChange:
    """A change, its grade, and the interactions that it breaks, or whose operations it touches."""

    change: DocumentChange
    grade: Grade
    pacts: tuple[str, ...] = ()


@dataclass(slots=True)
class _Used:
    """What is used: by operation, and by pair of schemas in each direction."""

    uses: Mapping[str, list[PactUse]]
    visited: dict[tuple[int, str], list[tuple[PactUse, Visit]]] = field(default_factory=lambda: defaultdict(list))
    near: dict[tuple[int, str], dict[str, tuple[str, tuple[str, ...]]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    """Pair and direction → each operation that is used and in whose traffic it stands, and the first way to it."""


def used_operations(document: Document, uses: Iterable[PactUse]) -> dict[str, list[PactUse]]:
    """The uses by the id of their operation; those that the document does not have are left out."""
    operations = UsedOperations(document)
    found: dict[str, list[PactUse]] = defaultdict(list)
    for use in uses:
        match = operations.match(use)
        for operation in [match.operation.id] if match is not None else operations.sending(use):
            found[operation].append(use)
    return dict(found)


def graded(comparison: Comparison, uses: Mapping[str, list[PactUse]]) -> list[GradedChange]:
    """Every change with its grade, the gravest first. `uses` are those of the old document's operations."""
    used = _use_of_schemas(comparison, uses)
    changes = [_grade(comparison, change, used) for change in comparison.changes]
    return sorted(changes, key=lambda one: GRADES.index(one.grade))


def _grade(comparison: Comparison, change: DocumentChange, used: _Used) -> GradedChange:
    if change.part == "schema":
        broken = _broken_schemas(comparison, change, used)
        near = used.near.get((id(change.pair), change.direction), {})
        touched = near.keys() & {*change.operations}
        change = _placed(change, near, touched)
    else:
        broken = [
            use for operation in change.operations for use in used.uses.get(operation, ())
            if breaks_operation(change, use)
        ]  # fmt: skip
        touched = {operation for operation in change.operations if operation in used.uses}
        if not change.operations and used.uses:
            touched = {*used.uses}
    if broken:
        return GradedChange(change, "error", tuple(dict.fromkeys(use.title for use in broken))[:BROKEN_SHOWN])
    if touched:
        names = dict.fromkeys(use.title for operation in sorted(touched) for use in used.uses[operation])
        return GradedChange(change, "warning", tuple(names)[:BROKEN_SHOWN])
    return GradedChange(change, "notice")


def _placed(
    change: DocumentChange, near: Mapping[str, tuple[str, tuple[str, ...]]], touched: Collection[str]
) -> DocumentChange:
    """The change at the place at which it stands in an operation that is used, where it does."""
    if not touched or change.operations[0] in touched:
        return change
    first = next(operation for operation in near if operation in touched)
    at, way = near[first]
    rest = tuple(operation for operation in change.operations if operation != first)
    pointer = pointer_to((*way, change.subject) if change.subject else way)
    return replace(change, operations=(first, *rest), at=at, pointer=pointer)


def _broken_schemas(comparison: Comparison, change: DocumentChange, used: _Used) -> list[PactUse]:
    assert change.pair is not None
    met = used.visited.get((id(change.pair), change.direction), ())
    match change.kind.breaks:
        case "always" if change.subject:
            return [use for use, visit in met if isinstance(visit.value, Mapping) and change.subject in visit.value]
        case "always":
            return [use for use, _ in met]
        case "unsent":
            return [use for use, visit in met if isinstance(visit.value, Mapping) and change.subject not in visit.value]
        case "value":
            return [use for use, visit in met if _excluded(comparison, use, visit, change.direction)]
        case _:
            return []


def _excluded(comparison: Comparison, use: PactUse, visit: Visit, direction: str) -> bool:
    """Whether a value that the old schema took is no longer taken. In answers, where only that value will do."""
    of: Literal["request", "answer"] = "request" if direction == "request" else "answer"
    if of == "answer" and use.is_loose(visit.pointer):
        return False
    old, new = comparison.old, comparison.new
    if not old.schemas.validator(visit.pair.old, of=of).is_valid(visit.read(old, visit.pair.old)):
        return False
    return not new.schemas.validator(visit.pair.new, of=of).is_valid(visit.read(new, visit.pair.new))


# --- where schemas are used -----------------------------------------------------------------------------------------


def _use_of_schemas(comparison: Comparison, uses: Mapping[str, list[PactUse]]) -> _Used:
    used = _Used(uses)
    for place in comparison.places:
        for use in uses.get(place.operation, ()):
            value = value_at(place, use)
            if value is not ABSENT:
                is_text = place.where == "parameter" or (place.direction == "request" and use.is_of_fields)
                for visit in visits(comparison.old, place.pair, value, is_text=is_text):
                    used.visited[id(visit.pair), place.direction].append((use, visit))
        if place.operation in uses and _is_met(place, uses[place.operation]):
            _mark_near(comparison.old, place, used)
    return used


ABSENT = object()


def value_at(place: SchemaPlace, use: PactUse) -> Any:
    """The value that a use has at a place; ABSENT where it has none."""
    kind, _, name = place.at.partition(" ")
    if place.where == "parameter":
        return _parameter(kind, name, use)
    if place.where == "header":
        return use.answer_headers.get(name.removeprefix("header "), ABSENT) if status_fits(kind, use) else ABSENT
    if place.direction == "request":
        return use.sent if use.sent is not None and media_fits(place.media, use.media) else ABSENT
    fits = status_fits(place.at, use) and media_fits(place.media, use.answer_media)
    return use.answer if fits and use.answer is not None else ABSENT


def _parameter(kind: str, name: str, use: PactUse) -> Any:
    if kind == "query":
        values = use.query.get(name) or use.query.get(f"{name}[]")
        return ABSENT if not values else values[0] if len(values) == 1 else values
    return use.headers.get(name.lower(), ABSENT) if kind == "header" else ABSENT


def status_fits(status: str, use: PactUse) -> bool:
    """Whether a status of a document is the one that a use counts on."""
    return status in (str(use.status), f"{use.status // 100}XX", "default")


def media_fits(listed: str, media: str) -> bool:
    """Whether a media type, or a range of them, is the one that a use has; without any, each will do."""
    if not media or listed in ("*/*", media):
        return True
    return listed.endswith("/*") and media.startswith(listed[:-1])


def _is_met(place: SchemaPlace, uses: Sequence[PactUse]) -> bool:
    if place.direction == "request" or place.where != "body":
        return True
    return any(status_fits(place.at, use) for use in uses) or place.at[:1] == "2"


def _mark_near(document: Document, place: SchemaPlace, used: _Used) -> None:
    """Mark what stands in the traffic of a place, but for what is behind an id and no pact's value enters."""
    todo: deque[tuple[SchemaPair, tuple[str, ...]]] = deque([(place.pair, ())])
    while todo:
        pair, way = todo.popleft()
        near = used.near[id(pair), place.direction]
        if place.operation in near:
            continue
        near[place.operation] = (place.at, way)
        has_id = any(step == SAME and _is_scalar(document, inner) for step, inner in pair.steps)
        for step, inner in pair.steps:
            entered = (id(inner), place.direction) in used.visited
            if step != SAME or not has_id or entered or _is_scalar(document, inner):
                todo.append((inner, (*way, step) if step != SAME else way))


def _is_scalar(document: Document, pair: SchemaPair) -> bool:
    named = types(document.schemas.plain(pair.old))
    return bool(named) and not named & {"object", "array"}
