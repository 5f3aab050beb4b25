"""Names in a vendor file that match nothing in the document that is played: each would be left out in silence.

Kinds, operations, fields, parameters and events; the names of policies are the rulebook's matter.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from tidegate.configfile.wording import nearest
from tidegate.openapi.document import Document, DocumentError, Operation
from tidegate.simulator.document.path_template import PARAMETER
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_operation import ResourceOperations
from tidegate.vendor.facts import Facts
from tidegate.vendor.resource_facts import ObjectFacts, is_kind_pattern

SLIP = 0.9
"""Two paths that are so much alike are meant to be one."""

FIELD_SLIP = 0.75
"""Two fields that are so much alike are: a vendor file may set others, for its webhooks."""

KINDS_LISTED_MAX = 20
"""A message lists so many names at most."""


def unmatched_names(facts: Facts, operations: ResourceOperations) -> list[str]:
    """A sentence for each, with the nearest name that there is."""
    found = (
        *_of_objects(facts, operations),
        *_of_operations(facts, operations.document),
        *_of_pages(facts, operations.document),
        *_of_conversations(facts, operations.document),
        *_of_events(facts, operations),
    )
    return [f"the vendor file's {sentence}" for sentence in found]


def unknown_kind(name: str, kinds: ResourceOperations) -> str:
    """A sentence about a kind that is none."""
    known = sorted(kinds.kinds)
    hint = nearest(name, known) or f"; known here: {', '.join(known[:KINDS_LISTED_MAX]) or 'none'}"
    return f"no kind of object is called {name!r}{hint}"


def _of_objects(facts: Facts, operations: ResourceOperations) -> Iterator[str]:
    for name, declared in facts.resources.objects.items():
        place = f"facts.resources.objects.{name}"
        kinds = [kind for kind in operations.kinds.values() if fnmatchcase(kind.name, name)]
        kinds = kinds if is_kind_pattern(name) else [kind for kind in operations.kinds.values() if kind.name == name]
        for id_ in declared.operations:
            if id_ not in operations.document.operations:
                yield f"{place}.operations: no operation is called {id_}{nearest(id_, operations.document.operations)}"
        if not kinds and _is_left_out(declared, operations):
            continue
        if not kinds:
            yield f"{place}: {unknown_kind(name, operations)}"
            continue
        yield from _of_kind(place, declared, kinds, operations)


def kinds_left_out(facts: Facts, operations: ResourceOperations) -> list[str]:
    """A sentence for each kind whose path is in a part of the vendor's API that this document leaves out."""
    return [
        f"facts.resources.objects.{name} does nothing here: the document has no path {declared.path}"
        for name, declared in facts.resources.objects.items()
        if name not in operations.kinds and _is_left_out(declared, operations)
    ]


def _is_left_out(declared: ObjectFacts, operations: ResourceOperations) -> bool:
    """True where a kind's declared path is none of the document's, and no slip of the pen."""
    templates = [operation.template for operation in operations.document.operations.values()]
    if not declared.path or declared.path in templates:
        return False
    return not difflib.get_close_matches(declared.path, templates, n=1, cutoff=SLIP)


def _of_kind(
    place: str, declared: ObjectFacts, kinds: list[ResourceKind], operations: ResourceOperations
) -> Iterator[str]:
    words = {word for operation in operations.document.operations.values() for word in _actions(operation)}
    for transition in declared.transitions:
        if transition.action is not None and transition.action not in words:
            yield f"{place}.transitions: no operation is called {transition.action}{nearest(transition.action, words)}"
    known = {name: node for kind in kinds for name, node in kind.fields.items()}
    for field, target in declared.references.items():
        if target not in operations.kinds:
            yield f"{place}.references.{field}: {unknown_kind(target, operations)}"
        if field not in known:
            yield f"{place}.references: no field is called {field}{nearest(field, known)}"
    if known and not any(kind.open for kind in kinds):
        yield from _of_fields(place, declared, kinds, known)


