"""Servers on real sockets, and one connection to such a server. No other file of the tests starts one.

The flaw that they spare: a server that ends with its test may have taken a connection whose task has not begun. The
task is cancelled, nobody closes the connection, and some later test fails with its ResourceWarning.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from aiohttp import web

from tests.waiting import settle
from tidegate.world.world import RealWorld

Connected = AbstractAsyncContextManager[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a server on which each connection is played by `serve`; it is closed when `serve` returns.

    In the end every connection is ended, wherever it is. A client that goes away is no failure; what else `serve`
    raises is the test's.
    """
    tasks: set[asyncio.Task[None]] = set()
    writers: set[asyncio.StreamWriter] = set()

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            await serve(reader, writer)

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.add(writer)
        task = asyncio.get_running_loop().create_task(served(reader, writer))
        tasks.add(task)
        task.add_done_callback(lambda _: writer.close())  # a task that is cancelled before it began closes nothing

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        await settle()  # so that a connection that was just taken has its task
        server.close()
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        await settle()
        for writer in writers:
            with suppress(AttributeError):  # Python 3.11.2's, of a TLS connection that is over
                writer.transport.abort()  # what TLS, or a full buffer, keeps open
        await settle()
    for end in ends:
        if isinstance(end, Exception):
            raise end


@asynccontextmanager
async def listening(factory: Callable[[], asyncio.Protocol] | web.Server) -> AsyncIterator[int]:
    """The port of a server of protocols, aiohttp's low-level one among them; it is closed in the end."""
    listener = await RealWorld().listen(factory, "127.0.0.1", 0)
    try:
        yield listener.port
    finally:
        await listener.close()
        if isinstance(factory, web.Server):
            await factory.shutdown(1.0)


@asynccontextmanager
async def connected(server: web.Server) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to aiohttp's low-level server; both are closed in the end."""
    async with listening(server) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            yield reader, writer
        finally:
            writer.close()
