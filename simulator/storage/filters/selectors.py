"""Selectors as Kubernetes has them (API concepts, "Labels and Selectors"): `app=web,tier!=fe,env in (a,b),!old`.

What an object does not have is another value than any: `!=` and `notin` let it through.
"""

import re
from collections.abc import Iterator

from tidegate.openapi.document import Document
from tidegate.simulator.document.list_parameters import ListFilter
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.worded_fields import Test, named_field
from tidegate.simulator.storage.filters.joined_conditions import Negation, Presence
from tidegate.simulator.storage.list_conditions import Condition, ObjectCondition, conditions

REQUIREMENTS_MAX = 50
"""One selector has so many requirements at most."""

LETTERS_MAX = 4_000
"""A selector that is longer is not followed."""

_KEY = r"[A-Za-z0-9][\w./-]*"
_SIGNED = re.compile(rf"(?P<key>{_KEY})\s*(?P<sign>!=|==?)\s*(?P<value>[^\s,()=!]*)", re.ASCII)
_LISTED = re.compile(rf"(?P<key>{_KEY})\s+(?P<sign>in|notin)\s*\((?P<value>[^()]*)\)", re.ASCII)
_PRESENT = re.compile(rf"(?P<sign>!?)\s*(?P<key>{_KEY})", re.ASCII)
_REQUIREMENT = re.compile(r"[^,()]*(?:\([^()]*\)[^,()]*)?(?:,|\Z)")


def selected(document: Document, kind: ResourceKind, part: str, text: str) -> list[ObjectCondition] | None:
    """The conditions of a selector; None where it is none. `part` has the labels, empty where fields are selected."""
    if len(text) > LETTERS_MAX:
        return None
    made: list[ObjectCondition] = []
    for requirement in _requirements(text):
        condition = _condition(document, kind, part, requirement.strip())
        if condition is None or len(made) == REQUIREMENTS_MAX:
            return None
        made.append(condition)
    return made


def _requirements(text: str) -> Iterator[str]:
    place = 0
    while text.strip() and place < len(text):
        match = _REQUIREMENT.match(text, place)
        yield match[0].removesuffix(",") if match is not None else ""
        place = match.end() if match is not None else len(text)


def _condition(document: Document, kind: ResourceKind, part: str, text: str) -> ObjectCondition | None:
    term = _LISTED.fullmatch(text) or _SIGNED.fullmatch(text) or _PRESENT.fullmatch(text)
    if term is None:
        return None
    field = (f"{part}.{term['key']}", ("string",)) if part else named_field(document, kind, term["key"])
    if field is None:
        return None
    name, types = field
    sign = term["sign"]
    if "value" not in term.groupdict():
        return Negation(Presence(name)) if sign else Presence(name)
    values = [value.strip() for value in term["value"].split(",")]
    test: Test = "not" if sign in ("!=", "notin") else "is"
    stated = conditions(ListFilter(name, test, types), values)[0]
    nothing = (None,) if "" in values else ()
    return Condition(name, test, (*stated.values, *nothing))
