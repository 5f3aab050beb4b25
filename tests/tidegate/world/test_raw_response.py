"""An answer that is bytes already goes out as it is, waits for a slow client, and is an error where nobody is left."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from tests.serving import Connected, connected
from tidegate.world import raw_response
from tidegate.world.raw_response import RawResponse

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
ASKED = b"GET / HTTP/1.1\r\nHost: t\r\n\r\n"

Handle = Callable[[web.BaseRequest], Awaitable[RawResponse]]


def serving(handle: Handle) -> Connected:
    """Aiohttp's own server with this handler, and one connection to it."""
    return connected(web.Server(handle, access_log=None))  # type: ignore[arg-type]  # the duck type, see there


async def test_it_goes_out_as_it_is_and_the_connection_stays() -> None:
    async def handle(_: web.BaseRequest) -> RawResponse:
        return RawResponse(OK)

    async with serving(handle) as (reader, writer):
        writer.write(ASKED + ASKED)
        assert await reader.readexactly(2 * len(OK)) == OK + OK


async def test_one_that_is_the_last_ends_the_connection() -> None:
    async def handle(_: web.BaseRequest) -> RawResponse:
        return RawResponse(OK, keep_alive=False)

    async with serving(handle) as (reader, writer):
        writer.write(ASKED)
        assert await reader.read() == OK


async def test_a_client_that_does_not_read_is_waited_for() -> None:
    long, states = bytes(32 << 20), list[str]()

    async def handle(request: web.BaseRequest) -> RawResponse:
        made = RawResponse(long, keep_alive=False)
        states.append("begun")
        await made.prepare(request)
        states.append("sent")
        return RawResponse(b"")

    async with serving(handle) as (reader, writer):
        writer.write(ASKED)
        first = await reader.readexactly(1)
        assert states == ["begun"]
        assert first + await reader.readexactly(len(long) - 1) == long
        assert states == ["begun", "sent"]


async def test_where_the_client_has_gone_it_is_an_error() -> None:
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def handle(request: web.BaseRequest) -> RawResponse:
        assert request.transport is not None
        request.transport.abort()
        with pytest.raises(ConnectionResetError) as error:
            await RawResponse(OK).prepare(request)
        told.set_result(str(error.value))
        return RawResponse(OK)

    async with serving(handle) as (reader, writer):
        writer.write(ASKED)
        assert await told == "the client closed the connection"
        assert await reader.read() == b""


async def test_a_client_that_has_stopped_reading_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw_response, "STALLED_S", 0.05)
    ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def handle(request: web.BaseRequest) -> RawResponse:
        with pytest.raises(ConnectionResetError) as error:
            await RawResponse(bytes(64 << 20)).prepare(request)
        ended.set_result(str(error.value))
        return RawResponse(b"")

    async with serving(handle) as (_, writer):
        writer.write(ASKED)
        assert await ended == "the client read nothing for 0.05 s"


class SlowClient:
    """Protocol and transport of a client that reads a little in each period, and all in the end."""

    def __init__(self, periods: int) -> None:
        self.left = periods
        self.aborted = False
        self._waiter = asyncio.get_running_loop().create_future()

    async def _drain_helper(self) -> None:
        await self._waiter

    def get_write_buffer_size(self) -> int:
        self.left -= 1
        if self.left == 0:
            self._waiter.set_result(None)
        return self.left

    def abort(self) -> None:
        self.aborted = True


async def test_a_client_that_reads_slowly_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw_response, "STALLED_S", 0.001)
    client: Any = SlowClient(8)
    await raw_response._drained(client, client)
    assert client.left <= 0
    assert not client.aborted
