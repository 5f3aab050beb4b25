"""Filters that are written as an expression: comparisons joined by `and` and `or`, with `not` and parentheses.

`price gt 5 and startswith(name,'x')` is OData's (4.01, URL Conventions §5.1.1), `emails[type eq "work"]` SCIM's
(RFC 7644 §3.4.2.2), `state = "open" tags:new` has signs (AIP-160), `metadata["key"]:"x" -name~"y"` is of searches like
Stripe's, and `name==x;qty=gt=5` is RSQL's.
"""

import re
from collections.abc import Mapping
from typing import Any

from tidegate.openapi.document import Document
from tidegate.simulator.document.list_parameters import ANYWHERE
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.worded_fields import Test
from tidegate.simulator.storage.filters.expression_fields import NAME, ExpressionFields
from tidegate.simulator.storage.filters.expression_tokens import tokens, value_of
from tidegate.simulator.storage.filters.joined_conditions import (
    EntryCondition,
    Joint,
    Negation,
    Presence,
    UnfollowedError,
)
from tidegate.simulator.storage.list_conditions import Condition, ObjectCondition

TERMS_MAX = 50
"""One filter has so many comparisons at most."""

DEPTH_MAX = 20
"""Parentheses stand in each other so deep."""

LETTERS_MAX = 4_000
"""A filter that is longer is not followed."""

_TESTS: Mapping[str, Test] = {
    "eq": "is", "=": "is", "==": "is", "ne": "not", "!=": "not", "gt": "gt", ">": "gt", "=gt=": "gt", "ge": "gte",
    ">=": "gte", "=ge=": "gte", "lt": "lt", "<": "lt", "=lt=": "lt", "le": "lte", "<=": "lte", "=le=": "lte",
    "co": "like", "sw": "starts", "ew": "ends", "~": "like", "in": "is", "=in=": "is", "=out=": "not",
}  # fmt: skip
_FUNCTIONS: Mapping[str, Test] = {"contains": "like", "startswith": "starts", "endswith": "ends", "substringof": "like"}
_FOLDED = frozenset({"tolower", "toupper"})
_LISTS = frozenset({"in", "=in=", "=out="})
_RSQL = re.compile(r"==|=[a-z]+=")
SIGNS = re.compile(r"[\w\]]\s*(?:[:~<>=]|!=)\s*\S")
"""What tells that a search is written in a language, and no text that is looked for."""
_SIGNED = frozenset({"=", "=="})
_STARRED: Mapping[tuple[bool, bool], Test] = {(True, True): "like", (True, False): "ends", (False, True): "starts"}
"""How a text is compared that has a star before it, behind it, or both (AIP-160)."""
_TURNED: Mapping[Test, Test] = {"gt": "lt", "gte": "lte", "lt": "gt", "lte": "gte"}
"""How a field is compared with a value that stands before it."""


def expressed(
    document: Document, kind: ResourceKind, text: str, *, is_google: bool = False
) -> list[ObjectCondition] | None:
    """The conditions that an expression states; None where it cannot be followed.

    In Google's (AIP-160) `OR` binds tighter than `AND`, what stands side by side must all hold, a `*` at the end of a
    text stands for any letters, and a bare value is looked for everywhere.
    """
    if not text.strip() or len(text) > LETTERS_MAX:
        return None
    try:
        return [_ExpressionReader(document, text, is_google=is_google).whole(kind)]
    except UnfollowedError:
        return None


