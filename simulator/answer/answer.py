"""An answer of the vendor, as bytes. simulator.trouble.wire sends it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from wsgiref.handlers import format_date_time

import orjson

from tidegate.simulator.answer.event_frames import Event, framed
from tidegate.values.json_value import NOTHING, Value

WITHOUT_CONTENT = frozenset((204, 205, 304))
"""Statuses whose answers have no body (RFC 9110 §15.3.5, §15.3.6, §15.4.5)."""


@dataclass(slots=True)
class Answer:
    """Status, body and the headers that are its own. Not frozen: one is made for every request."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    events: tuple[bytes, ...] = ()
    """The pieces of an answer that is streamed; `body` is empty then."""


def answer_of(status: int, body: Value, headers: Mapping[str, str]) -> Answer:
    """An answer with this body: bytes as they are, NOTHING for none, any other value as JSON."""
    if status in WITHOUT_CONTENT or body is NOTHING:
        return Answer(status, b"", {name: value for name, value in headers.items() if name != "Content-Type"})
    return Answer(status, body if isinstance(body, bytes) else orjson.dumps(body), headers)


def stream_of(status: int, events: Iterable[Event], headers: Mapping[str, str]) -> Answer:
    """A success that comes as server-sent events."""
    if status in WITHOUT_CONTENT:
        return answer_of(status, NOTHING, headers)
    pieces = tuple(map(framed, events))
    return Answer(status, b"", {**headers, "Content-Type": "text/event-stream; charset=utf-8"}, pieces)


def joined(result: Mapping[str, str], ours: Mapping[str, str]) -> dict[str, str]:
    """The headers of an answer: those of its result, and ours, which win whatever the case of their names.

    The media type is the result's to say, where it says one.
    """
    names = {name.lower() for name in ours} - {"content-type"}
    return {**ours, **{name: value for name, value in result.items() if name.lower() not in names}}


def phrase(status: int) -> str:
    """What a status is called (RFC 9110 §15)."""
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Error"


@lru_cache(maxsize=4)
def http_date(second: int) -> str:
    """Seconds since 1970 → the Date header (RFC 9110 §5.6.7)."""
    return format_date_time(second)
