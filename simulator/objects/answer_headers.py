"""The headers that the document says an answer has, written as OpenAPI writes headers (3.1, Header Object: `simple`).

A header with a meaning of its own is sent where that meaning is known, and else only where the document demands it:
what follows a made-up `Link` or heeds a made-up `Retry-After` goes astray. Entity tags and limits have files of their
own.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from tidegate.openapi.document import Document
from tidegate.simulator.answer.error_envelope import filled
from tidegate.simulator.document.documented_answer import DocumentedAnswer
from tidegate.simulator.document.resource_operation import ResourceOperation
from tidegate.values.documented_example import documented_example
from tidegate.values.json_value import NOTHING, Obj, Value
from tidegate.values.value_generator import ValueGenerator

PLACES = frozenset({"location", "operation-location", "content-location"})
"""They lead to what was made (RFC 9110 §10.2.2, §8.7; Azure's guidelines for `Operation-Location`)."""

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

_AMOUNTS = (("remaining", 999), ("limit", 1000), ("reset", 60))
"""What a header about limits says where nothing is known better: there is room."""


class AnswerHeaders:
    """The documented headers of one document's answers."""

    def __init__(self, document: Document, generator: ValueGenerator) -> None:
        self._document = document
        self._generator = generator

    def of(self, answer: DocumentedAnswer, name: str, place: str) -> dict[str, str]:
        """The headers of an answer; `place` is the address of what was made, empty where nothing was."""
        headers: dict[str, str] = {}
        for header, entry in answer.headers.items():
            node = self._document.follow(entry)
            lower = header.lower()
            if not isinstance(node, dict) or lower in _LEFT_OUT:
                continue
            if lower in PLACES and place:
                headers[header] = place
                continue
            value = self._value(header, node, name)
            if value is not NOTHING:
                headers[header] = simple(value, explode=node.get("explode") is True)
        return headers

    def _value(self, header: str, node: Mapping[str, Any], name: str) -> Value:
        """A value; NOTHING for a header with a meaning that nobody demands."""
        content = node.get("content")
        media = next(iter(content.values()), {}) if isinstance(content, dict) else node
        schema = media.get("schema", node if "type" in node else {"type": "string"})  # Swagger 2.0 has it in the node
        level, example = self._document.schemas.plain(schema), documented_example(self._document, media)
        if example is not NOTHING:
            return example
        is_set = any(word in level for word in ("example", "examples", "default", "const", "enum"))
        if header.lower() in _MEANT and not is_set and node.get("required") is not True:
            return NOTHING
        amount = next((amount for word, amount in _AMOUNTS if word in header.lower()), None)
        made = self._generator.value(header, schema, name)
        if amount is None or is_set or isinstance(made, bool) or not isinstance(made, int):
            return made
        return min(max(amount, level.get("minimum", amount)), level.get("maximum", amount))


def declared_headers(operation: ResourceOperation, thing: Obj) -> dict[str, str]:
    """The headers that tell of the object, where the vendor file says so."""
    if operation.declared is None or not operation.declared.headers:
        return {}
    return {name: simple(filled(text, thing)) for name, text in operation.declared.headers.items()}


def simple(value: Value, *, explode: bool = False) -> str:
    """A value as a header has it: lists with commas, objects too, and nothing that would end the line."""
    if isinstance(value, list):
        text = ",".join(_word(item) for item in value)
    elif isinstance(value, dict):
        between = "=" if explode else ","
        text = ",".join(f"{key}{between}{_word(item)}" for key, item in value.items())
    else:
        text = _word(value)
    return "".join(char for char in text if " " <= char <= "~" or "\xa0" <= char <= "\xff")


def _word(value: Value) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
