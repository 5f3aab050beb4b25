"""Filters that are written as an expression: comparisons joined by `and` and `or`, with `not` and parentheses.

`price gt 5 and startswith(name,'x')` is OData's (4.01, URL Conventions §5.1.1), `emails[type eq "work"]` SCIM's
(RFC 7644 §3.4.2.2), `state = "open"` has signs (AIP-160), and `name==x;qty=gt=5` is RSQL's.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from tidegate.openapi.document import Document
from tidegate.openapi.schema_types import types_of
from tidegate.simulator.document.documented_answer import chosen
from tidegate.simulator.document.list_parameters import ListFilter
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.worded_fields import Test, field_level, named_field
from tidegate.simulator.storage.joined_conditions import EntryCondition, Joint, Negation, Presence, UnfollowedError
from tidegate.simulator.storage.list_conditions import Condition, ObjectCondition, conditions
from tidegate.values.string_values import plain_name

TERMS_MAX = 50
"""One filter has so many comparisons at most."""

DEPTH_MAX = 20
"""Parentheses stand in each other so deep."""

LETTERS_MAX = 4_000
"""A filter that is longer is not followed."""

_TESTS: Mapping[str, Test] = {
    "eq": "is", "=": "is", "==": "is", "ne": "not", "!=": "not", "gt": "gt", ">": "gt", "=gt=": "gt", "ge": "gte",
    ">=": "gte", "=ge=": "gte", "lt": "lt", "<": "lt", "=lt=": "lt", "le": "lte", "<=": "lte", "=le=": "lte",
    "co": "like", "sw": "starts", "ew": "ends", "in": "is", "=in=": "is", "=out=": "not",
}  # fmt: skip
_FUNCTIONS: Mapping[str, Test] = {"contains": "like", "startswith": "starts", "endswith": "ends", "substringof": "like"}
_FOLDED = frozenset({"tolower", "toupper"})
_LISTS = frozenset({"in", "=in=", "=out="})
_TOKEN = re.compile(
    r"\s*(?:(?P<text>(?:datetime|datetimeoffset|guid)?'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<sign>=[a-z]+=|[!<>=]=|[<>=]|&&|\|\||[()\[\],;!])|(?P<word>[^\s()\[\]'\",;=<>!&|]+))"
)
_NAME = re.compile(r"[A-Za-z_$@][\w$@.:/-]*")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?", re.ASCII)
_RSQL = re.compile(r"==|=[a-z]+=")


def expressed(document: Document, kind: ResourceKind, text: str) -> list[ObjectCondition] | None:
    """The conditions that an expression states; None where it cannot be followed."""
    if not text.strip() or len(text) > LETTERS_MAX:
        return None
    try:
        return [_ExpressionReader(document, text).whole(kind)]
    except UnfollowedError:
        return None


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place, end = 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            raise UnfollowedError
        place = match.end()
        yield str(match.lastgroup), match[str(match.lastgroup)]
    yield "", ""


class _ExpressionReader:
    """The reading of one expression, from its first token to its last."""

    def __init__(self, document: Document, text: str) -> None:
        self._document = document
        self._tokens = list(_tokens(text))
        self._place = 0
        self._terms = 0
        self._depth = 0
        joints = ("&&", ";"), ("||", ",")
        self._joints = joints if _RSQL.search(text) else (("&&",), ("||",))
        self._variable = ""

    def whole(self, kind: ResourceKind) -> ObjectCondition:
        """What the whole text states."""
        stated = self._any(kind)
        if self._tokens[self._place][0]:
            raise UnfollowedError
        return stated

    def _next(self) -> tuple[str, str]:
        self._place += 1
        return self._tokens[self._place - 1]

    def _takes(self, *words: str) -> bool:
        """True where the next token is one of these, which is then read."""
        form, text = self._tokens[self._place]
        if form == "text" or text.lower() not in words:
            return False
        self._place += 1
        return True

    def _needs(self, *words: str) -> None:
        if not self._takes(*words):
            raise UnfollowedError

    def _any(self, kind: ResourceKind) -> ObjectCondition:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise UnfollowedError
        parts = [self._all(kind)]
        while self._takes("or", *self._joints[1]):
            parts.append(self._all(kind))
        self._depth -= 1
        return parts[0] if len(parts) == 1 else Joint((*parts,), needs_all=False)

    def _all(self, kind: ResourceKind) -> ObjectCondition:
        parts = [self._one(kind)]
        while self._takes("and", *self._joints[0]):
            parts.append(self._one(kind))
        return parts[0] if len(parts) == 1 else Joint((*parts,), needs_all=True)

    def _one(self, kind: ResourceKind) -> ObjectCondition:
        self._terms += 1
        if self._terms > TERMS_MAX:
            raise UnfollowedError
        if self._takes("not", "!"):
            return Negation(self._one(kind))
        if self._takes("("):
            inner = self._any(kind)
            self._needs(")")
            return inner
        form, word = self._next()
        if form != "word":
            raise UnfollowedError
        return self._called(kind, word) if self._takes("(") else self._compared(kind, word)

    # --- terms -------------------------------------------------------------------------------------------------------

    def _called(self, kind: ResourceKind, word: str) -> ObjectCondition:
        """A function: of OData, `Name.Contains("x")`, a list's `emails/any(e: …)`; or `tolower(name) eq 'x'`."""
        function = word.lower()
        if function in _FOLDED:
            _, name = self._next()
            self._needs(")")
            return self._compared(kind, name, is_folded=True)
        if function.endswith("/any"):
            _, variable = self._next()
            return self._of_entries(kind, word[: -len("/any")], ")", variable.rstrip(":"))
        holder, _, method = word.rpartition(".")
        if holder and method.lower() in _FUNCTIONS:
            (name, form), value = (holder, method.lower()), self._value()
        elif function == "substringof":
            value = self._value()
            self._needs(",")
            name, form = self._next()[1], function
        else:
            name, form = self._named(), function
            self._needs(",")
            value = self._value()
        self._needs(")")
        if form not in _FUNCTIONS:
            raise UnfollowedError
        stated = self._condition(kind, name, _FUNCTIONS[form], [value])
        if not self._takes("eq", "=", "=="):
            return stated
        return stated if self._value() is True else Negation(stated)

    def _named(self) -> str:
        """The next name, maybe in other letters: texts are searched for in any."""
        _, name = self._next()
        if name.lower() in _FOLDED and self._takes("("):
            _, name = self._next()
            self._needs(")")
        return name

    def _compared(self, kind: ResourceKind, name: str, *, is_folded: bool = False) -> ObjectCondition:
        if self._takes("["):
            return self._of_entries(kind, name, "]")
        if self._takes("pr"):
            return Presence(self._field(kind, name)[0])
        form, sign = self._tokens[self._place]
        test = _TESTS.get(sign.lower()) if form != "text" else None
        if test is None:  # a switch by itself
            return self._condition(kind, name, "is", [True], only="boolean")
        self._place += 1
        values = self._listed() if sign.lower() in _LISTS else [self._value()]
        if is_folded and test != "is":
            raise UnfollowedError
        return self._condition(kind, name, "folded" if is_folded else test, values)

    def _of_entries(self, kind: ResourceKind, name: str, end: str, variable: str = "") -> ObjectCondition:
        field, _ = self._field(kind, name)
        level = field_level(self._document, kind, field)
        fields = self._document.schemas.plain(chosen(self._document, level)).get("properties") or {"": level}
        inner = replace(kind, fields=fields, names={plain_name(one): one for one in fields})
        before, self._variable = self._variable, variable
        stated = EntryCondition(field, self._any(inner))
        self._variable = before
        self._needs(end)
        return stated

    # --- fields and values -------------------------------------------------------------------------------------------

    def _field(self, kind: ResourceKind, name: str) -> tuple[str, tuple[str, ...]]:
        """The field that a name means, and its types; empty for an entry of a list itself."""
        if self._variable:
            first, _, name = name.partition("/")
            if first != self._variable:
                raise UnfollowedError
            if not name:
                return "", (*types_of(kind.fields.get("", {})),)
        elif name.lower().startswith("urn:"):
            name = name.rpartition(":")[2]
        found = named_field(self._document, kind, name.replace("/", ".")) if _NAME.fullmatch(name) else None
        if found is None:
            raise UnfollowedError
        return found

    def _condition(
        self, kind: ResourceKind, name: str, test: Test, values: Sequence[Any], only: str = ""
    ) -> ObjectCondition:
        field, types = self._field(kind, name)
        if only and only not in types:
            raise UnfollowedError
        if None in values:
            return Condition(field, test, (*values,))
        return conditions(ListFilter(field, test, types), [*values])[0]

    def _listed(self) -> list[Any]:
        self._needs("(")
        values = [self._value()]
        while self._takes(","):
            values.append(self._value())
        self._needs(")")
        return values

    def _value(self) -> Any:
        form, text = self._next()
        if form == "text":
            return _unquoted(text)
        if form != "word":
            raise UnfollowedError
        if text in ("true", "false"):
            return text == "true"
        if text == "null":
            return None
        return (float(text) if "." in text else int(text)) if _NUMBER.fullmatch(text) else text


def _unquoted(text: str) -> Any:
    if not text.startswith('"'):
        return text[text.index("'") + 1 : -1].replace("''", "'")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text[1:-1]
