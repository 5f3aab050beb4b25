"""What the simulator makes of each operation, and what it cannot follow: for `/operations` and the words at the start.

An operation that keeps nothing is answered with a sample. Values without a place in the object are not kept,
parameters that a list does not heed change nothing, and what is made without anybody learning its id cannot be read
again: each is named, so that nobody takes it for kept.
"""

from typing import Any
from weakref import WeakKeyDictionary

from tidegate.openapi.document import DocumentError, Operation
from tidegate.simulator.document.documented_answer import chosen, inside
from tidegate.simulator.document.paging.page_style import PageStyles
from tidegate.simulator.document.resource_operation import ResourceOperation, ResourceOperations
from tidegate.values.string_values import plain_name
from tidegate.vendor.facts import Facts

WRITING_MAX = 100
"""So many operations are looked at before the start at most."""

NAMED_MAX = 5
"""So many are named in the line at the start."""

_TOLD = "GET /operations on the control port"
_NOTES: WeakKeyDictionary[ResourceOperations, dict[str, dict[str, Any]]] = WeakKeyDictionary()
_UNREADABLE = {
    "unmade": "its answer is no single object, so nothing is kept",
    "sent": "its answer does not tell the id, which a request may name ({id})",
    "": "its answer does not tell the id, so any id is taken to be there",
}
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def notes(operations: ResourceOperations, operation: Operation) -> dict[str, Any]:
    """What an operation does, to which kind, and what of it is not followed."""
    known = _NOTES.setdefault(operations, {})
    if operation.id not in known:
        known[operation.id] = _notes(operations, operation)
    return known[operation.id]


def _notes(operations: ResourceOperations, operation: Operation) -> dict[str, Any]:
    try:
        shape = operations.of(operation)
    except DocumentError as error:
        return {"does": "unsound", "kind": "", "why": str(error)}
    told: dict[str, Any] = {"does": shape.does, "kind": shape.kind}
    if shape.does == "list":
        style = PageStyles(operations.document, operations.model.facts.pages).of(shape)
        paging = (style.parameter, style.back, style.limit, style.number)
        told["unheeded"] = [name for name in shape.parameters.others if name not in paging]
    if shape.sent_fields:
        told["not_kept"] = sorted(_not_kept(operations, operation, shape))
    if why := _unreadable(operations, operation, shape):
        told["unreadable"] = why
    return told


def _unreadable(operations: ResourceOperations, operation: Operation, shape: ResourceOperation) -> str:
    """Why what an operation makes cannot be read again, though such objects can; empty where it can."""
    lost = operations.model.lost.get(operation.id)
    if lost is None or shape.declared is not None or (lost == "unmade") != (shape.does == "sample"):
        return ""
    kind = operations.kinds.get(shape.kind)
    return _UNREADABLE[lost].format(id=".".join(kind.id_at) if kind is not None else "")


def kept_state(facts: Facts, operations: ResourceOperations) -> str:
    """A line for the start: how many operations write and keep nothing. Empty where each keeps what it is sent.

    Looking at each costs time: where there are many, the line says where that is told.
    """
    others = _others(facts)
    writing = [one for one in operations.document.operations.values() if one.method in WRITES and one.id not in others]
    if len(writing) > WRITING_MAX:
        return f"state: {_TOLD} tells for each of the {len(writing)} operations that write whether it is kept"
    samples = [one.id for one in writing if notes(operations, one)["does"] in ("sample", "unsound")]
    if not samples:
        return ""
    named = ", ".join(samples[:NAMED_MAX]) + (" …" if len(samples) > NAMED_MAX else "")
    return (
        f"state: {len(samples)} of {len(writing)} operations that write keep nothing ({named}); {_TOLD} tells of each"
    )


def unreadable(facts: Facts, operations: ResourceOperations) -> str:
    """A line for the start: which operations make what cannot be read again, and why. Empty where there is none.

    Only those are looked at of which the model of the document says that they may be such.
    """
    others, known = _others(facts), operations.document.operations
    lost = [known[id_] for id_ in operations.model.lost if id_ not in others]
    reasons = ((one, notes(operations, one).get("unreadable", "")) for one in lost)
    named = [f"{one.method} {one.template}: {why}" for one, why in reasons if why]
    if not named:
        return ""
    shown = "; ".join(named[:NAMED_MAX]) + (" …" if len(named) > NAMED_MAX else "")
    count = "1 operation makes" if len(named) == 1 else f"{len(named)} operations make"
    return f"state: what {count} cannot be read again ({shown}); {_TOLD} tells of each"


def _others(facts: Facts) -> set[str]:
    """Operations that keep state of another form: conversations and GraphQL."""
    return {*facts.conversations, facts.graphql.operation if facts.graphql is not None else ""}


def _not_kept(operations: ResourceOperations, operation: Operation, shape: ResourceOperation) -> set[str]:
    """Fields of the request for which the kind has none of that name."""
    kind, document = operations.kinds[shape.kind], operations.document
    if kind.open and not kind.fields:
        return set()
    bodies = document.request_content(operation).values()
    parts = (document.schemas.plain(chosen(document, inside(document, body, shape.sent_at))) for body in bodies)
    sent = {name: node for part in parts for name, node in part.get("properties", {}).items()}
    return {
        name
        for name, node in sent.items()
        if plain_name(name) not in kind.names or document.schemas.plain(node).get("writeOnly") is True
    }