class _ExpressionReader:
    """The reading of one expression, from its first token to its last."""

    def __init__(self, document: Document, text: str, *, is_google: bool) -> None:
        self._tokens = list(tokens(text))
        self._is_google = is_google
        self._fields = ExpressionFields(document)
        self._place = 0
        self._terms = 0
        self._depth = 0
        joints = ("&&", ";"), ("||", ",")
        self._joints = joints if _RSQL.search(text) else (("&&",), ("||",))

    def whole(self, kind: ResourceKind) -> ObjectCondition:
        """What the whole text states."""
        self._fields.folds(kind)
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
        stated = self._joined(kind, needs_all=self._is_google)
        self._depth -= 1
        return stated

    def _joined(self, kind: ResourceKind, *, needs_all: bool) -> ObjectCondition:
        """Parts that are joined by one word, each of parts that are joined by the other, which binds tighter."""
        is_outer = needs_all is self._is_google
        parts: list[ObjectCondition] = []
        while not parts or self._takes(*self._words(needs_all=needs_all)) or (is_outer and self._goes_on()):
            parts.append(self._joined(kind, needs_all=not needs_all) if is_outer else self._one(kind))
        return parts[0] if len(parts) == 1 else Joint((*parts,), needs_all=needs_all)

    def _words(self, *, needs_all: bool) -> tuple[str, ...]:
        return ("and", *self._joints[0]) if needs_all else ("or", *self._joints[1])

    def _goes_on(self) -> bool:
        """True where a term follows without a word between (AIP-160)."""
        form, text = self._tokens[self._place]
        return self._is_google and (form in ("text", "word") or text == "(")

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
        if form == "word" and self._takes("("):
            return self._called(kind, word)
        if word[:1] == "-" and form == "word" and NAME.match(word[1:]):  # AIP-160
            return Negation(self._compared(kind, word[1:]))
        if form == "text" or (form == "word" and not NAME.match(word)):
            return self._turned(kind, value_of((form, word)))
        if form != "word":
            raise UnfollowedError
        return self._compared(kind, word)

    # --- terms -------------------------------------------------------------------------------------------------------

    def _called(self, kind: ResourceKind, word: str) -> ObjectCondition:
        """A function: of OData, `Name.Contains("x")`, a list's `emails/any(e: …)`; or `tolower(name) eq 'x'`."""
        function = word.lower()
        if function in _FOLDED:
            _, name = self._next()
            self._needs(")")
            return self._compared(kind, name, is_folded=True)
        if function.endswith(("/any", "/all")):
            return self._of_some(kind, word[: -len("/any")], needs_all=function.endswith("/all"))
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
        stated = self._fields.condition(kind, name, _FUNCTIONS[form], [value])
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
            key = self._key()
            return self._compared(kind, f"{name}.{key}") if key else self._of_entries(kind, name, "]")
        if self._takes("pr"):
            return Presence(self._fields.field(kind, name)[0])
        form, sign = self._tokens[self._place]
        test = _TESTS.get(sign.lower()) if form != "text" else None
        if test is None:
            return self._bare(kind, name)
        self._place += 1
        values = self._listed() if sign.lower() in _LISTS else [self._value()]
        if is_folded and test != "is":
            raise UnfollowedError
        if self._is_google and sign in _SIGNED and isinstance(text := values[0], str) and len(text) > 1 and "*" in text:
            test = _STARRED.get((text[0] == "*", text[-1] == "*"), test)
            values = [text.strip("*")]
        return self._fields.condition(kind, name, "folded" if is_folded else test, values)

    def _bare(self, kind: ResourceKind, name: str) -> ObjectCondition:
        """A term without a comparison: a switch by itself, `tags:new`, or what is looked for everywhere (AIP-160)."""
        holder, sign, text = name.partition(":")
        if not sign and self._tokens[self._place][1].startswith(":"):
            sign, text = ":", self._next()[1][1:]
        if sign and not holder.lower().startswith("urn"):
            is_quoted = not text and self._tokens[self._place][0] == "text"
            value = value_of(("word", text)) if text else self._value()
            return self._fields.has(kind, holder, value, is_whole=is_quoted)
        try:
            return self._fields.condition(kind, name, "is", [True], only="boolean")
        except UnfollowedError:
            if not self._is_google:
                raise
            return Condition(ANYWHERE, "like", (name,))

    def _key(self) -> str:
        """The key of a map: `metadata["key"]`; empty where a filter of entries stands."""
        (form, text), (_, end) = self._tokens[self._place : self._place + 2]
        if form != "text" or end != "]":
            return ""
        self._place += 2
        return str(value_of((form, text)))

    def _turned(self, kind: ResourceKind, value: Any) -> ObjectCondition:
        """A value that stands before what it is compared with: `5 lt price`; or, alone, is looked for everywhere."""
        form, sign = self._tokens[self._place]
        test = _TESTS.get(sign.lower()) if form != "text" and sign.lower() not in _LISTS else None
        if test is None and self._is_google:
            return Condition(ANYWHERE, "like", (value,))
        if test not in ("is", "not", *_TURNED):
            raise UnfollowedError
        self._place += 1
        return self._fields.condition(kind, self._next()[1], _TURNED.get(test, test), [value])

    def _of_some(self, kind: ResourceKind, name: str, *, needs_all: bool) -> ObjectCondition:
        """OData's `tags/any(t:t eq 'new')`, for which there must be an entry, and `all`; `any()` is for any entry."""
        if self._takes(")") and not needs_all:
            return Presence(self._fields.field(kind, name)[0])
        form, text = self._next()
        variable, _, rest = text.partition(":")
        if rest:
            self._place -= 1
            self._tokens[self._place] = form, rest
        return self._of_entries(kind, name, ")", variable, needs_all=needs_all)

    def _of_entries(
        self, kind: ResourceKind, name: str, end: str, variable: str = "", *, needs_all: bool = False
    ) -> ObjectCondition:
        field, _ = self._fields.field(kind, name)
        inner = self._fields.entries(kind, field)
        before, self._fields.variable = self._fields.variable, variable
        stated = self._any(inner)
        self._fields.variable = before
        self._needs(end)
        if end == "]" and self._tokens[self._place][1].startswith("."):  # `emails[type eq "work"].value eq "x"`
            stated = Joint((stated, self._compared(inner, self._next()[1][1:])), needs_all=True)
        return Negation(EntryCondition(field, Negation(stated))) if needs_all else EntryCondition(field, stated)

    # --- values ------------------------------------------------------------------------------------------------------

    def _listed(self) -> list[Any]:
        self._needs("(")
        values = [self._value()]
        while self._takes(","):
            values.append(self._value())
        self._needs(")")
        return values

    def _value(self) -> Any:
        return value_of(self._next())
