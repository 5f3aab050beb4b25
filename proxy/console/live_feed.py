"""Tells open pages that something has changed, by server-sent events (HTML Living Standard §9.2): no content, a number.

A page that hears of a change loads itself anew and takes over what differs, so there is one way of making a page. One
timer looks for all listeners. There are at most LISTENERS_MAX of them; one that does not read is dropped.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

from aiohttp import web

from tidegate.proxy.desk.page import Page
from tidegate.proxy.onramp.server import cancel_when_gone
from tidegate.world.world import World

LISTENERS_MAX = 12
"""Fewer than the connections of the admin port, of which probes and scrapers need some."""
VISITOR_LISTENERS_MAX = 4
"""Of one session, or of one address: a browser opens six connections to one address, and pages need some of them."""
LOOK_S = 2.0
"""It is looked so often whether something has changed, while somebody listens."""
BEATS = 7
"""After so many looks without a change a line is sent all the same, so that nobody on the way takes it for dead."""
UNREAD_BYTES_MAX = 4096
"""Who has left so much unread is dropped."""
AGE_S = 900.0
"""Then a listener has to come again, with a session that is still good."""

HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-store\r\n"
    b"X-Content-Type-Options: nosniff\r\nX-Accel-Buffering: no\r\nConnection: close\r\n\r\nretry: 3000\n\n"
)
Revision = Callable[[], Awaitable[int]]


class LiveFeed:
    """The feed of one console. `revision` is another number whenever something has changed."""

    def __init__(self, world: World, revision: Revision) -> None:
        self._world, self._revision = world, revision
        self._listeners: dict[asyncio.Transport, asyncio.Future[None]] = {}
        self._visitors = Counter[str]()
        """Visitor → how often they listen."""
        self._task: asyncio.Task[None] | None = None
        self.dropped = 0
        """Listeners that did not read."""

    def __len__(self) -> int:
        """Those who listen."""
        return len(self._listeners)

    def stream(self, visitor: str) -> "LiveStream | Page":
        """The stream for one more listener, or why there is none. `visitor` is a session or an address."""
        if len(self._listeners) >= LISTENERS_MAX or self._visitors[visitor] >= VISITOR_LISTENERS_MAX:
            return Page(503, b"too many pages are open", "text/plain; charset=utf-8", headers=(("Retry-After", "30"),))
        return LiveStream(self, visitor)

    async def listen(self, request: web.BaseRequest, visitor: str) -> None:
        """Send events to whoever asks until they go. Raises ConnectionResetError where they have gone already."""
        transport = request.transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError("the listener has gone")
        cancel_when_gone(request.protocol, cancel=True)
        transport.write(HEAD)
        ended = self._listeners[transport] = asyncio.get_running_loop().create_future()
        self._visitors[visitor] += 1
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._look())
        try:
            async with self._world.timeout(AGE_S):
                await ended
        except TimeoutError:
            return
        finally:
            self._listeners.pop(transport, None)
            self._visitors -= Counter([visitor])  # what is at 0 is gone
            if not self._listeners and self._task is not None:
                self._task.cancel()
                self._task = None

    async def _look(self) -> None:
        last, still = await self._revision(), 0
        while True:
            await self._world.sleep(LOOK_S)
            now = await self._revision()
            still = 0 if now != last else still + 1
            if now != last:
                self._tell(b"event: change\ndata: %d\n\n" % now)
            elif still % BEATS == 0:
                self._tell(b": nothing new\n\n")
            last = now

    def _tell(self, event: bytes) -> None:
        for transport, ended in tuple(self._listeners.items()):
            if transport.is_closing() or ended.done():
                continue
            if transport.get_write_buffer_size() > UNREAD_BYTES_MAX:
                self.dropped += 1
                transport.abort()
                ended.set_result(None)
            else:
                transport.write(event)


class LiveStream:
    """Stands in the place of a response, in the shape that aiohttp's server expects (tidegate.world.raw_response)."""

    keep_alive = False

    def __init__(self, feed: LiveFeed, visitor: str) -> None:
        self._feed, self._visitor = feed, visitor

    async def prepare(self, request: web.BaseRequest) -> None:
        """Send events until the listener goes."""
        await self._feed.listen(request, self._visitor)

    async def write_eof(self) -> None:
        """The connection's end is the stream's."""
