"""One connection to a server on a real socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from aiohttp import web

from tidegate.world.world import RealWorld

Connected = AbstractAsyncContextManager[tuple[asyncio.StreamReader, asyncio.StreamWriter]]


@asynccontextmanager
async def listening(server: web.Server) -> AsyncIterator[int]:
    """The port of aiohttp's low-level server; it is closed in the end."""
    listener = await RealWorld().listen(server, "127.0.0.1", 0)
    try:
        yield listener.port
    finally:
        await listener.close()
        await server.shutdown(1.0)


@asynccontextmanager
async def connected(server: web.Server) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to aiohttp's low-level server; both are closed in the end."""
    async with listening(server) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            yield reader, writer
        finally:
            writer.close()
