"""A pause for the count of chunks holds at the bytes that come next, when nothing is paused any more."""

import asyncio

from aiohttp import web
from aiohttp.client_proto import ResponseHandler
from aiohttp.web_protocol import RequestHandler

from tests.serving import connected, serving
from tests.waiting import until
from tidegate.world.paused_reading import PausedReading
from tidegate.world.raw_response import RawResponse

BUFFER_BYTES = 1024
CHUNK = b"1\r\nx\r\n"
CHUNKS_MAX = BUFFER_BYTES // 16
"""aiohttp pauses where more chunks than this wait to be read."""
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class _Client(PausedReading, ResponseHandler):
    _was_paused = False


class _Served(PausedReading, RequestHandler):
    __slots__ = ("_was_paused",)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._was_paused = False
        super().connection_made(transport)


class _Server(web.Server):
    def __call__(self) -> RequestHandler:
        return _Served(self, loop=self._loop, **self._kwargs)


async def test_an_answer_goes_on_after_a_pause_for_its_count_of_chunks() -> None:
    drained = asyncio.Event()

    async def vendor(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNK * (CHUNKS_MAX + 1))
        await drained.wait()
        writer.write(CHUNK * 3 + b"0\r\n\r\n")
        await writer.drain()
        await asyncio.Event().wait()

    loop = asyncio.get_running_loop()
    async with serving(vendor) as port:
        transport, client = await loop.create_connection(lambda: _Client(loop), "127.0.0.1", port)
        client.set_response_params(read_until_eof=True, read_bufsize=BUFFER_BYTES)
        _, content = await client.read()
        await until(lambda: client._reading_paused)
        body = await content.readany()
        drained.set()
        while piece := await content.readany():
            body += piece
        assert body == b"x" * (CHUNKS_MAX + 4)
        transport.close()


async def test_a_request_is_read_after_one_that_ended_in_such_a_pause() -> None:
    bodies = []

    async def handle(request: web.BaseRequest) -> RawResponse:
        body = b""
        while piece := await request.content.readany():
            body += piece
        bodies.append(body)
        return RawResponse(OK, keep_alive=True)

    head = b"POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with connected(_Server(handle, read_bufsize=BUFFER_BYTES)) as (reader, writer):  # type: ignore[arg-type]  # it returns the duck type
        for count in (CHUNKS_MAX + 1, 3):
            writer.write(head + CHUNK * count + b"0\r\n\r\n")
            assert await reader.readexactly(len(OK)) == OK
    assert bodies == [b"x" * (CHUNKS_MAX + 1), b"xxx"]
