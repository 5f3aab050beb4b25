"""A light HTTP client on a world: what the apps of a search speak with. It sends bytes once and reads one answer.

It drives aiohttp's `ResponseHandler`, as the proxy's transport does, because a ClientSession costs more processor time
than all that is being searched. It knows nothing of retries, keys or redirects.
"""

import asyncio
import gzip
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import ClientError
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import HttpProcessingError

from tidegate.chaos.apps.naive_sdk import ConnectionLost
from tidegate.world.world import World

LINE_BYTES_MAX, LINES_MAX = 131_072, 1000
"""Of an answer's head. curl takes about as much, and a proxy passes it on."""

PAUSE_S = 0.005
"""Between the halves of a request: long enough for its receiver to begin with the first."""

_BROKEN = (ClientError, HttpProcessingError, OSError, TimeoutError)


class NotConnected(ConnectionLost):
    """Nobody listens there: nothing was sent."""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer: all of it, or, where it is not `whole`, as much as came before it broke off or we hung up."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    headed_s: float
    """The moment at which its head had come, on the world's clock."""
    whole: bool = True


class HttpClient:
    """Connections to one address, used again when they are free."""

    def __init__(self, world: World, host: str, port: int) -> None:
        self._world = world
        self._host = host
        self._port = port
        self._idle: list[ResponseHandler] = []

    async def ask(self, request: bytes, patience_s: float, *, halves: bool = False) -> HttpResponse:
        """Send a whole request, or its `halves` one after the other, and read the answer.

        Raises ConnectionLost where no head came; NotConnected where nothing was sent. After `patience_s` seconds it
        hangs up: the connection is closed.
        """
        connection = await self._connection()
        parts, headed_s = list[bytes](), 0.0
        message = None
        keep = False
        timer = self._world.call_later(patience_s, _hang_up, connection)
        try:
            connection.set_response_params(
                read_until_eof=True, auto_decompress=False, read_timeout=None, max_field_size=LINE_BYTES_MAX,
                max_headers=LINES_MAX,
            )  # fmt: skip
            if connection.transport is None:
                raise ConnectionLost("the connection was closed", final=False)
            begun = len(request) // 2 if halves else len(request)
            connection.transport.write(request[:begun])
            if halves:
                await self._world.sleep(PAUSE_S)
                if connection.transport is not None:
                    connection.transport.write(request[begun:])
            message, payload = await connection.read()
            headed_s = self._world.now()
            while not payload.at_eof():
                parts.append(await payload.readany())
            keep = not (message.should_close or connection.should_close)
            body = b"".join(parts)
            if message.compression == "gzip":
                body = gzip.decompress(body)
            return HttpResponse(message.code, message.headers, body, headed_s)
        except _BROKEN as error:
            if message is None:
                raise ConnectionLost(repr(error), final=False) from error
            return HttpResponse(message.code, message.headers, b"".join(parts), headed_s, whole=False)
        finally:
            timer.cancel()
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
            connection = self._idle.pop()
            if connection.is_connected():
                return connection
            connection.close()
        try:
            return await self._world.connect(_handler, self._host, self._port, tls=None, server_name=self._host)
        except OSError as error:
            raise NotConnected(repr(error), final=False) from error


def _hang_up(connection: ResponseHandler) -> None:
    connection.set_exception(TimeoutError("the app has lost patience"))
    if connection.transport is not None:
        connection.transport.close()  # and not connection.close(), which forgets whom to tell


def _handler() -> ResponseHandler:
    return ResponseHandler(asyncio.get_running_loop())
