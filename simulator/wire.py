"""What faults do to a connection.

Works on a real socket and on the virtual world's pipes alike: a socket's options are set only where there is a socket.
"""

import socket
import struct
from asyncio import BaseTransport, Protocol, Transport
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import cast

from aiohttp import web

from tidegate.scenario import Drip
from tidegate.simulator.answer import Answer

_LINGER_NONE = struct.pack("ii", 1, 0)
"""SO_LINGER on, 0 s: close() sends RST at once instead of FIN (RFC 9293 §3.10.4, ABORT)."""


def reset(transport: BaseTransport | None) -> None:
    """Reset the connection. Nothing happens where it is gone already."""
    if transport is None or transport.is_closing():
        return
    plug = transport.get_extra_info("socket")
    if plug is not None:
        with suppress(OSError):  # the other side was faster
            plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
    cast("Transport", transport).abort()


def truncate(transport: BaseTransport | None, answer: Answer, headers: Mapping[str, str], share: float) -> None:
    """Send the head of an answer, with its whole length, and only a share of the body; then end the connection."""
    if transport is None or transport.is_closing():
        return
    status = HTTPStatus(answer.status)
    lines = [f"HTTP/1.1 {status.value} {status.phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(answer.body)}", "", ""]
    kept = min(int(len(answer.body) * share), len(answer.body) - 1)
    writer = cast("Transport", transport)
    writer.write("\r\n".join(lines).encode("latin-1") + answer.body[: max(kept, 0)])
    writer.close()


async def stream(
    request: web.BaseRequest,
    answer: Answer,
    headers: Mapping[str, str],
    drip: Drip,
    share: float | None,
    sleep: Callable[[float], Awaitable[None]],
) -> web.StreamResponse | None:
    """Send an answer bit by bit, in chunks. With a `share`, only so much of it; then the connection ends.

    None where the client has left meanwhile.
    """
    size = -(-len(answer.body) // drip.pieces) or 1
    pieces = answer.events or [answer.body[place : place + size] for place in range(0, len(answer.body), size)]
    kept = len(pieces) if share is None else min(int(len(pieces) * share), len(pieces) - 1)
    response = web.StreamResponse(status=answer.status, headers=headers)
    response.enable_chunked_encoding()
    try:
        await response.prepare(request)
        for piece in pieces[:kept]:
            await response.write(piece)
            await sleep(drip.every)
        if share is None:
            await response.write_eof()
    except ConnectionResetError:
        return None
    if share is None:
        return response
    if request.transport is not None:
        request.transport.close()
    return response


class ResetOnArrival(Protocol):
    """A connection that is reset as soon as it is made."""

    def connection_made(self, transport: BaseTransport) -> None:
        """See asyncio.Protocol."""
        reset(transport)
