"""A light HTTP client on a world: what the apps of a search speak with. It sends bytes once and reads one answer.

It drives aiohttp's `ResponseHandler`, as the proxy's transport does, because a ClientSession costs more processor time
than all that is being searched. It knows nothing of retries, keys or redirects.
"""

import asyncio

from aiohttp import ClientError
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import HttpProcessingError

from tidegate.chaos.naive import Answer, ConnectionLost
from tidegate.world import World


class NotConnected(ConnectionLost):
    """Nobody listens there: nothing was sent."""


class Client:
    """Connections to one address, used again when they are free."""

    def __init__(self, world: World, host: str, port: int) -> None:
        self._world = world
        self._host = host
        self._port = port
        self._idle: list[ResponseHandler] = []

    async def ask(self, request: bytes, patience_s: float) -> Answer:
        """Send a whole request and read the whole answer. Raises ConnectionLost; NotConnected where nothing was sent.

        After `patience_s` seconds it hangs up: the connection is closed.
        """
        connection = await self._connection()
        keep = False
        try:
            async with self._world.timeout(patience_s):
                connection.set_response_params(read_until_eof=True, auto_decompress=False, read_timeout=None)
                if connection.transport is None:
                    raise ConnectionLost("the connection was closed", final=False)
                connection.transport.write(request)
                message, payload = await connection.read()
                body = payload.read_nowait() if payload.is_eof() else await payload.read()
            keep = not (message.should_close or connection.should_close)
            return Answer(message.code, message.headers, body)
        except (ClientError, HttpProcessingError, OSError, TimeoutError) as error:
            raise ConnectionLost(repr(error), final=False) from error
        finally:
            if keep:
                self._idle.append(connection)
            else:
                connection.close()

    def close(self) -> None:
        """Close what is idle."""
        while self._idle:
            self._idle.pop().close()

    async def _connection(self) -> ResponseHandler:
        while self._idle:
            kept = self._idle.pop()
            if kept.is_connected():
                return kept
            kept.close()
        try:
            return await self._world.connect(_handler, self._host, self._port, tls=None, server_name=self._host)
        except OSError as error:
            raise NotConnected(repr(error), final=False) from error


def _handler() -> ResponseHandler:
    return ResponseHandler(asyncio.get_running_loop())
