"""Names in a vendor file that match nothing in the document that is played: each would be left out in silence.

Kinds, operations, transitions and references; the names of policies are the rulebook's matter.
"""

import difflib
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from tidegate.configfile.wording import nearest
from tidegate.openapi.document import Document, Operation
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_operation import ResourceOperations
from tidegate.vendor.facts import Facts
from tidegate.vendor.resource_facts import ObjectFacts, is_kind_pattern

SLIP = 0.9
"""Two paths that are so much alike are meant to be one."""

KINDS_LISTED_MAX = 20
"""A message lists so many names at most."""


def unmatched_names(facts: Facts, operations: ResourceOperations) -> list[str]:
    """A sentence for each, with the nearest name that there is."""
    found = (*_of_objects(facts, operations), *_of_operations(facts, operations.document))
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
    for field, target in declared.references.items():
        if target not in operations.kinds:
            yield f"{place}.references.{field}: {unknown_kind(target, operations)}"
        if not any(field in kind.fields for kind in kinds):
            known = {name for kind in kinds for name in kind.fields}
            yield f"{place}.references: no field is called {field}{nearest(field, known)}"


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
