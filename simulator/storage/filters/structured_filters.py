"""Filters that are an object or a list: `{"status": {"$ne": "off"}}`, or entries of a field, an operator and a value.

The first is Strapi's, LoopBack's and MongoDB's, the second HubSpot's and that of many searches.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tidegate.openapi.document import Document
from tidegate.simulator.document.list_parameters import ListFilter
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.worded_fields import TESTS, Test, named_field
from tidegate.simulator.storage.filters.joined_conditions import Joint, Negation, Presence, UnfollowedError
from tidegate.simulator.storage.list_conditions import ObjectCondition, conditions
from tidegate.values.string_values import plain_name

TERMS_MAX = 200
"""One filter has so many parts at most."""

_FIELDS = frozenset({"field", "property", "propertyname", "attribute", "column", "fieldname", "key", "name"})
_OPERATORS = frozenset({"operator", "op", "comparison", "comparator", "operation"})
_VALUES = frozenset({"value", "values"})
_ALL = frozenset({"and", "all", "must", "filters", "conditions", "where"})
_ANY = frozenset({"or", "any", "should", "filtergroups", "groups"})
_NOT = frozenset({"not", "none", "mustnot"})
_WORDS: Mapping[str, Test] = {
    **TESTS, "equals": "is", "equal": "is", "equalto": "is", "is": "is", "any": "is", "neq": "not", "notequals": "not",
    "notequal": "not", "notequalto": "not", "isnot": "not", "notin": "not", "nin": "not", "greaterthan": "gt",
    "greaterthanorequal": "gte", "greaterthanorequals": "gte", "greaterthanorequalto": "gte", "lessthan": "lt",
    "lessthanorequal": "lte", "lessthanorequals": "lte", "lessthanorequalto": "lte", "containsi": "like",
    "eqi": "folded", "containstoken": "like", "beginswith": "starts",
}  # fmt: skip
_PRESENT = frozenset({"exists", "hasproperty", "isnotempty", "notnull", "isnotnull"})
_ABSENT = frozenset({"notexists", "doesnotexist", "nothasproperty", "isempty", "null", "isnull"})
_SIGNS = {"=": "eq", "==": "eq", "!=": "ne", "<>": "ne", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}


def structured(document: Document, kind: ResourceKind, param: str, given: Any) -> list[ObjectCondition] | None:
    """The conditions that the filter in a parameter states; None where it cannot be followed."""
    try:
        return [_StructureReader(document, kind).read(given, is_any=plain_name(param) in _ANY)]
    except UnfollowedError:
        return None


class _StructureReader:
    """The reading of one filter."""

    def __init__(self, document: Document, kind: ResourceKind) -> None:
        self._document = document
        self._kind = kind
        self._terms = 0

    def read(self, given: Any, *, is_any: bool = False) -> ObjectCondition:
        """What an object, or each entry of a list, states."""
        self._terms += 1
        if self._terms > TERMS_MAX:
            raise UnfollowedError
        if isinstance(given, list):
            return Joint((*map(self.read, given),), needs_all=not is_any or not given)
        if not isinstance(given, dict):
            raise UnfollowedError
        term = self._term(given)
        return term if term is not None else Joint((*self._members(given),), needs_all=True)

    def _term(self, given: Mapping[str, Any]) -> ObjectCondition | None:
        """The condition of an entry that names a field, an operator and a value; None where it is no such entry."""
        found = {part: name for name in given for part in ("f", "o", "v") if plain_name(name) in _PLACES[part]}
        if not isinstance(given.get(found.get("f", "")), str) or found.keys() == {"f"}:
            return None
        operator = given.get(found.get("o", ""), "eq")
        return self._compared(given[found["f"]], str(operator), given.get(found.get("v", "")))

    def _members(self, given: Mapping[str, Any]) -> Iterator[ObjectCondition]:
        for name, inner in given.items():
            plain = plain_name(name)
            if plain in _ALL | _ANY and isinstance(inner, dict | list):
                yield self.read(inner, is_any=plain in _ANY)
            elif plain in _NOT and isinstance(inner, dict | list):
                yield Negation(self.read(inner, is_any=True))
            elif isinstance(inner, dict):
                for operator, value in inner.items():
                    is_inner = _word(operator) not in _KNOWN
                    yield (
                        self.read({f"{name}.{operator}": value}) if is_inner else self._compared(name, operator, value)
                    )
            else:
                yield self._compared(name, "eq", inner)

    def _compared(self, name: str, operator: str, value: Any) -> ObjectCondition:
        field = named_field(self._document, self._kind, name)
        word = _word(operator)
        if field is None or word not in _KNOWN:
            raise UnfollowedError
        if word in _PRESENT | _ABSENT:
            there = Presence(field[0])
            return there if (word in _PRESENT) == (value is not False) else Negation(there)
        listed = value if isinstance(value, list) else [value]
        stated = conditions(ListFilter(field[0], _WORDS[word], field[1]), listed)
        return Joint((*stated,), needs_all=True)


_PLACES = {"f": _FIELDS, "o": _OPERATORS, "v": _VALUES}
_KNOWN = _WORDS.keys() | _PRESENT | _ABSENT


def _word(operator: str) -> str:
    return plain_name(_SIGNS.get(operator, operator))
