"""Tests of tidegate.proxy.console.live_feed, over real sockets; the world's sleep ends when the test says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from aiohttp import web

from tests.serving import connected
from tests.waiting import settle
from tidegate.proxy.console import live_feed
from tidegate.proxy.console.live_feed import BEATS, LISTENERS_MAX, VISITOR_LISTENERS_MAX, LiveFeed, LiveStream
from tidegate.proxy.desk.page import Page
from tidegate.proxy.onramp.connection_limits import Bounds, ConnectionLimits
from tidegate.proxy.onramp.server import AppServer
from tidegate.world.world import RealWorld


class Looks(RealWorld):
    """A world in which each look waits for the test."""

    def __init__(self) -> None:
        super().__init__()
        self.due = asyncio.Semaphore(0)

    async def sleep(self, delay_s: float) -> None:
        await self.due.acquire()


class Feed:
    """A feed and its server."""

    def __init__(self) -> None:
        self.world, self.number = Looks(), 1
        self.feed = LiveFeed(self.world, self.revision)
        self.refused = 0

    async def revision(self) -> int:
        return self.number

    async def handle(self, _: web.BaseRequest) -> LiveStream:
        stream = self.feed.stream("ada")
        assert isinstance(stream, LiveStream)
        return stream

    async def look(self) -> None:
        self.world.due.release()
        await settle()

    @asynccontextmanager
    async def listener(self) -> AsyncIterator[asyncio.StreamReader]:
        limits = ConnectionLimits(Bounds(4, 4), self.world.now)
        server = AppServer(
            self.handle, lambda *_: b"", limits=limits, head_timeout_s=5.0, keeps_reserve=False, body_max_bytes=100
        )
        async with connected(server) as (reader, writer):
            writer.write(b"GET /console/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b"text/event-stream" in await reader.readuntil(b"retry: 3000\n\n")
            yield reader


async def test_a_change_is_told_once_and_nothing_else_of_it() -> None:
    feed = Feed()
    async with feed.listener() as reader:
        feed.number = 7
        await feed.look()
        await feed.look()
        feed.number = 8
        await feed.look()
        assert await reader.readuntil(b"8\n\n") == b"event: change\ndata: 7\n\nevent: change\ndata: 8\n\n"


async def test_a_line_comes_now_and_then_where_nothing_changes() -> None:
    feed = Feed()
    async with feed.listener() as reader:
        for _ in range(BEATS):
            await feed.look()
        assert await reader.readuntil(b"\n\n") == b": nothing new\n\n"


async def test_nobody_looks_once_the_last_listener_has_gone() -> None:
    feed = Feed()
    async with feed.listener():
        assert (len(feed.feed), feed.feed._task is not None) == (1, True)
    await settle()
    assert (len(feed.feed), feed.feed._task) == (0, None)


async def test_who_does_not_read_is_dropped(monkeypatch: object) -> None:
    feed = Feed()
    async with feed.listener() as reader:
        (transport,) = feed.feed._listeners
        reader._transport.pause_reading()  # type: ignore[attr-defined]  # a client that reads nothing
        transport.write(bytes(8 * 1024 * 1024))  # more than the system takes
        feed.number = 2
        await feed.look()
        assert (feed.feed.dropped, len(feed.feed)) == (1, 0)


def test_there_are_no_more_listeners_than_may_be() -> None:
    feed = LiveFeed(RealWorld(), Feed().revision)
    feed._listeners = {object(): object() for _ in range(LISTENERS_MAX)}  # type: ignore[misc]  # they are only counted
    refused = feed.stream("ada")
    assert isinstance(refused, Page)
    assert (refused.status, refused.headers) == (503, (("Retry-After", "30"),))
    assert live_feed.LISTENERS_MAX < 32


async def test_one_visitor_has_fewer_so_that_a_browser_is_not_left_without_connections() -> None:
    feed = Feed()
    async with AsyncExitStack() as stack:
        for _ in range(VISITOR_LISTENERS_MAX):
            await stack.enter_async_context(feed.listener())
        assert isinstance(feed.feed.stream("ada"), Page)
        assert isinstance(feed.feed.stream("bob"), LiveStream)
    await settle()
    assert isinstance(feed.feed.stream("ada"), LiveStream)
