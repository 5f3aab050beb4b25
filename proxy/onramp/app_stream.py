"""The app's end of a streamed answer: its framing, its flow control, and its end, which must never look whole wrongly.

Leans on the same undocumented parts of aiohttp's server as tidegate.proxy.onramp.server, which holds the reasons and
tests. It knows nothing of vendors.
"""

import asyncio
import socket
import struct

from aiohttp import HttpVersion11, web

from tidegate.world.raw_response import STALLED_S
from tidegate.world.world import World


class AppStalled(ConnectionError):
    """The app does not read."""


class AppStream:
    """One answer on its way to an app. `begin`, any number of `write`, then `end` or `break_off`."""

    def __init__(self, world: World, request: web.BaseRequest) -> None:
        self.head = b""
        self.keep_alive = False
        self.broken = False
        self._world = world
        self._protocol = request.protocol
        self._modern = request.version >= HttpVersion11
        self._chunked = False
        self._measured = False
        self._left = 0

    @property
    def gone(self) -> bool:
        """The app has closed the connection."""
        transport = self._protocol.transport
        return transport is None or transport.is_closing()

    def framing(self, length: bytes | None, *, keep_alive: bool) -> bytes:
        """The header lines that say how the body ends: with a length, in chunks, or with the connection (HTTP/1.0)."""
        lines = []
        if length is not None and length.isdigit():
            self._measured, self._left = True, int(length)
            lines.append(b"Content-Length: %b\r\n" % length)
        elif self._modern:
            self._chunked = True
            lines.append(b"Transfer-Encoding: chunked\r\n")
        self.keep_alive = keep_alive and (self._measured or self._chunked)
        if not self.keep_alive:
            lines.append(b"Connection: close\r\n")
        return b"".join(lines)

    async def begin(self, first: bytes = b"") -> None:
        """Send the head, and what there is of the body, in one piece. Raises ConnectionError where the app has gone."""
        await self._send(self.head + self._framed(first))

    async def write(self, data: bytes) -> None:
        """Send the next part, once the app has read enough of the one before. Raises as `begin` does."""
        await self._send(self._framed(data))

    async def end(self) -> None:
        """The answer is whole."""
        if self._measured and self._left:
            self.break_off()
        elif self._chunked and not self.gone:
            await self._send(b"0\r\n\r\n")

    def break_off(self) -> None:
        """The answer is not whole: end the connection so that the app sees it.

        What was sent still arrives. Without chunks or a length only a reset can tell a break from an end.
        """
        self.broken, self.keep_alive = True, False
        transport = self._protocol.transport
        if transport is None:
            return
        if self._measured or self._chunked:
            transport.close()
        else:
            reset(transport)

    def close(self) -> None:
        """End the connection; it is no longer HTTP."""
        self.broken, self.keep_alive = True, False
        if self._protocol.transport is not None:
            self._protocol.transport.close()

    def _framed(self, data: bytes) -> bytes:
        if self._chunked:
            return b"%x\r\n%b\r\n" % (len(data), data) if data else b""
        self._left -= len(data)
        return data

    async def _send(self, data: bytes) -> None:
        protocol = self._protocol
        transport = protocol.transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError("the app closed the connection")
        transport.write(data)
        if protocol._paused:  # noqa: SLF001 - see the module's docstring
            try:
                async with self._world.timeout(STALLED_S):
                    await protocol._drain_helper()  # noqa: SLF001
            except TimeoutError:
                transport.abort()
                raise AppStalled(f"the app read nothing for {STALLED_S:g} s") from None


def reset(transport: asyncio.Transport) -> None:
    """End a connection so that the other end sees an error, and no end. An abort alone looks like an ordinary close."""
    end = transport.get_extra_info("socket")
    if end is not None:  # there is none in the virtual world
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


class StreamFinished:
    """Stands in the place of a response for aiohttp's server, once an answer has been streamed."""

    __slots__ = ("_stream", "keep_alive")

    def __init__(self, stream: AppStream) -> None:
        self._stream = stream
        self.keep_alive = stream.keep_alive

    async def prepare(self, _request: web.BaseRequest) -> None:
        """All is sent. Raises ConnectionResetError where it was broken off: the connection is not used again."""
        if self._stream.broken:
            raise ConnectionResetError("the answer was broken off")

    async def write_eof(self) -> None:
        """Nothing is left to write."""


class Detached:
    """Stands in the place of a response where the connection was given away."""

    keep_alive = False

    async def prepare(self, _request: web.BaseRequest) -> None:
        """Say that there is nothing to be sent, and no next request."""
        raise ConnectionResetError("the connection was given away")

    async def write_eof(self) -> None:
        """Nothing is left to write."""


DETACHED = Detached()


async def finish(stream: AppStream, *, whole: bool) -> StreamFinished:
    """End a streamed answer: as whole, or as broken."""
    if whole and not stream.broken:
        try:
            await stream.end()
        except ConnectionError:
            stream.broken = True
    elif not stream.broken:
        stream.break_off()
    return StreamFinished(stream)