def _of_fields(
    place: str, declared: ObjectFacts, kinds: list[ResourceKind], known: Mapping[str, object]
) -> Iterator[str]:
    """Fields of objects of which the document says what they have."""
    listed = [("id", declared.id.split("/")[1] if declared.id.startswith("/") else declared.id)] if declared.id else []
    if declared.revision:
        listed.append(("revision", declared.revision))
    for id_, operation in declared.operations.items():
        listed += [(f"operations.{id_}.narrow", re.split(r"[./]", field.lstrip("/"))[0]) for field in operation.narrow]
    for at, field in listed:
        if field not in known:
            yield f"{place}.{at}: no field is called {field}{nearest(field, known)}"
    sets = (declared.set, *(operation.set for operation in declared.operations.values()))
    given = {("set", field) for fields in (*sets, *(one.set for one in declared.transitions)) for field in fields}
    given |= {(f"within.{param}", pointer.split("/")[1]) for param, pointer in declared.within.items()}
    for at, field in sorted(given):  # an object may have fields that its document does not tell of
        if field not in known and (close := difflib.get_close_matches(field, known, n=1, cutoff=FIELD_SLIP)):
            yield f"{place}.{at}: no field is called {field}; did you mean {close[0]}?"
    params = {param for kind in kinds for param in PARAMETER.findall(kind.address)}
    for param in declared.within.keys() - params if params else ():
        yield f"{place}.within: no parameter of the path is called {param}{nearest(param, params)}"


def _actions(operation: Operation) -> tuple[str, ...]:
    return (operation.id, *re.split(r"[/:]", operation.template.rstrip("/"))[-1:])


def _of_operations(facts: Facts, document: Document) -> Iterator[str]:
    named = [(f"facts.conversations.{name}", name) for name in facts.conversations]
    if facts.graphql is not None:
        named.append(("facts.graphql.operation", facts.graphql.operation))
    if facts.webhooks is not None and facts.webhooks.registered is not None:
        named.append(("facts.webhooks.registered.operation", facts.webhooks.registered.operation))
    for reason, refusal in facts.errors.refusals.items():
        named += [(f"facts.errors.refusals.{reason}.operations", name) for name in refusal.operations]
    for place, name in named:
        if name not in document.operations:
            yield f"{place}: no operation is called {name}{nearest(name, document.operations)}"


def _of_pages(facts: Facts, document: Document) -> Iterator[str]:
    """The parameters that are said to page lists: some list must have each."""
    pages = facts.resources.pages
    named = [("parameter", pages.parameter), ("back", pages.back), ("limit", pages.limit)]
    if not any(name for _, name in named):
        return
    known = {
        str(entry["name"]) for operation in document.operations.values() for entry in document.parameters(operation)
    }
    known |= {name for operation in document.operations.values() for name in _sent(document, operation)}
    for place, name in named:
        if name and name not in known:
            yield f"facts.resources.pages.{place}: no parameter is called {name}{nearest(name, known)}"


def _of_conversations(facts: Facts, document: Document) -> Iterator[str]:
    """Where a request is said to hold what a conversation needs, by a slip of the pen: excerpts leave fields out."""
    for name, talk in facts.conversations.items():
        known = _sent(document, document.operations[name]) if name in document.operations else frozenset()
        places = [("question", talk.question), ("count", talk.count), *(("most", place) for place in talk.most)]
        if talk.json_text is not None:
            places += [("json_text.kind", talk.json_text.kind), ("json_text.schema_at", talk.json_text.schema_at)]
        for place, pointer in places if known else ():
            field = pointer.split("/")[1] if pointer else ""
            if field not in known and (close := difflib.get_close_matches(field, known, n=1, cutoff=FIELD_SLIP)):
                yield f"facts.conversations.{name}.{place}: the request has no field {field}; did you mean {close[0]}?"


def _of_events(facts: Facts, operations: ResourceOperations) -> Iterator[str]:
    """Events are named by a kind and a verb; those of a GraphQL endpoint by its types."""
    for name in facts.webhooks.events if facts.webhooks is not None and facts.graphql is None else ():
        kind = name.rpartition(".")[0]
        if kind not in operations.kinds:
            yield f"facts.webhooks.events.{name}: {unknown_kind(kind, operations)}"


def _sent(document: Document, operation: Operation) -> frozenset[str]:
    """The fields of a request's body."""
    try:
        bodies = document.request_content(operation).values()
        return frozenset(name for body in bodies for name in document.schemas.plain(body).get("properties", {}))
    except DocumentError:
        return frozenset()
