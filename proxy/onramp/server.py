"""The app's side of HTTP on aiohttp's low-level server: replies that are bytes already, and errors that are ours.

What is relied on beyond the documented API (`handle_error`) is held by tests/proxy/onramp/test_server.py; aiohttp's
minor version is pinned.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage
from aiohttp.streams import StreamReader
from aiohttp.web_protocol import RequestHandler, _ErrInfo
from yarl import URL

from tidegate.proxy.access.peers import Peer, peer_of
from tidegate.proxy.call.content import GarbledContent
from tidegate.proxy.onramp.connection_limits import ConnectionLimits
from tidegate.proxy.onramp.refusal import HEAD_LINES_MAX, beyond_bounds
from tidegate.world.descriptors import in_reserve
from tidegate.world.paused_reading import PausedReading
from tidegate.world.raw_response import RawResponse

BadRequestWriter = Callable[[int, str, BaseException | None], bytes]
"""Makes the whole reply where there is none: (status, what is wrong, a bug of ours or None) → bytes.

Without a bug the request could not be read. 408 is a head that came too slowly, 503 a connection that is not taken."""

IDLE_MAX_S = 650.0
"""For a connection without a request. Google's load balancers keep theirs for 600 s, and should close first."""


HEAD_END = b"\r\n\r\n"
PIECES_MAX = 64
"""Of one piece of the wire so many are made at most."""


