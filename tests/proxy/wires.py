"""A vendor on a real socket, and one path of the transport to reach it by. The fixture `vendor` tries both paths."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any

from tests.serving import Serve, serving
from tests.waiting import settle
from tidegate.proxy.wire.pool import Pool
from tidegate.proxy.wire.session import SessionTransport
from tidegate.proxy.wire.transport import IDLE_MAX_S, Origin, Timers, Transport, VendorAnswer, gathered
from tidegate.world.world import RealWorld

MakeTransport = Callable[[Origin], Transport]
Vendor = Callable[[Serve], AbstractAsyncContextManager[tuple[Transport, list[int]]]]
PATHS: dict[str, MakeTransport] = {
    "pool": lambda origin: Pool(RealWorld(), origin),
    "session": lambda origin: SessionTransport(RealWorld(), origin),
}
GET = b"GET / HTTP/1.1\r\nHost: v\r\n\r\n"


def patient(**changes: Any) -> Timers:
    """Timers of one exchange, which counts them down: so long that a busy machine lets none but a changed one ring."""
    return replace(Timers(connect_s=60.0, first_byte_s=60.0, idle_s=60.0, total_s=60.0), **changes)


async def ask(
    transport: Transport,
    request: bytes = GET,
    *,
    method: str = "GET",
    fresh: bool = False,
    timers: Timers | None = None,
) -> VendorAnswer:
    """An answer with its whole body, however it came."""
    timers = timers or patient()
    answer = await transport.exchange(request, method=method, idle_max_s=0.0 if fresh else IDLE_MAX_S, timers=timers)
    if answer.rest is not None:
        ends = RealWorld().now() + timers.total_s
        return await gathered(answer, timers.idle_s, ends)
    return answer


@asynccontextmanager
async def vendor(
    serve: Serve, make_transport: MakeTransport = PATHS["pool"]
) -> AsyncIterator[tuple[Transport, list[int]]]:
    """A vendor on a free port that does what `serve` does; the list counts its connections."""
    accepted: list[int] = []

    async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted.append(len(accepted) + 1)
        await serve(reader, writer)

    async with serving(counted) as port:
        transport = make_transport(Origin("127.0.0.1", port, None, private=True))
        try:
            yield transport, accepted
        finally:
            await transport.close()


async def requests(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while True:
        try:
            yield await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return


def saying(*pieces: bytes, then_close: bool = False) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for _ in requests(reader):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            if then_close:
                return

    return serve


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: b\r\n\r\nok"


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


class Pieces:
    """A body that is sent as it comes."""

    def __init__(self, *pieces: bytes | Exception, chunked: bool) -> None:
        self.chunked = chunked
        self._pieces = pieces

    async def pieces(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            await settle()
            if isinstance(piece, Exception):
                raise piece
            yield piece


def posting(length: bytes) -> bytes:
    return b"POST / HTTP/1.1\r\nHost: v\r\n" + length + b"\r\n\r\n"
