"""Observed answers beside the document: what an answer holds that its document does not say, by the kinds of change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.openapi.document import Document, DocumentError, Operation
from tidegate.openapi.validator import Flaw
from tidegate.redaction.secret import REDACTED

FLAWS_MAX = 20
"""So many flaws of one answer are told."""
VALUES_MAX = 300
"""So many values of an answer are looked for in the document."""

_BY_KEYWORD = {
    "type": "type-changed", "enum": "enum-value-added", "const": "enum-value-added", "format": "type-changed",
    "pattern": "pattern-changed", "anyOf": "any-of-added", "oneOf": "one-of-added", "required": "became-optional",
    "maximum": "max-increased", "minimum": "min-decreased", "maxLength": "max-length-increased",
    "minLength": "min-length-decreased", "maxItems": "max-items-increased", "minItems": "min-items-decreased",
    "exclusiveMaximum": "exclusive-max-increased", "exclusiveMinimum": "exclusive-min-decreased",
    "multipleOf": "multiple-of-changed", "uniqueItems": "unique-items-unset", "not": "not-changed",
    "maxProperties": "max-properties-increased", "minProperties": "min-properties-decreased",
    "contains": "contains-changed", "propertyNames": "property-names-changed",
    "unevaluatedItems": "unevaluated-items-changed",
}  # fmt: skip

_OF_FIELDS = frozenset({"required", "additionalProperties", "unevaluatedProperties", "maxProperties", "minProperties"})
"""Keywords about which fields there are, whatever their values."""


@dataclass(frozen=True, slots=True)
class Departure:
    """One thing in which an answer departs from its document. `says` holds no value."""

    kind: str
    pointer: str
    says: str


class DocumentWatch:
    """The comparison with one document. A schema is compiled when the first answer for it comes: 1 to 20 ms."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._schemas: dict[tuple[str, int], Any] = {}

    def departures(self, operation: Operation, status: int, value: Any) -> list[Departure]:
        """What an answer holds that the document does not say. A failure (5xx) that it does not list is none."""
        document = self._document
        try:
            if document.response(operation, status) is None:
                word = "success" if 200 <= status < 300 else "non-success"
                says = f"{status} is answered, and the document has no such status"
                return [] if status >= 500 else [Departure(f"response-{word}-status-added", "", says)]
            schema = self._schema(operation, status)
        except DocumentError:  # `tidegate check` names it
            return []
        if schema is None:
            return []
        flaws = [
            flaw for flaw in self._flaws(schema, value) if flaw.keyword in _OF_FIELDS or not _is_hidden(flaw, value)
        ]
        found = [self._of_flaw(flaw, value) for flaw in flaws]
        return list(dict.fromkeys([*found, *_Undeclared(document).of(schema, value)]))[:FLAWS_MAX]

    def _schema(self, operation: Operation, status: int) -> Any:
        key = (operation.id, status)
        if key not in self._schemas:
            self._schemas[key] = self._document.response_schema(operation, status)
        return self._schemas[key]

    def _flaws(self, schema: Any, value: Any) -> list[Flaw]:
        validator = self._document.schemas.validator(schema, of="answer")
        return [] if validator.is_valid(value) else validator.errors(value)[:FLAWS_MAX]

    @staticmethod
    def _of_flaw(flaw: Flaw, value: Any) -> Departure:
        pointer, found = shared(flaw.pointer), at(value, flaw.pointer)
        aspect = _BY_KEYWORD.get(flaw.keyword, "type-changed")
        if flaw.keyword == "type" and found is None:
            aspect = "became-nullable"
        if flaw.keyword == "required":
            name = flaw.expected if isinstance(flaw.expected, str) else ""
            return Departure("response-property-became-optional", f"{pointer}/{name}", "it is required, and missing")
        if flaw.keyword in ("additionalProperties", "unevaluatedProperties", "falseSchema"):
            return Departure("response-optional-property-added", pointer, "it has members that the document excludes")
        where = "property" if pointer else "body"
        return Departure(f"response-{where}-{aspect}", pointer, f"it does not keep to `{flaw.keyword}`")


class _Undeclared:
    """The search for fields that no schema names: allowed, for nothing forbids them, and news all the same."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._left = VALUES_MAX

    def of(self, schema: Any, value: Any, pointer: str = "") -> Iterator[Departure]:
        self._left -= 1
        if self._left <= 0:
            return
        level = self._document.schemas.plain(schema)
        if level.get("anyOf") or level.get("oneOf"):
            return  # which of them was meant is the validator's matter
        if isinstance(value, Mapping):
            properties, others = level.get("properties", {}), level.get("additionalProperties", True)
            if not properties or isinstance(others, Mapping) or "patternProperties" in level:
                return
            for name, inner in value.items():
                place = f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"
                if name in properties:
                    yield from self.of(properties[name], inner, place)
                elif others is True:
                    yield Departure("response-optional-property-added", place, "the document has no such field")
        elif isinstance(value, list):
            placed = level.get("prefixItems", ())
            for at, item in enumerate(value[: len(placed) + 3]):
                yield from self.of(placed[at] if at < len(placed) else level.get("items", {}), item, f"{pointer}/*")


def _is_hidden(flaw: Flaw, value: Any) -> bool:
    """Whether a value was hidden that a flaw is about: nobody knows what it was."""
    return REDACTED in str(at(value, flaw.pointer))


def shared(pointer: str) -> str:
    """A pointer with `*` for each place in a list."""
    return "/".join("*" if step.isdigit() else step for step in pointer.split("/"))


def at(value: Any, pointer: str) -> Any:
    """The value at a pointer, an empty text where there is none."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(name)] if isinstance(value, list) else value[name]
        except (KeyError, IndexError, ValueError, TypeError):
            return ""
    return value
