"""One exchange with a vendor, as a cassette holds it. docs/cassettes.md describes the format. Knows no file."""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

STATUSES = range(100, 600)

CONDITIONS = (
    "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "range",
)  # fmt: skip
"""Headers of a request by which a vendor answers otherwise (RFC 9110 §13.1, §14.2)."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")
"""A header's name in lower case (RFC 9110 §5.1)."""
_LINE_END = re.compile(r"[\r\n\0]+ *")


@dataclass(frozen=True, slots=True)
class Message:
    """A request's or an answer's headers, names in lower case, and its body, decoded."""

    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class RecordedExchange:
    """One request and its answer. `path` carries its query."""

    method: str
    path: str
    request: Message
    status: int
    answer: Message
    took_s: float = 0.0

    def line(self) -> bytes:
        """The exchange as a line of a cassette."""
        request = {"method": self.method, "path": self.path, **_written(self.request)}
        answer = {"status": self.status, **_written(self.answer)}
        return orjson.dumps({"request": request, "answer": answer, "took_s": round(self.took_s, 6)}) + b"\n"


def exchange_of(document: Any) -> RecordedExchange:
    """A line of a cassette, read. Raises KeyError, TypeError, ValueError or AttributeError."""
    request, answer = document["request"], document["answer"]
    status = answer["status"]
    if not isinstance(status, int) or status not in STATUSES:
        raise ValueError(f"the status is {status!r}; it must be a number from 100 to 599")
    return RecordedExchange(
        str(request["method"]),
        str(request["path"]),
        _message(request),
        status,
        _message(answer),
        float(document.get("took_s", 0.0)),
    )


def lowered(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers as a cassette has them: names in lower case, the values of repeated ones joined (RFC 9110 §5.3).

    Browsers and what drives them write repeated ones as lines of one value. What is no name is left out.
    """
    joined: dict[str, str] = {}
    for name, lines in headers:
        key, value = name.lower(), ", ".join(filter(None, _LINE_END.split(lines)))
        if _NAME.fullmatch(key):
            joined[key] = f"{joined[key]}, {value}" if key in joined else value
    return joined


def _written(message: Message) -> dict[str, Any]:
    fields: dict[str, Any] = {"headers": dict(message.headers)}
    if message.body:
        try:
            fields["body"] = message.body.decode()
        except UnicodeDecodeError:
            fields["body_base64"] = b64encode(message.body).decode()
    return fields


def _message(document: Any) -> Message:
    headers = lowered((str(name), str(value)) for name, value in document.get("headers", {}).items())
    if "body_base64" in document:
        return Message(headers, b64decode(document["body_base64"], validate=True))
    return Message(headers, str(document.get("body", "")).encode())
