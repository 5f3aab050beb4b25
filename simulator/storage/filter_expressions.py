"""Filters that are written as an expression, of comparisons joined by `and`; others are not followed.

`price gt 5 and startswith(name,'x')` is OData's (4.01, URL Conventions §5.1.1), `userName eq "x"` SCIM's (RFC 7644
§3.4.2.2), and `state = "open"` has signs (AIP-160).
"""

import re
from collections.abc import Mapping
from typing import Any

import orjson

from tidegate.openapi.document import Document
from tidegate.simulator.document.list_parameters import ListFilter, Test, named_field
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.storage.list_conditions import Condition, conditions

TERMS_MAX = 50
"""One filter has so many comparisons at most."""

LETTERS_MAX = 4_000
"""A filter that is longer is not followed."""

_TESTS: Mapping[str, Test] = {
    "eq": "is", "=": "is", "==": "is", "ne": "not", "!=": "not", "gt": "gt", ">": "gt", "ge": "gte",
    ">=": "gte", "lt": "lt", "<": "lt", "le": "lte", "<=": "lte", "co": "like", "sw": "starts", "ew": "ends",
    "contains": "like", "startswith": "starts", "endswith": "ends",
}  # fmt: skip
_VALUE = r"(?P<value>'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"|[^\s()'\"]+)"
_NAME = r"(?P<name>[A-Za-z_$@][\w$@.:/-]*)"
_COMPARISON = re.compile(rf"{_NAME}(?:\s+(?P<word>[A-Za-z]{{2}})\s+|\s*(?P<sign>[!<>=]=|[<>=])\s*){_VALUE}")
_FUNCTION = re.compile(rf"(?P<word>contains|startswith|endswith)\(\s*{_NAME}\s*,\s*{_VALUE}\s*\)", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?", re.ASCII)


def expressed(document: Document, kind: ResourceKind, text: str) -> list[Condition] | None:
    """The conditions that an expression states; None where it cannot be followed."""
    text = text.strip()
    if not text or len(text) > LETTERS_MAX:
        return None
    made: list[Condition] = []
    place = 0
    while len(made) < TERMS_MAX:
        term = _COMPARISON.match(text, place) or _FUNCTION.match(text, place)
        condition = _condition(document, kind, term) if term is not None else None
        if term is None or condition is None:
            return None
        made.append(condition)
        if term.end() == len(text):
            return made
        joint = _AND.match(text, term.end())
        if joint is None:
            return None
        place = joint.end()
    return None


def _condition(document: Document, kind: ResourceKind, term: re.Match[str]) -> Condition | None:
    found = term.groupdict()
    test = _TESTS.get(str(found.get("word") or found.get("sign")).lower())
    field = named_field(document, kind, found["name"].replace("/", "."))
    if test is None or field is None:
        return None
    name, types = field
    value = _value(found["value"])
    if value is None:
        return Condition(name, test, (None,))
    return next(iter(conditions(ListFilter(name, test, types), [value])), None)


def _value(text: str) -> Any:
    if text[0] == "'":
        return text[1:-1].replace("''", "'")
    if text[0] == '"':
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            return text[1:-1]
    if text in ("true", "false"):
        return text == "true"
    if text == "null":
        return None
    return (float(text) if "." in text else int(text)) if _NUMBER.fullmatch(text) else text
