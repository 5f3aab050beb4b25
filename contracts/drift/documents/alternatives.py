"""Which alternative of an anyOf or oneOf is which in the other document.

By name where they have one, else by being equal, else by what they take; what is left came or went. Their order says
nothing: generators change it at will.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tidegate.contracts.drift.documents.schema_aspects import NULL, Level, listed, takes_null, types
from tidegate.contracts.drift.documents.wrappings import WORDS
from tidegate.openapi.document import Document

ALIKE = 0.5
"""Two objects are one and the same where they share so many of their properties."""
COMPARED_MAX = 300
"""So many alternatives are compared each with each. Stripe's longest list has 250, all of them named."""

Matched = tuple[list[tuple[Any, Any]], list[str], list[str]]


def matched(old_document: Document, old: Sequence[Any], new_document: Document, new: Sequence[Any]) -> Matched:
    """The pairs, and the labels of those that are gone and of those that came."""
    both: list[tuple[Any, Any]] = []
    gone, come = [*old], [*new]
    names = {name: at for at, choice in enumerate(come) if (name := _name(choice))}
    taken: set[int] = set()
    left: list[Any] = []
    for choice in gone:
        at = names.get(_name(choice)) if _name(choice) else None
        if at is None or at in taken:
            left.append(choice)
        else:
            taken.add(at)
            both.append((choice, come[at]))
    come = [choice for at, choice in enumerate(come) if at not in taken]
    for test in (_equal, _same_kind):
        left = [choice for choice in left if not _pair_up(choice, come, both, test, old_document, new_document)]
    return both, [label(old_document, one) for one in left], [label(new_document, one) for one in come]


def label(document: Document, choice: Any) -> str:
    """The words for an alternative: its name, its title, or what it takes."""
    level = document.schemas.plain(choice)
    return _name(choice) or str(level.get("title", "")) or " or ".join(sorted(types(level))) or "anything"


def folded(document: Document, level: Level, choices: Sequence[Any], word: str) -> Level | None:
    """The level with the values of alternatives that are one each, or their types, as its own; None for others."""
    plain = [document.schemas.plain(choice) for choice in choices]
    said = [{key for key in one if key not in WORDS and not key.startswith("x-")} for one in plain]
    if not choices or "enum" in level or "const" in level or any(keys - {"type", "enum", "const"} for keys in said):
        return None
    around = {key: value for key, value in level.items() if key not in (word, "type")}
    kinds = (types(level) - NULL) or frozenset[str]().union(*map(types, plain))
    around["type"] = sorted(kinds) + ["null"] * any(map(takes_null, (level, *plain)))
    if all(keys & {"enum", "const"} for keys in said):
        return {**around, "enum": [value for one in plain for value in listed(one) or ()]}
    return around if all(keys == {"type"} for keys in said) else None


def _pair_up(choice: Any, come: list[Any], both: list[tuple[Any, Any]], test: Any, *documents: Document) -> bool:
    for at, other in enumerate(come[:COMPARED_MAX]):
        if test(choice, other, *documents):
            both.append((choice, other))
            del come[at]
            return True
    return False


def _equal(one: Any, other: Any, _old: Document, _new: Document) -> bool:
    return bool(one == other)


def _same_kind(one: Any, other: Any, old: Document, new: Document) -> bool:
    before, after = old.schemas.plain(one), new.schemas.plain(other)
    if types(before) != types(after):
        return bool({*types(before), *types(after)} == {"integer", "number"})
    first, second = (frozenset(level.get("properties", ())) for level in (before, after))
    if first or second:
        return len(first & second) >= ALIKE * len(first | second)
    return True


def _name(choice: Any) -> str:
    reference = choice.get("$ref") if isinstance(choice, Mapping) else None
    return reference.rpartition("/")[2] if isinstance(reference, str) else ""
