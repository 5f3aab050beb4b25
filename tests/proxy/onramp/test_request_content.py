"""The content of a request as it is received: whole, passed on as it comes, or refused."""

import asyncio
from dataclasses import replace
from functools import partial

import pytest
from aiohttp import web

from tests.proxy.onramp.test_server import answer, serving
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.content import (
    EMPTY_CONTENT,
    NO_CONTENT,
    Content,
    Garbled,
    StreamedContent,
    TooLarge,
    WholeContent,
)
from tidegate.proxy.call.reply import Reply, refused
from tidegate.proxy.onramp.request_content import absent, read_content
from tidegate.world.raw_response import RawResponse
from tidegate.world.world import RealWorld


@pytest.mark.parametrize(
    ("method", "content"),
    [
        ("POST", EMPTY_CONTENT),
        ("PUT", EMPTY_CONTENT),
        ("PATCH", EMPTY_CONTENT),
        ("GET", NO_CONTENT),
        ("DELETE", NO_CONTENT),
    ],
)
def test_a_method_that_foresees_content_says_that_there_is_none(method: str, content: Content) -> None:
    assert absent(method) is content


@pytest.mark.parametrize(
    ("method", "sent", "framing"),
    [
        ("POST", b"abc", b"Content-Length: 3\r\n"),
        ("GET", b"abc", b"Content-Length: 3\r\n"),
        ("POST", b"", b"Content-Length: 0\r\n"),
        ("GET", b"", b""),
    ],
)
async def test_content_frames_itself(method: str, sent: bytes, framing: bytes) -> None:
    contents: list[Content] = []

    async def handle(request: web.BaseRequest) -> RawResponse:
        world = RealWorld()
        content = await read_content(request, world, world.now() + 60, kept_max=500, bytes_max=1000, idle_s=60.0)
        assert not isinstance(content, Reply)
        contents.append(content)
        return RawResponse(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", keep_alive=True)

    async with serving(handle) as (reader, writer):
        head = f"{method} / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        writer.write(head + (b"%x\r\n%b\r\n" % (len(sent), sent) if sent else b"") + b"0\r\n\r\n")
        assert await answer(reader) == (200, b"")
    assert [(content.whole, content.framing) for content in contents] == [(sent, framing)]


async def body_of(request: web.BaseRequest, within_s: float = 60.0) -> RawResponse:
    world = RealWorld()
    read = await read_content(request, world, world.now() + within_s, kept_max=500, bytes_max=1000, idle_s=within_s)
    if isinstance(read, StreamedContent):
        try:
            read = WholeContent(b"passed on: " + b"".join([piece async for piece in read.pieces()]))
        except TooLarge as error:
            read = refused(replace(PROBLEMS["bad-request"], status=413), str(error))
    status, body = (read.status, read.detail.encode()) if isinstance(read, Reply) else (200, read.whole or b"")
    return RawResponse(b"HTTP/1.1 %d OK\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body), keep_alive=False)


async def test_a_body_that_comes_in_pieces_is_read_whole() -> None:
    async with serving(body_of) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 6\r\n\r\nabc")
        await writer.drain()
        await RealWorld().sleep(0)
        writer.write(b"def")
        assert await answer(reader) == (200, b"abcdef")


async def test_a_client_that_waits_for_100_continue_gets_it() -> None:
    async with serving(body_of) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"abc")
        assert await answer(reader) == (200, b"abc")


async def test_a_body_over_the_limit_is_refused() -> None:
    async with serving(body_of) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n")
        writer.write(b"400\r\n" + b"a" * 1024 + b"\r\n")
        await writer.drain()
        await RealWorld().sleep(0)
        writer.write(b"0\r\n\r\n")
        status, detail = await answer(reader)
        assert status == 413
        assert b"1000" in detail


async def test_a_body_longer_than_is_kept_is_handed_over_to_be_passed_on() -> None:
    begun = asyncio.Event()

    async def handle(request: web.BaseRequest) -> RawResponse:
        world = RealWorld()
        read = await read_content(request, world, world.now() + 60, kept_max=500, bytes_max=1000, idle_s=60.0)
        assert isinstance(read, StreamedContent)
        assert read.begun == b"a" * 600
        begun.set()
        body = b"".join([piece async for piece in read.pieces()])
        return RawResponse(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body), keep_alive=False)

    async with serving(handle) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 900\r\n\r\n" + b"a" * 600)
        await begun.wait()
        writer.write(b"b" * 300)
        assert await answer(reader) == (200, b"a" * 600 + b"b" * 300)


@pytest.mark.parametrize(
    ("begun", "status"), [(b"3\r\nabc\r\n", 400), (b"258\r\n" + b"a" * 600 + b"\r\n", 0)], ids=["kept", "passed on"]
)
async def test_a_body_whose_chunks_cannot_be_read_is_told_so_at_once(begun: bytes, status: int) -> None:
    came = asyncio.Event()

    async def handle(request: web.BaseRequest) -> RawResponse:
        if status:
            asyncio.get_running_loop().call_soon(came.set)
            return await body_of(request)
        world = RealWorld()
        read = await read_content(request, world, world.now() + 60, kept_max=500, bytes_max=1000, idle_s=60.0)
        assert isinstance(read, StreamedContent)
        came.set()
        with pytest.raises(Garbled, match="cannot be read") as raised:
            _ = [piece async for piece in read.pieces()]
        return RawResponse(b"HTTP/1.1 %d \r\nContent-Length: 0\r\n\r\n" % raised.value.status, keep_alive=False)

    async with serving(handle) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n" + begun)
        await came.wait()
        writer.write(b"zz\r\n")
        assert (await answer(reader))[0] == 400


async def test_a_body_that_says_it_is_too_long_is_refused_before_it_is_read() -> None:
    async with serving(body_of) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1001\r\n\r\n")
        assert (await answer(reader))[0] == 413


async def test_a_body_that_never_ends_is_refused_in_time() -> None:
    async with serving(partial(body_of, within_s=0.5)) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 6\r\n\r\nabc")
        assert (await answer(reader))[0] == 408


async def test_a_body_that_is_said_to_be_too_long_is_not_waited_for() -> None:
    async with serving(body_of) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1001\r\n\r\n")
        assert (await answer(reader))[0] == 413


@pytest.mark.parametrize(
    "codings",
    [b"gzip, chunked", b"identity, chunked", b", chunked", b"chunked, chunked", b"gzip\r\nTransfer-Encoding: chunked"],
)
async def test_a_transfer_coding_that_is_not_undone_is_refused(codings: bytes) -> None:
    async with serving(body_of) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: %b\r\n\r\n2\r\nab\r\n0\r\n\r\n" % codings)
        assert (await answer(reader))[0] in (400, 501)
