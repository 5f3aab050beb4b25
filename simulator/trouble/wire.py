"""The connection under faults: the bytes on it, and its end.

Works on a real socket and on the virtual world's pipes alike: a socket's options are set only where there is a socket.
"""

import asyncio
import socket
import struct
from asyncio import BaseTransport, Protocol, Transport
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal, cast

from aiohttp import HttpVersion11, web
from multidict import CIMultiDict

from tidegate.simulator.answer.answer import Answer
from tidegate.world.raw_response import RawResponse

_LINGER_NONE = struct.pack("ii", 1, 0)
"""SO_LINGER on, 0 s: close() sends RST at once instead of FIN (RFC 9293 §3.10.4, ABORT)."""

End = Literal["close", "reset", "hang", "bad-chunk", "open"]
"""The end of a connection: in good order, by a reset, when the client loses patience, or after a chunk without a size.

An open one does not: the vendor believes that all went well.
"""

Place = Literal["start", "headers", "body"]
"""The place where an answer ends: before its first byte, in the middle of its headers, in the middle of its body."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The pace of an answer: its headers or its body in so many pieces, `every_s` seconds apart.

    An event stream comes by its events, whatever `pieces` says.
    """

    every_s: float
    pieces: int = 8
    part: Literal["headers", "body"] = "body"


Sleep = Callable[[float], Awaitable[None]]


def reset(transport: BaseTransport | None) -> None:
    """Reset the connection. Nothing happens where it is gone already."""
    if transport is None or transport.is_closing():
        return
    plug = transport.get_extra_info("socket")
    if plug is not None:
        with suppress(OSError):  # the other side was faster
            plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
    cast("Transport", transport).abort()


_FRAMING = frozenset({"connection", "content-length", "transfer-encoding"})
_PHRASES = {int(status): status.phrase for status in HTTPStatus}


async def end(transport: BaseTransport | None, how: End) -> None:
    """End the connection. A hanging one ends with its client, who cancels this."""
    if how == "hang":
        await asyncio.get_running_loop().create_future()
    elif how == "reset":
        reset(transport)
    elif how != "open" and transport is not None and not transport.is_closing():
        if how == "bad-chunk":
            cast("Transport", transport).write(b"not-a-size\r\n{}\r\n")
        transport.close()


def response(request: web.BaseRequest, answer: Answer, headers: Mapping[str, str]) -> web.StreamResponse:
    """An answer that nothing spoils. aiohttp writes what is not the ordinary case of HTTP/1.1."""
    if _is_ordinary(request, answer, headers):
        head = _text_of(answer, headers, len(answer.body))
        if head.isascii() and head.count("\r") == head.count("\n") == len(headers) + 3:  # no value breaks its line
            return RawResponse(head.encode() + answer.body)  # type: ignore[return-value]  # the duck type, see there
    made = web.Response(status=answer.status, body=answer.body, headers=headers)
    if headers.get("Connection") == "close":
        made.force_close()  # the header alone would leave the connection open
    return made


def _is_ordinary(request: web.BaseRequest, answer: Answer, headers: Mapping[str, str]) -> bool:
    """True where the answer has a body (RFC 9110 §6.4.1), and nothing but its length frames it."""
    if not answer.body or bodyless(request, answer.status):
        return False
    names = {*map(str.lower, headers)}
    return names.isdisjoint(_FRAMING) and request.keep_alive and request.version == HttpVersion11


def head_of(answer: Answer, headers: Mapping[str, str], length: int) -> bytes:
    """Status line and headers, with this Content-Length."""
    return _text_of(answer, headers, length).encode()


def _text_of(answer: Answer, headers: Mapping[str, str], length: int) -> str:
    phrase = _PHRASES.get(answer.status, "")
    lines = [f"HTTP/1.1 {answer.status} {phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {length}", "", ""]
    return "\r\n".join(lines)


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """An answer as bytes. `whole` is its content, `bodyless` where none of it may follow the head."""

    answer: Answer
    headers: Mapping[str, str]
    whole: bytes
    bodyless: bool

    def head(self, longer: int = 0) -> bytes:
        """Status line and headers; Content-Length is wrong by `longer` bytes."""
        return head_of(self.answer, self.headers, max(len(self.whole) + longer, 0))

    @property
    def body(self) -> bytes:
        """The content as far as it is sent."""
        return b"" if self.bodyless else self.whole

    def until(self, place: Place) -> bytes:
        """As much as is sent where the answer ends at a place after its start."""
        head, body = self.head(), self.body
        return head[: len(head) // 2] if place == "headers" else head + body[: len(body) // 2]


def bodyless(request: web.BaseRequest, status: int) -> bool:
    """True where nothing can follow the head of the answer (RFC 9112 §6.3)."""
    return request.method == "HEAD" or status < 200 or status in (204, 304)


def truncate(transport: BaseTransport | None, answer: Answer, headers: Mapping[str, str], share: float) -> None:
    """Send the head of an answer, with its whole length, and only a share of the body; then end the connection."""
    if transport is None or transport.is_closing():
        return
    sent = min(int(len(answer.body) * share), len(answer.body) - 1)
    writer = cast("Transport", transport)
    writer.write(head_of(answer, headers, len(answer.body)) + answer.body[: max(sent, 0)])
    writer.close()


async def write(transport: BaseTransport | None, pieces: Sequence[bytes], every_s: float, sleep: Sleep) -> None:
    """Send bytes as they are, piece by piece, so many seconds apart."""
    for number, piece in enumerate(pieces):
        if number:
            await sleep(every_s)
        if transport is None or transport.is_closing():
            return
        cast("Transport", transport).write(piece)


def split(data: bytes, pieces: int) -> list[bytes]:
    """At most so many pieces of the same size, the last one perhaps shorter."""
    size = -(-len(data) // pieces) or 1
    return [data[place : place + size] for place in range(0, len(data), size)]


async def stream(
    request: web.BaseRequest,
    answer: Answer,
    headers: Mapping[str, str],
    pace: Pace,
    share: float | None,
    sleep: Sleep,
    how: End = "close",
) -> web.StreamResponse | None:
    """Send an answer bit by bit, in chunks. With a `share`, only so much of it; then the connection ends.

    HTTP/1.0 has no chunks (RFC 9112 §7.1): there the end of the connection is the end of the answer. None where the
    client has left meanwhile.
    """
    empty = bodyless(request, answer.status)
    pieces = answer.events or split(b"" if empty else answer.body, pace.pieces)
    sent = len(pieces) if share is None else min(int(len(pieces) * share), len(pieces) - 1)
    response = web.StreamResponse(status=answer.status, headers=_unframed(headers))
    if request.version >= HttpVersion11 and not empty:
        response.enable_chunked_encoding()
    elif how == "bad-chunk":
        how = "close"
    try:
        await response.prepare(request)
        for piece in pieces[:sent]:
            await response.write(piece)
            await sleep(pace.every_s)
        if share is None:
            await response.write_eof()
    except ConnectionResetError:
        return None
    if share is None:
        return response
    await end(request.transport, how)
    return response


def _unframed(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Headers without those that frame the body, which a fault may have put there."""
    if all(name.lower() not in _FRAMING for name in headers):
        return headers
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in _FRAMING)


class ResetOnArrival(Protocol):
    """A connection that is reset as soon as it is made."""

    def connection_made(self, transport: BaseTransport) -> None:
        """See asyncio.Protocol."""
        reset(transport)
