"""What is relied on in aiohttp's server: replies that are bytes, and our own words for requests that cannot be read."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from tests.serving import Connected, connected, listening
from tests.waiting import until
from tidegate.proxy.onramp.connection_limits import Bounds, ConnectionLimits
from tidegate.proxy.onramp.refusal import first_line
from tidegate.proxy.onramp.server import AppConnection, AppServer
from tidegate.world.raw_response import RawResponse
from tidegate.world.world import RealWorld

Handle = Callable[[web.BaseRequest], Awaitable[RawResponse]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def app_server(handle: Handle, limits: ConnectionLimits | None = None, head_timeout_s: float = 30.0) -> AppServer:
    """A server with this handler."""

    def bad_request(status: int, what: str, bug: BaseException | None) -> bytes:
        body = (f"{status} {first_line(what)}" if bug is None else f"{status} {bug!r}").encode()
        return b"HTTP/1.1 %d Bad\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)

    return AppServer(
        handle,
        bad_request,
        limits=ConnectionLimits(Bounds(8, 8), RealWorld().now) if limits is None else limits,
        head_timeout_s=head_timeout_s,
        body_max_bytes=1000,
        max_line_size=500,
        max_field_size=500,
        lingering_time=1.0,
    )


def serving(handle: Handle, limits: ConnectionLimits | None = None, head_timeout_s: float = 30.0) -> Connected:
    """A server with this handler, and one connection to it."""
    return connected(app_server(handle, limits, head_timeout_s))


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    line = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
    return int(head.split()[1]), await reader.readexactly(int(line.split(b":")[1]))


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


GET = b"GET /%d HTTP/1.1\r\nHost: t\r\n%b\r\n"


@pytest.mark.parametrize(
    ("request_bytes", "statuses"),
    [
        pytest.param(GET % (1, b"") + GET % (2, b"") + b"Invalid\r\n\r\n", [200, 200, 400], id="behind two good ones"),
        pytest.param(GET % (1, b"Connection: close\r\n") + b"Invalid\r\n\r\n", [200], id="behind the last one"),
        pytest.param(GET % (1, b"Connection: close\r\n") + GET % (2, b""), [200], id="a good one behind the last one"),
        pytest.param(
            GET % (1, b"Connection: Upgrade\r\nUpgrade: h2c\r\n") + GET % (2, b"") + GET % (3, b""), [200, 200, 200],
            id="behind one that asks for another protocol",
        ),
        pytest.param(
            b"POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n" + GET % (2, b""), [400],
            id="chunks that cannot be read",
        ),
    ],
)  # fmt: skip
async def test_what_stands_in_one_piece_with_what_cannot_be_read_is_answered(
    request_bytes: bytes, statuses: list[int]
) -> None:
    """RFC 9112 §9.3.2 and §9.6; aiohttp#8087, aiohttp#12734."""

    async def read(request: web.BaseRequest) -> RawResponse:
        try:
            await request.read()
        except web.RequestPayloadError:
            return RawResponse(OK.replace(b"200", b"400"), keep_alive=False)
        return RawResponse(OK, keep_alive=not request._message.should_close)

    async with serving(read) as (reader, writer):
        writer.write(request_bytes)
        assert [(await answer(reader))[0] for _ in statuses] == statuses


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
        pytest.param(b"GET /" + b"a" * 2000 + b" HTTP/1.1\r\nHost: t\r\n\r\n", 414, id="a long target"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: t\r\nX: " + b"a" * 2000 + b"\r\n\r\n", 431, id="a long header"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: t\r\n" + b"X: aaaa\r\n" * 130 + b"\r\n", 431, id="many headers"),
        pytest.param(b"NONSENSE\r\n\r\n", 400, id="not HTTP"),
        pytest.param(b"get / HTTP/1.1\r\nHost: t\r\n\r\n", 501, id="a method in small letters"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: t\r\nA b: c\r\n\r\n", 400, id="a space in a header name"),
        pytest.param(
            b"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc", 400,
            id="two lengths (request smuggling)",
        ),
    ],
)  # fmt: skip
async def test_what_cannot_be_read_gets_our_own_words(request_bytes: bytes, status: int) -> None:
    async with serving(ok) as (reader, writer):
        writer.write(request_bytes)
        got, body = await answer(reader)
        assert (got, body.split()[0]) == (status, str(status).encode())
        assert b"aaaa" not in body
        assert await reader.read() == b""


def connections(limits: ConnectionLimits) -> list[AppConnection]:
    """Those that are open."""
    return [connection for connection in limits._open if isinstance(connection, AppConnection)]


async def hang_up(writer: asyncio.StreamWriter) -> None:
    """Close our end."""
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


HALF = b"GET /a HTTP/1.1\r\nHost: t\r\nX: "
WHOLE = b"GET /a HTTP/1.1\r\nHost: t\r\n\r\n"


