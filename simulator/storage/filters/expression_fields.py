"""The fields of objects that an expression names, and what it states about one.

How an expression is joined and read is not decided here.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tidegate.openapi.document import Document
from tidegate.openapi.schema_types import types_of
from tidegate.simulator.document.documented_answer import chosen
from tidegate.simulator.document.list_parameters import ListFilter
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.worded_fields import Test, field_level, named_field
from tidegate.simulator.storage.filters.joined_conditions import Joint, Negation, Presence, UnfollowedError
from tidegate.simulator.storage.list_conditions import Condition, ObjectCondition, conditions
from tidegate.values.string_values import plain_name

NAME = re.compile(r"[A-Za-z_$@][\w$@.:/-]*")
"""What a field's name looks like in an expression."""
_SCIM = frozenset({"schemas", "meta"})
"""Plain names of the fields that SCIM's objects have, whose texts are alike in any case (RFC 7643 §2.2)."""
_EXACT = frozenset({"id", "externalid"})
"""But for these (RFC 7643 §3.1)."""


class ExpressionFields:
    """Those of one expression. `variable` stands for an entry of a list (OData), empty where none does."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._folds = False
        self.variable = ""

    def folds(self, kind: ResourceKind) -> None:
        """Take texts for alike in any case, if the objects are SCIM's."""
        self._folds = kind.names.keys() >= _SCIM

    def entries(self, kind: ResourceKind, field: str) -> ResourceKind:
        """The kind with the fields of a list's entry, one without a name where it has none."""
        level = field_level(self._document, kind, field)
        return self._within(kind, self._properties(level) or {"": level})

    def _within(self, kind: ResourceKind, fields: dict[str, Any]) -> ResourceKind:
        return replace(kind, fields=fields, names={plain_name(one): one for one in fields})

    def _properties(self, node: Any) -> dict[str, Any]:
        properties: dict[str, Any] = self._document.schemas.plain(chosen(self._document, node)).get("properties", {})
        return properties

    def field(self, kind: ResourceKind, name: str) -> tuple[str, tuple[str, ...]]:
        """The field that a name means, and its types; empty for an entry of a list itself."""
        if self.variable:
            first, _, name = name.partition("/")
            if first != self.variable:
                raise UnfollowedError
            if not name:
                return "", (*types_of(kind.fields.get("", {})),)
        elif name.lower().startswith("urn:"):
            extension = next((one for one in kind.fields if name.lower().startswith(f"{one.lower()}:")), "")
            if extension:
                return self._inside(kind, extension, name[len(extension) + 1 :])
            name = name.rpartition(":")[2]
        found = named_field(self._document, kind, name.replace("/", ".")) if NAME.fullmatch(name) else None
        if found is None:
            raise UnfollowedError
        return found

    def _inside(self, kind: ResourceKind, part: str, name: str) -> tuple[str, tuple[str, ...]]:
        """A field inside a part whose own name has dots, as SCIM's extensions have."""
        found = named_field(self._document, self._within(kind, self._properties(kind.fields[part])), name)
        if found is None:
            raise UnfollowedError
        return f"{part}.{found[0]}", found[1]

    def condition(
        self, kind: ResourceKind, name: str, test: Test, values: Sequence[Any], only: str = ""
    ) -> ObjectCondition:
        """What is stated of a field: that one of these values is like it, as the test says."""
        field, types = self.field(kind, name)
        if only and only not in types:
            raise UnfollowedError
        if None in values:
            return Condition(field, test, (*values,))
        if self._folds and test in ("is", "not") and "boolean" not in types and plain_name(field) not in _EXACT:
            alike = Joint((*(Condition(field, "folded", (value,)) for value in values),), needs_all=False)
            if all(isinstance(value, str) for value in values):
                return alike if test == "is" else Negation(alike)
        return conditions(ListFilter(field, test, types), [*values])[0]

    def has(self, kind: ResourceKind, name: str, value: Any, *, is_whole: bool = False) -> ObjectCondition:
        """A list that has a value, a map a key, a text a part; `*` stands for any value (AIP-160, "has").

        With `is_whole` a text is all of the value. Null stands for none.
        """
        field, types = self.field(kind, name)
        if value in ("*", None):
            return Presence(field) if value else Negation(Presence(field))
        level = field_level(self._document, kind, field)
        if "object" in types and isinstance(value, str) and not level.get("properties"):
            return Presence(f"{field}.{value}")
        is_one = "array" not in types_of(self._document.schemas.plain(kind.fields.get(field, level)))
        is_text = "string" in types and is_one and "enum" not in level
        test: Test = "is" if not is_text else "folded" if is_whole else "like"
        return self.condition(kind, name, test, [value])
