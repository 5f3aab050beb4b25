"""What is relied on in aiohttp's server: replies that are bytes, and our own words for requests that cannot be read."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from tests.serving import Connected, connected
from tests.waiting import until
from tidegate.proxy.onramp.server import AppServer, first_line
from tidegate.world.raw_response import RawResponse

Handle = Callable[[web.BaseRequest], Awaitable[RawResponse]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def serving(handle: Handle) -> Connected:
    """A server with this handler, and one connection to it."""

    def bad_request(status: int, what: str, bug: BaseException | None) -> bytes:
        body = (f"{status} {first_line(what)}" if bug is None else f"{status} {bug!r}").encode()
        return b"HTTP/1.1 %d Bad\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)

    server = AppServer(
        handle, bad_request, body_max_bytes=1000, max_line_size=500, max_field_size=500, lingering_time=1.0
    )
    return connected(server)


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(
        next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")).split(b":")[1]
    )
    return int(head.split()[1]), await reader.readexactly(length)


async def ok(_: web.BaseRequest) -> RawResponse:
    return RawResponse(OK, keep_alive=True)


async def test_a_reply_is_sent_as_it_is_and_the_connection_stays() -> None:
    async with serving(ok) as (reader, writer):
        for _ in range(3):
            writer.write(b"GET /a HTTP/1.1\r\nHost: t\r\n\r\n")
            assert await answer(reader) == (200, b"ok")


async def test_a_handler_that_fails_is_told_of_as_a_bug_and_a_request_that_cannot_be_read_is_not() -> None:
    async def fails(_: web.BaseRequest) -> RawResponse:
        raise RuntimeError("oh")

    async with serving(fails) as (reader, writer):
        writer.write(b"GET /a HTTP/1.1\r\nHost: t\r\n\r\n")
        assert await answer(reader) == (500, b"500 RuntimeError('oh')")
    async with serving(fails) as (reader, writer):
        writer.write(b"nonsense\r\n\r\n")
        status, body = await answer(reader)
        assert (status, b"RuntimeError" in body) == (400, False)


async def test_pipelined_requests_are_answered_in_order() -> None:
    async def path(request: web.BaseRequest) -> RawResponse:
        body = request._message.path.encode()
        return RawResponse(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body), keep_alive=True)

    async with serving(path) as (reader, writer):
        writer.write(b"".join(b"GET /%d HTTP/1.1\r\nHost: t\r\n\r\n" % n for n in range(5)))
        assert [(await answer(reader))[1] for _ in range(5)] == [b"/%d" % n for n in range(5)]


async def test_a_reply_that_says_so_ends_the_connection() -> None:
    async def last(_: web.BaseRequest) -> RawResponse:
        return RawResponse(OK, keep_alive=False)

    async with serving(last) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: t\r\n\r\n")
        assert await answer(reader) == (200, b"ok")
        assert await reader.read() == b""


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        pytest.param(b"GET /" + b"a" * 2000 + b" HTTP/1.1\r\nHost: t\r\n\r\n", 431, id="a long request line"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: t\r\nX: " + b"a" * 2000 + b"\r\n\r\n", 431, id="a long header"),
        pytest.param(b"NONSENSE\r\n\r\n", 400, id="not HTTP"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: t\r\nA b: c\r\n\r\n", 400, id="a space in a header name"),
        pytest.param(
            b"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
            400,
            id="two lengths (request smuggling)",
        ),
    ],
)
async def test_what_cannot_be_read_gets_our_own_words(request_bytes: bytes, status: int) -> None:
    async with serving(ok) as (reader, writer):
        writer.write(request_bytes)
        got, body = await answer(reader)
        assert (got, body.split()[0]) == (status, str(status).encode())
        assert await reader.read() == b""


async def test_an_app_that_goes_away_in_the_middle_of_its_content_is_no_bug() -> None:
    bugs: list[BaseException | None] = []

    async def reads(request: web.BaseRequest) -> RawResponse:
        await request.read()
        return RawResponse(OK, keep_alive=True)

    def bad_request(status: int, what: str, bug: BaseException | None) -> bytes:
        bugs.append(bug)
        return f"HTTP/1.1 {status} {what}\r\n\r\n".encode()

    server = AppServer(reads, bad_request, body_max_bytes=1000, lingering_time=1.0)
    async with connected(server) as (_, writer):
        writer.write(b"POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n\r\nab")
        await until(lambda: server.connections and server.requests_count)
        writer.transport.abort()
        await until(lambda: bugs or not server.connections)
    assert bugs in ([], [None])
