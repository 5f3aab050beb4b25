"""The headers that the document says an answer has, written as OpenAPI writes headers (3.1, Header Object: `simple`).

A header with a meaning of its own is sent where that meaning is known, and else only where the document demands it:
what follows a made-up `Link` or heeds a made-up `Retry-After` goes astray. Entity tags and limits have files of their
own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from tidegate.openapi.document import Document
from tidegate.openapi.schema_types import Level, types_of
from tidegate.simulator.answer.error_envelope import filled
from tidegate.simulator.answer.header_values import is_sendable, simple
from tidegate.simulator.answer.media_types import is_json
from tidegate.simulator.document.documented_answer import DocumentedAnswer
from tidegate.simulator.document.paging.page_words import header_meaning
from tidegate.simulator.document.resource_operation import ResourceOperation
from tidegate.simulator.objects.operation_request import OperationRequest
from tidegate.simulator.storage.monitor_addresses import MonitorAddresses
from tidegate.values.documented_example import documented_example
from tidegate.values.json_value import NOTHING, Obj, Value
from tidegate.values.value_generator import ValueGenerator

PLACES = frozenset({"location", "operation-location", "content-location"})
"""They lead to what was made (RFC 9110 §10.2.2, §8.7; Azure's guidelines for `Operation-Location`)."""

ACCEPTED = 202

_LEFT_OUT = frozenset({
    "content-type", "content-length", "transfer-encoding", "connection", "date", "etag", "content-encoding", "trailer",
    "upgrade", "keep-alive", "te",
})  # fmt: skip
"""They belong to one transfer, or are made elsewhere."""

_MEANT = PLACES | {
    "link", "retry-after", "set-cookie", "deprecation", "sunset", "www-authenticate", "last-modified", "cache-control",
    "expires", "vary", "warning", "content-range", "content-disposition", "allow",
    "clear-site-data",
}  # fmt: skip
"""Clients act by these: none is made up that nobody demands."""

_LIKE_THEM: Mapping[str, str] = {
    "access-control-allow-origin": "*", "access-control-allow-headers": "*", "access-control-allow-methods": "*",
    "access-control-expose-headers": "*", "access-control-max-age": "600", "access-control-allow-credentials": "true",
    "accept-ranges": "none", "allow": "GET", "cache-control": "no-cache", "content-language": "en",
    "content-security-policy": "default-src 'none'", "referrer-policy": "no-referrer", "retry-after": "60",
    "strict-transport-security": "max-age=31536000", "vary": "Accept", "x-content-type-options": "nosniff",
    "x-frame-options": "DENY", "www-authenticate": "Bearer", "content-disposition": 'attachment; filename="file"',
    "last-modified": "Mon, 01 Jan 2024 00:00:00 GMT", "expires": "Thu, 01 Jan 2026 00:00:00 GMT",
    "sunset": "Thu, 31 Dec 2037 00:00:00 GMT", "deprecation": "@1704067200",
}  # fmt: skip
"""What headers of a grammar of their own say where the document calls them a text: a made-up word would be none."""

_SETTING = ("example", "examples", "default", "const", "enum")
"""Keywords that say which values there are."""

_AMOUNTS = (("remaining", 999), ("limit", 1000), ("reset", 60))
"""What a header about limits says where nothing is known better: there is room."""


@dataclass(frozen=True, slots=True)
class SentHeader:
    """One header that an answer sends, as the document has it."""

    name: str
    node: Mapping[str, Any]
    leads: bool
    """True where it leads to what was made."""
    means: str
    """What it says of a page, empty where it says nothing of one."""
    text: str | None
    """What it says in every answer, None where it is not sent by itself."""
    is_drawn: bool
    """True where it says something else in each answer."""


class AnswerHeaders:
    """The documented headers of one document's answers."""

    def __init__(self, document: Document, generator: ValueGenerator) -> None:
        self._document = document
        self._generator = generator
        self._monitors = MonitorAddresses(document, self._monitor_id)
        self._sent: dict[int, tuple[DocumentedAnswer, Sequence[SentHeader]]] = {}
        """By the identity of an answer, which is kept beside: what is sent of its headers."""

    def told(self, operation: ResourceOperation, request: OperationRequest, place: str) -> dict[str, str]:
        """The headers of an operation's answer; what was only accepted leads to what tells how it goes on."""
        answer = operation.documented
        if answer is None or not answer.headers:
            return {}
        if not place and answer.status == ACCEPTED:
            place = self._monitors.of(operation.id, request.path)
        return self.of(answer, request.name, place)

    def of(self, answer: DocumentedAnswer, name: str, place: str) -> dict[str, str]:
        """The headers of an answer; `place` is the address of what was made, empty where nothing was."""
        headers: dict[str, str] = {}
        for header in self.sent(answer):
            if header.leads and place:
                headers[header.name] = place
            elif header.is_drawn:
                headers[header.name] = _written(header.node, self._drawn(header.name, header.node, name))
            elif header.text is not None:
                headers[header.name] = header.text
        return headers

    def sent(self, answer: DocumentedAnswer) -> Sequence[SentHeader]:
        """The headers of an answer that can be sent."""
        known = self._sent.get(id(answer))
        if known is None:
            known = self._sent[id(answer)] = (answer, (*self._sendable(answer),))
        return known[1]

    def _monitor_id(self, name: str, level: Level) -> str:
        if types_of(level) == ["string"] and not {"format", "pattern", "enum", "example"} & level.keys():
            return self._generator.letters(f"monitor:{name}", 16)
        return str(self._generator.value(name, level, "monitor"))

    def _sendable(self, answer: DocumentedAnswer) -> Iterator[SentHeader]:
        for header, entry in answer.headers.items():
            node, lower = self._document.follow(entry), header.lower()
            if isinstance(node, dict) and lower not in _LEFT_OUT and is_sendable(header):
                leads = lower in PLACES
                schema = {} if leads else node.get("schema", node)
                means = header_meaning(header, self._document.schemas.plain(schema))
                value = self._known(header, node)
                text = None if value is NOTHING or value is None else _written(node, value)
                yield SentHeader(header, node, leads, means, text, value is None)

    def _known(self, header: str, node: Mapping[str, Any]) -> Value:
        """The value in every answer; None where each has its own, NOTHING for a meaning that nobody demands."""
        media, schema = self._described(node)
        level, example = self._document.schemas.plain(schema), documented_example(self._document, media)
        if example is not NOTHING:
            return example
        is_set = _is_set(level)
        lower = header.lower()
        if lower in _MEANT and not is_set and node.get("required") is not True:
            return NOTHING
        is_open = not is_set and types_of(level) == ["string"] and "pattern" not in level and "format" not in level
        if lower in _LIKE_THEM and is_open:
            return _LIKE_THEM[lower]
        first, second = (self._drawn(header, node, name) for name in ("one", "another"))
        return first if first == second and not {"enum", "examples"} & level.keys() and is_set else None

    def _drawn(self, header: str, node: Mapping[str, Any], name: str) -> Value:
        _, schema = self._described(node)
        level = self._document.schemas.plain(schema)
        amount = next((amount for word, amount in _AMOUNTS if word in header.lower()), None)
        made = self._generator.value(header, schema, name)
        if amount is None or _is_set(level) or isinstance(made, bool) or not isinstance(made, int):
            return made
        return min(max(amount, level.get("minimum", amount)), level.get("maximum", amount))

    @staticmethod
    def _described(node: Mapping[str, Any]) -> tuple[Mapping[str, Any], Any]:
        """What describes a header, and its schema; Swagger 2.0 has that in the node."""
        content = node.get("content")
        media = next(iter(content.values()), {}) if isinstance(content, dict) else node
        return media, media.get("schema", node if "type" in node else {"type": "string"})


def _is_set(level: Level) -> bool:
    """True where the document says which values there are."""
    return any(word in level for word in _SETTING)


def _written(node: Mapping[str, Any], value: Value) -> str:
    """A value as a header has it: JSON where the document says so."""
    if any(map(is_json, node.get("content") or ())):
        return simple(orjson.dumps(value).decode())
    return simple(value, explode=node.get("explode") is True)


def declared_headers(operation: ResourceOperation, thing: Obj) -> dict[str, str]:
    """The headers that tell of the object, where the vendor file says so."""
    if operation.declared is None or not operation.declared.headers:
        return {}
    return {name: simple(filled(text, thing)) for name, text in operation.declared.headers.items()}
