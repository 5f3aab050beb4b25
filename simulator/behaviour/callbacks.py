"""Callbacks (OpenAPI 3.0.3, Callback Object): requests that the vendor sends after an operation, to an address in it.

The address is a runtime expression over the request and the answer: `{$request.body#/callbackUrl}/done`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

import orjson

from tidegate.json_pointer import at_pointer
from tidegate.openapi.document import DocumentError
from tidegate.simulator.behaviour.documented_payload import DocumentedPayload, DocumentedPost
from tidegate.simulator.request.forms import form_fields
from tidegate.values.json_value import as_text

EXPRESSIONS_MAX = 50
"""An address has so many expressions at most."""

_EXPRESSION = re.compile(r"\{(\$[^{}]+)\}|(\$(?:url|method|statusCode|request|response)[^\s{}&?]*)")
_IN_ADDRESSES = "%/:?#[]@!$&'()*+,;=~-._"
"""What may stand in an address (RFC 3986 §2.2, §2.3), and what is percent-encoded already."""


@dataclass(frozen=True, slots=True)
class CallbackSource:
    """A request and its answer, as expressions see them."""

    operation: str
    url: str
    """The whole address that was asked for."""
    method: str
    params: Mapping[str, str]
    query: str
    headers: Mapping[str, str]
    body: bytes
    status: int
    answer: bytes
    answered: Mapping[str, str]
    """The headers of the answer."""


@dataclass(frozen=True, slots=True)
class Callback:
    """A request that the vendor sends, and where to."""

    name: str
    url: str
    post: DocumentedPost


class Callbacks:
    """The callbacks of one document's operations."""

    def __init__(self, payload: DocumentedPayload) -> None:
        self._document = document = payload.document
        self._payload = payload
        self._listed = {
            operation.id: callbacks
            for operation in document.operations.values()
            if isinstance(callbacks := operation.node.get("callbacks"), dict) and callbacks
        }

    def of(self, operation: str) -> bool:
        """True where an operation has any."""
        return operation in self._listed

    def due(self, source: CallbackSource, *, kind: str, seed: str, wall: int) -> Iterator[Callback]:
        """Those that a request calls for: whose address is one. What is unsound in the document is passed over."""
        about = _json(source.answer)
        for name, entry in self._listed.get(source.operation, {}).items():
            try:
                paths = self._document.follow(entry)
                for expression, item in paths.items() if isinstance(paths, dict) else ():
                    url = evaluated(str(expression), source)
                    if not url.startswith(("http://", "https://")):
                        continue
                    thing = about if isinstance(about, dict) else {}
                    for operation in self._payload.operations(name, item):
                        post = self._payload.post(
                            operation, thing, event=name, kind=kind, name=f"{seed}:{name}", wall=wall
                        )
                        yield Callback(name, url, post)
            except DocumentError:
                continue


def evaluated(text: str, source: CallbackSource) -> str:
    """An address with its expressions replaced; what leads to nothing is empty."""
    left = [EXPRESSIONS_MAX]

    def value(match: re.Match[str]) -> str:
        left[0] -= 1
        return _value(match[1] or match[2], source) if left[0] >= 0 else ""

    return quote(_EXPRESSION.sub(value, text), safe=_IN_ADDRESSES)


def _value(expression: str, source: CallbackSource) -> str:
    plain = {"$url": source.url, "$method": source.method, "$statusCode": str(source.status)}
    if expression in plain:
        return plain[expression]
    side, _, rest = expression.partition(".")
    is_request = side == "$request"
    place, _, name = rest.partition(".")
    if rest.startswith("body"):
        found = at_pointer(_json(source.body if is_request else source.answer), unquote(rest.partition("#")[2]))
        return "" if found is None else as_text(found)
    if place == "header":
        headers = source.headers if is_request else source.answered
        return next((value for key, value in headers.items() if key.lower() == name.lower()), "")
    if place == "query" and is_request:
        return form_fields(source.query).get(name, "")
    return source.params.get(name, "") if place == "path" and is_request else ""


def _json(text: bytes) -> Any:
    """The value of a body; the fields of a form where it is none."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return form_fields(text.decode("utf-8", "replace"))
