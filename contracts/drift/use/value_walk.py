"""The way of a pact's values through pairs of schemas: at which pairs a value stands, and which parts it never enters.

Ends with the value, so a schema that holds itself has no part in how long it takes.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.contracts.drift.documents.schema_aspects import types
from tidegate.contracts.drift.documents.schema_pairs import ITEMS, OTHERS, SAME, SchemaPair
from tidegate.contracts.drift.use.form_value import coerced
from tidegate.json_pointer import token_of
from tidegate.openapi.document import Document
from tidegate.openapi.schema_words import type_of

VISITS_MAX = 100_000
"""A value is followed through so many places."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A value of a pact at a pair of schemas. `pointer` is its place in the whole value."""

    pair: SchemaPair
    value: Any
    """As it was written: of a form or a query, a text."""
    pointer: str
    is_text: bool

    def read(self, document: Document, schema: Any) -> Any:
        """The value as a schema of this document reads it."""
        return coerced(self.value, document.schemas.plain(schema)) if self.is_text else self.value


def visits(document: Document, pair: SchemaPair, value: Any, *, is_text: bool) -> Iterator[Visit]:
    """Every place that a value has in a pair of schemas of which `document` has the old ones."""
    todo: list[Visit] = [Visit(pair, value, "", is_text)]
    seen: set[tuple[int, str]] = set()
    while todo and len(seen) < VISITS_MAX:
        visit = todo.pop()
        if (id(visit.pair), visit.pointer) in seen:
            continue
        seen.add((id(visit.pair), visit.pointer))
        yield visit
        todo += _inside(document, visit)


def _inside(document: Document, visit: Visit) -> Iterator[Visit]:
    value, named = visit.read(document, visit.pair.old), {step for step, _ in visit.pair.steps}
    for step, inner in visit.pair.steps:
        if step == SAME:
            if may_be(document, inner, visit):
                yield Visit(inner, visit.value, visit.pointer, visit.is_text)
            continue
        for name, part in _parts(value, step, named):
            yield Visit(inner, part, f"{visit.pointer}/{token_of(name)}", visit.is_text)


def _parts(value: Any, step: str, named: Collection[str]) -> Iterator[tuple[str, Any]]:
    """What a step leads to in a value, each with its own step in a pointer."""
    if isinstance(value, Mapping):
        if step in value:
            yield step, value[step]
        elif step == OTHERS:
            yield from ((str(name), value[name]) for name in value.keys() - named)
    elif isinstance(value, list):
        places = ((str(at), item) for at, item in enumerate(value))
        yield from ((ITEMS, item) for at, item in places if step == at or (step == ITEMS and at not in named))


def may_be(document: Document, pair: SchemaPair, visit: Visit) -> bool:
    """Whether a value is of a type that an alternative takes."""
    wanted = types(document.schemas.plain(pair.old))
    kind = type_of(visit.read(document, pair.old))
    return not wanted or kind in wanted or (kind == "integer" and "number" in wanted)
