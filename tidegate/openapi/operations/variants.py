"""Operations of one method and path, told apart by what else a request carries.

AWS has one path and names the operation in a header (`X-Amz-Target`) or in the query (`Action`); Azure has the same
operation for a file and for an address. Documents write such paths with a fragment behind them, which no request has
(RFC 3986 §3.5). An operation is meant where the request has the only value of each of its parameters that has one
value, then all that it requires, then a body of a type that it takes; of several the one that asks for most.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl

from tidegate.openapi.document_file import DocumentError
from tidegate.openapi.operations.operation_reader import Operation
from tidegate.openapi.schemas import Schemas

FIELDS_MAX = 1_000
"""So many fields of a query or a form are looked at."""
FORM = "application/x-www-form-urlencoded"

Trait = tuple[str, str]
"""Place and name of a parameter; a header's name in small letters."""


class OperationParts(Protocol):
    """The part of a document that tells what an operation takes."""

    schemas: Schemas

    def parameters(self, operation: Operation, /) -> tuple[dict[str, Any], ...]:
        """Its Parameter Objects."""
        ...

    def request_content(self, operation: Operation, /) -> dict[str, Any]:
        """Media type → schema of its body. Raises DocumentError."""
        ...


@dataclass(frozen=True, slots=True)
class VariantTraits:
    """What a request for an operation carries: parameters with their only value, those that must be there, types."""

    operation: Operation
    fixed: Mapping[Trait, str]
    required: frozenset[Trait]
    media: frozenset[str]


class Variants:
    """The operations of one method and path, in the document's order."""

    def __init__(self, document: OperationParts, operations: Sequence[Operation]) -> None:
        self._traits = [_traits(document, operation) for operation in operations]
        self._by_value: dict[tuple[Trait, str], list[VariantTraits]] = {}
        for traits in self._traits:
            for trait, value in traits.fixed.items():
                self._by_value.setdefault((trait, value), []).append(traits)
        self._fixed = {trait for traits in self._traits for trait in traits.fixed}

    def meant(self, headers: Mapping[str, str], query: str, body: bytes) -> Operation:
        """The operation that a request is for; the first where nothing tells."""
        media = headers.get("Content-Type", "").partition(";")[0].strip().lower()
        sent = {("query", name): value for name, value in _fields(query)}
        if media == FORM:
            sent = {**{("query", name): value for name, value in _fields(body.decode("utf-8", "replace"))}, **sent}
        sent |= {("header", name.lower()): value for name, value in headers.items()}
        known = [(trait, sent[trait]) for trait in self._fixed if trait in sent]
        found = [traits for mark in known for traits in self._by_value.get(mark, ())]
        candidates = found or [traits for traits in self._traits if not traits.fixed] or self._traits
        return max(candidates, key=lambda traits: _fitness(traits, sent, media)).operation


def _fitness(traits: VariantTraits, sent: Mapping[Trait, str], media: str) -> tuple[int, int, int, int]:
    contradicted = sum(sent.get(trait, value) != value for trait, value in traits.fixed.items())
    missing = len(traits.required - sent.keys())
    is_of_type = bool(media) and (media in traits.media)
    return -contradicted, -missing, int(is_of_type), len(traits.required) + len(traits.fixed)


def _fields(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except ValueError:
        return []


def _traits(document: OperationParts, operation: Operation) -> VariantTraits:
    hints = dict(_fields(operation.template.partition("#")[2]))
    fixed: dict[Trait, str] = {}
    required: set[Trait] = set()
    for parameter in document.parameters(operation):
        name, place = str(parameter["name"]), str(parameter["in"])
        if place not in ("query", "header"):
            continue
        trait = place, name.lower() if place == "header" else name
        value = hints.get(name) or _only(document.schemas.plain(parameter.get("schema", parameter)))
        if value and parameter.get("required") is True:
            fixed[trait] = value
        if parameter.get("required") is True or name in hints:
            required.add(trait)
    try:
        content = document.request_content(operation)
    except DocumentError:
        content = {}
    return VariantTraits(operation, fixed, frozenset(required), frozenset(kind.partition(";")[0] for kind in content))


def _only(level: Mapping[str, Any]) -> str:
    """The only value that a schema takes, as text; empty where it takes others."""
    values = [level["const"]] if "const" in level else level.get("enum", ())
    return str(values[0]) if len(values) == 1 and isinstance(values[0], str | int) else ""