@pytest.mark.parametrize(
    "begun",
    [
        pytest.param((HALF,), id="a first head"),
        pytest.param((b"G", b"E", b"T /a HT"), id="a request line byte by byte"),
        pytest.param((b"\r\n", b"\r\n"), id="empty lines before it"),
        pytest.param((WHOLE, HALF), id="a later head"),
        pytest.param((WHOLE + HALF,), id="half a head right behind a whole one"),
    ],
)
async def test_a_head_that_does_not_end_is_told_so_and_closed(begun: tuple[bytes, ...]) -> None:
    limits = ConnectionLimits(Bounds(8, 8), RealWorld().now)
    async with serving(ok, limits, head_timeout_s=0.1) as (reader, writer):
        for part in begun:
            writer.write(part)
            await writer.drain()
            if WHOLE in part:
                assert await answer(reader) == (200, b"ok")
        if begun == (WHOLE + HALF,):
            writer.write(b"y")  # a byte more: what came with the whole one was not seen to be a part
        status, body = await answer(reader)
        assert (status, b"did not come in" in body) == (408, True)
        assert await reader.read() == b""
    assert limits.closed["slow head"] == 1
    assert len(limits) == 0


async def test_who_says_nothing_is_closed_without_a_word() -> None:
    async with serving(ok, head_timeout_s=0.05) as (reader, _):
        assert await reader.read() == b""


async def test_half_a_head_behind_a_call_under_way_is_closed_after_the_call() -> None:
    ends = asyncio.Event()

    async def slow(_: web.BaseRequest) -> RawResponse:
        await ends.wait()
        return RawResponse(OK, keep_alive=True)

    limits = ConnectionLimits(Bounds(8, 8), RealWorld().now)
    async with serving(slow, limits, head_timeout_s=0.05) as (reader, writer):
        writer.write(WHOLE)
        await until(lambda: limits)
        [connection] = connections(limits)
        await until(lambda: connection.busy)
        writer.write(HALF)
        await until(lambda: connection._head_began)
        timer = connection._head_timer
        await until(lambda: connection._head_timer is not timer)
        ends.set()
        assert (await answer(reader))[0] == 200
        assert (await answer(reader))[0] == 408


async def test_a_kept_connection_may_be_silent_for_longer_than_a_head_may_take() -> None:
    limits = ConnectionLimits(Bounds(8, 8), RealWorld().now)
    async with serving(ok, limits, head_timeout_s=0.05) as (reader, writer):
        for _ in range(3):
            writer.write(WHOLE)
            assert await answer(reader) == (200, b"ok")
            await until(lambda: connections(limits)[0]._head_timer is None)
    assert limits.closed == {}


async def test_an_upload_may_take_longer_than_a_head() -> None:
    async def upload(request: web.BaseRequest) -> RawResponse:
        assert await request.read() == b"abc"
        return RawResponse(OK, keep_alive=True)

    limits = ConnectionLimits(Bounds(8, 8), RealWorld().now)
    async with serving(upload, limits, head_timeout_s=0.05) as (reader, writer):
        writer.write(b"POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\n")
        await until(lambda: limits)
        [connection] = connections(limits)
        for byte in (b"a", b"b", b"c"):
            await until(lambda: connection._head_timer is None)
            writer.write(byte)
        assert await answer(reader) == (200, b"ok")


@pytest.mark.parametrize("gone", [False, True], ids=["its app waits", "its app has gone"])
async def test_the_end_cancels_what_is_under_way_and_closes(*, gone: bool) -> None:
    story: list[str] = []

    async def endless(_: web.BaseRequest) -> RawResponse:
        story.append("begun")
        try:
            await asyncio.Event().wait()
        finally:
            story.append("cancelled")
        raise AssertionError

    server = app_server(endless)
    async with listening(server) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        idle, its_writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(WHOLE)
        await until(lambda: story)
        if gone:
            await hang_up(writer)
            await until(lambda: server._outliving)
        await server.end(5.0)
        assert story == ["begun", "cancelled"]
        assert await idle.read() == b""
        if not gone:
            assert await reader.read() == b""
        await hang_up(writer)
        await hang_up(its_writer)


async def test_an_app_that_goes_away_in_the_middle_of_its_content_is_no_bug() -> None:
    bugs: list[BaseException | None] = []

    async def reads(request: web.BaseRequest) -> RawResponse:
        await request.read()
        return RawResponse(OK, keep_alive=True)

    def bad_request(status: int, what: str, bug: BaseException | None) -> bytes:
        bugs.append(bug)
        return f"HTTP/1.1 {status} {what}\r\n\r\n".encode()

    limits = ConnectionLimits(Bounds(8, 8), RealWorld().now)
    server = AppServer(reads, bad_request, limits=limits, head_timeout_s=30.0, body_max_bytes=1000, lingering_time=1.0)
    async with connected(server) as (_, writer):
        writer.write(b"POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n\r\nab")
        await until(lambda: server.connections and server.requests_count)
        writer.transport.abort()
        await until(lambda: bugs or not server.connections)
    assert bugs in ([], [None])
