"""What makes two requests the same on a cassette: method, path, query and body, each without what does not matter.

Secrets are hidden as the cassette hides them. What it has hidden because its value was known stands for any value, as
whoever plays it need not know that value.
"""

import json
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

import orjson

from tidegate.cassette.hiding import hidden_body, hidden_path
from tidegate.cassette.multipart_parts import parts_of
from tidegate.redaction.secret import REDACTED
from tidegate.simulator.answer.media_types import FORM, bare, is_json

HIDDEN = REDACTED.encode()

INTEGER_MAX = 2**53
"""A float counts no further."""


@dataclass(frozen=True, slots=True)
class RequestKey:
    """Equal for requests that get one answer. The parts of the path, the pairs of the query, the body made plain."""

    method: str
    place: tuple[str, ...]
    query: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def is_open(self) -> bool:
        """True where something was hidden, which may have been any value."""
        return (
            any(REDACTED in part for part in self.place)
            or HIDDEN in self.body
            or any(REDACTED in value for _, value in self.query)
        )

    @property
    def form(self) -> tuple[str, int, tuple[str, ...]]:
        """What two keys must have in common, whatever was hidden."""
        return self.method, len(self.place), tuple(name for name, _ in self.query)

    def allows(self, other: "RequestKey") -> bool:
        """True where another of the same form is this one, with some value for each that was hidden."""
        pairs = zip(self.query, other.query, strict=True)
        return (
            all(_fits(mine.encode(), its.encode()) for mine, its in zip(self.place, other.place, strict=True))
            and all(_fits(mine[1].encode(), its[1].encode()) for mine, its in pairs)
            and _fits(self.body, other.body)
        )


def key_of(method: str, path: str, media: str, body: bytes) -> RequestKey:
    """The key of a request. `media` is its Content-Type."""
    place, _, query = hidden_path(path).partition("?")
    pairs = tuple(sorted(parse_qsl(query, keep_blank_values=True)))
    steps = tuple(map(unquote, place.split("/")))  # `~` and `%7E` are one (RFC 3986 §6.2.2), and clients differ in `@`
    return RequestKey(method.upper(), steps, pairs, _plain(media, hidden_body(body, media)))


def _plain(media: str, body: bytes) -> bytes:
    """The body with what does not matter left out: the order of fields, the boundary between parts."""
    try:
        if is_json(media):
            return orjson.dumps(json.loads(body, parse_float=_number), option=orjson.OPT_SORT_KEYS) if body else b""
        if bare(media) == FORM:
            return orjson.dumps(sorted(parse_qsl(body.decode(), keep_blank_values=True)))
        parts = parts_of(body, media)
        if parts is not None:
            written = [
                (part.name.encode(), *part.headers, _plain(_media(part.headers), part.content)) for part in parts
            ]
            return b"\0".join(b"\n".join(fields) for fields in sorted(written, key=lambda fields: fields[0]))
    except (ValueError, TypeError, RecursionError):  # the last two for what is nested too deep
        pass  # what cannot be read is compared as it is
    return body


def _number(written: str) -> float:
    """Of `1.0` and `1`, which are one number in JSON, clients write either."""
    number = float(written)
    return int(number) if number.is_integer() and abs(number) <= INTEGER_MAX else number


def _media(headers: tuple[bytes, ...]) -> str:
    """The media type of a part. A part of parts is taken as it is."""
    media = next((line[14:].decode("latin-1") for line in headers if line.startswith(b"content-type: ")), "")
    return "" if media.lower().startswith("multipart/") else media


def _fits(pattern: bytes, text: bytes) -> bool:
    """True where a text is a pattern in which each hidden value, a number too, stands for some bytes, or none."""
    first, *rest = pattern.replace(b'"%b"' % HIDDEN, HIDDEN).split(HIDDEN)
    if not rest:
        return pattern == text
    last = rest.pop()
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in rest:
        at = text.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True