class AppConnection(PausedReading, RequestHandler):
    """One connection of an app. Its head timer runs from its beginning, or from the first byte of a later head."""

    __slots__ = (
        "_address",
        "_head_began",
        "_head_timer",
        "_heads_before",
        "_was_paused",
        "cancel_when_gone",
        "head_timeout_s",
        "keeps_reserve",
        "limits",
        "peer",
        "write_bad_request",
    )  # fmt: skip
    write_bad_request: BadRequestWriter
    cancel_when_gone: bool
    limits: ConnectionLimits
    head_timeout_s: float
    keeps_reserve: bool
    peer: Peer | None
    """Who is at the other end, once that was asked for."""
    _head_timer: asyncio.TimerHandle | None
    _heads_before: int
    """Requests that had come when the timer was set."""
    _head_began: bool

    @property
    def unoccupied(self) -> bool:
        """True where it waits for a request, or for the rest of one's head."""
        return self._waiter is not None and not self._waiter.done()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count it; where there is no room, say so and close. A head must come in time."""
        self._head_timer, self._head_began, self._was_paused, self.peer = None, False, False, None
        peer = transport.get_extra_info("peername")
        self._address = str(peer[0]) if isinstance(peer, tuple) else ""
        super().connection_made(transport)
        if self.limits.enter(self, self._address, last=self.keeps_reserve and in_reserve(transport)):
            self._expect_head()
        else:
            self._refuse(503, "Too many connections are open.")

    def data_received(self, data: bytes) -> None:
        """Where no request was whole after it, the rest of a head must come in time."""
        busy, count = self._current_request, self._request_count
        last = self._messages[-1][1] if self._messages else None if busy is None else busy.content
        beyond = last is not None and not self._upgraded and last.is_eof()
        several = (beyond or last is None) and data.count(HEAD_END) > 1
        for piece in _heads_apart(data) if several else (data,):
            super().data_received(piece)
            if count != self._request_count and isinstance(self._messages[-1][0], _ErrInfo):
                if len(self._messages) > 1:
                    self._garble(self._messages[-2][1])
                elif busy is not None:
                    self._garble(busy.content)
                break
        waiter = self._waiter
        if (beyond or (waiter is not None and not waiter.done())) and count == self._request_count and data:
            self._head_began = True
            if self._head_timer is None or self._heads_before != count:
                self._expect_head()

    def _garble(self, content: StreamReader) -> None:
        """Tell the reader of a content that what comes next cannot be parsed, unless it has ended."""
        if not content.is_eof():
            content.set_exception(GarbledContent("its chunks cannot be read"))
            self._lingering_time = 0.0  # and there is no rest of it to wait for

    def connection_lost(self, exc: BaseException | None) -> None:
        """The app has gone: nobody needs the answer to a read, while a write is finished for its record's sake."""
        self.limits.leave(self)
        if self._head_timer is not None:
            self._head_timer.cancel()
        task, server = self._task_handler, self._manager
        super().connection_lost(exc)
        if task is None:
            return
        if self.cancel_when_gone:
            task.cancel()
        elif isinstance(server, AppServer):
            server.outlive(task)

    @property
    def busy(self) -> bool:
        """True while a request is under way, or an answer is not all in the system's hands."""
        waits = self.transport is not None and self.transport.get_write_buffer_size() > 0
        return self._request_in_progress or waits

    def end(self) -> "asyncio.Task[None] | None":
        """Cancel what is under way, so that a stream looks broken, and close. Returns what is left to wait for."""
        task = self._task_handler
        if task is None or self.unoccupied:
            self.force_close()
            return None
        task.cancel()
        return task

    def make_room(self) -> None:
        """Close it, which waits for a request, for another."""
        self.force_close()

    def detach(self) -> tuple[asyncio.Transport, bytes]:
        """Give the connection away, for another protocol: its transport, and what was read behind the last request.

        Nobody reads from it until the new one says so. The handler of the request must return DETACHED.
        """
        early, transport = self._message_tail, self.transport
        assert transport is not None
        transport.pause_reading()
        self.transport, self._message_tail, self.cancel_when_gone = None, b"", False
        self.connection_lost(None)
        return transport, early

    def _expect_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
        self._heads_before = self._request_count
        self._head_timer = self._loop.call_later(self.head_timeout_s, self._head_is_late)

    def _head_is_late(self) -> None:
        self._head_timer = None
        if self.transport is None or self._request_count != self._heads_before:
            return
        if not self.unoccupied:
            self._expect_head()  # a call is under way, and behind it half a head
            return
        self.limits.count("slow head", self._address)
        if self._head_began:
            self._refuse(408, f"its head did not come in {self.head_timeout_s:g} s")
        else:
            self.force_close()  # who has said nothing asked for nothing

    def _refuse(self, status: int, what: str) -> None:
        assert self.transport is not None
        self.transport.write(self.write_bad_request(status, what, None))
        self.force_close()

    def handle_error(
        self,
        request: web.BaseRequest,  # noqa: ARG002 - the signature that aiohttp calls
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """A request that could not be parsed, or a handler that failed (500). It always ends the connection."""
        status, message = beyond_bounds(exc) or (status, message)
        if isinstance(exc, ConnectionError) and self.transport is None:
            status, message = 400, "the app went away before its content had ended"
        data = self.write_bad_request(status, message or "the request cannot be read", exc if status == 500 else None)
        return RawResponse(data, keep_alive=False)  # type: ignore[return-value]  # the duck type that finish_response uses


NOWHERE = URL("/")


def _heads_apart(data: bytes) -> list[bytes]:
    """The same bytes, cut behind each head that may end in them.

    aiohttp's parser drops the requests that stand in one piece with one that cannot be read, and those behind one that
    asks for a protocol that it does not know.
    """
    parts = data.split(HEAD_END, PIECES_MAX)
    last = parts.pop()
    return [part + HEAD_END for part in parts] + ([last] if last else [])


class AppServer(web.Server):
    """Makes the connections. With `keeps_reserve` it leaves the last descriptors to others."""

    connection_class: type[AppConnection] = AppConnection

    def __init__(
        self,
        handler: Callable[[web.BaseRequest], object],
        bad_request: BadRequestWriter,
        *,
        limits: ConnectionLimits,
        head_timeout_s: float,
        keeps_reserve: bool = True,
        body_max_bytes: int,
        **options: Any,
    ) -> None:
        super().__init__(
            handler,  # type: ignore[arg-type]  # it returns the duck type
            request_factory=self._request,
            access_log=None,
            auto_decompress=False,
            keepalive_timeout=IDLE_MAX_S,
            max_headers=HEAD_LINES_MAX,
            **options,
        )
        self._bad_request = bad_request
        self._body_max_bytes = body_max_bytes
        self._limits = limits
        self._head_timeout_s = head_timeout_s
        self._keeps_reserve = keeps_reserve
        self._outliving: set[asyncio.Task[None]] = set()
        """What runs on for calls whose app has gone."""

    def __call__(self) -> RequestHandler:
        """A new connection."""
        connection = self.connection_class(self, loop=self._loop, **self._kwargs)
        connection.limits, connection.head_timeout_s = self._limits, self._head_timeout_s
        connection.keeps_reserve = self._keeps_reserve
        connection.write_bad_request = self._bad_request
        connection.cancel_when_gone = False
        return connection

    @property
    def busy(self) -> bool:
        """True while a request is under way on any connection, or an answer leaves."""
        return any(isinstance(connection, AppConnection) and connection.busy for connection in self._connections)

    def outlive(self, task: "asyncio.Task[None]") -> None:
        """Keep hold of a call whose app has gone, so that `end` can end it."""
        if not task.done():
            self._outliving.add(task)
            task.add_done_callback(self._outliving.discard)

    async def end(self, within_s: float) -> None:
        """Cancel what is under way, give it so many seconds for its records, and close every connection."""
        tasks = {task for task in self._outliving if task.cancel()}
        for connection in self.connections:
            if isinstance(connection, AppConnection) and (task := connection.end()) is not None:
                tasks.add(task)
        if tasks:
            await asyncio.wait(tasks, timeout=within_s)
        for connection in self.connections:
            connection.force_close()

    def _request(
        self,
        message: RawRequestMessage,
        payload: StreamReader,
        protocol: RequestHandler,
        writer: AbstractStreamWriter,
        task: "asyncio.Task[None]",
    ) -> web.BaseRequest:
        if cast("URL | None", message.url) is None:  # of some targets aiohttp's parser makes none, and then fails on it
            message = message._replace(url=NOWHERE, path=message.path or "")
        return web.BaseRequest(
            message, payload, protocol, writer, task, self._loop, client_max_size=self._body_max_bytes
        )


def cancel_when_gone(protocol: RequestHandler, *, cancel: bool) -> None:
    """Choose if the call under way on this connection is cancelled when the app closes it."""
    assert isinstance(protocol, AppConnection)
    protocol.cancel_when_gone = cancel


def known_peer(protocol: RequestHandler) -> Peer:
    """Who is at the other end of a connection, as TLS or the kernel vouches for it."""
    assert isinstance(protocol, AppConnection)
    if protocol.peer is None:
        protocol.peer = peer_of(protocol)
    return protocol.peer
