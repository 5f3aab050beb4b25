"""The transport's other path: aiohttp's documented ClientSession and nothing else of aiohttp.

Used where `transport: session` says so, and by itself with a version of aiohttp that the pool is not made for. It costs
about three times as much for each call. It needs real sockets and opens no tunnels (WebSocket); in all else it keeps
the promises of tidegate.proxy.wire.transport. ClientSession's own resend of some requests is refused here, by the
client middleware, which it passes again before it sends again.
"""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace

from aiohttp import (
    AddrInfoType,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientError,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
    TraceConfig,
)
from aiohttp.http_exceptions import HttpProcessingError
from multidict import CIMultiDict
from yarl import URL

from tidegate.proxy.call.permit import Permit
from tidegate.proxy.wire.dial import not_connected, not_resolved
from tidegate.proxy.wire.exchange_errors import (
    HEAD_LINE_BYTES_MAX,
    HEAD_LINES_MAX,
    NoAnswer,
    NotSent,
    TimerFired,
    no_answer,
)
from tidegate.proxy.wire.transport import (
    CONNECTIONS_MAX,
    IDLE_MAX_S,
    READ_BYTES,
    Origin,
    OutgoingStream,
    Rest,
    Timers,
    VendorAnswer,
    gathered,
    is_short,
)
from tidegate.world import descriptors
from tidegate.world.world import World

_AUTOMATIC = ("Accept", "Accept-Encoding", "User-Agent", "Content-Type")


class _Prohibited(OSError):
    """An address that must not be connected to."""


class _SentAgain(NoAnswer):
    """ClientSession wanted to send once more by itself, as it does where a used connection was lost."""

    stale = True


@dataclass(slots=True)
class _Progress:
    """The progress of one exchange. `clock` is reset when a connection is there, and when all is sent."""

    timers: Timers
    uploads: bool
    began_s: float
    passes: int = 0
    connected: bool = False
    failure: Exception | None = None
    """Of the body that is sent as it comes."""
    clock: asyncio.Timeout | None = None
    permit: Permit | None = None
    """Tells the limits when the request leaves: once there is a connection."""

    def leave(self) -> None:
        """There is a connection, or there will be none."""
        permit, self.permit = self.permit, None
        if permit is not None:
            permit.leave()

    def allow(self, seconds: float) -> None:
        """Let the next step take so many seconds."""
        if self.clock is not None:
            self.clock.reschedule(asyncio.get_running_loop().time() + seconds)

    def sent(self) -> None:
        """Now the vendor's answer is waited for."""
        self.allow(self.timers.first_s(asyncio.get_running_loop().time()))


_PROGRESS: ContextVar[_Progress] = ContextVar("_PROGRESS")


class SessionTransport:
    """See tidegate.proxy.wire.transport.Transport."""

    def __init__(self, world: World, origin: Origin) -> None:
        self.origin = origin
        self._world = world
        self._sessions: dict[bool, ClientSession] = {}
        self._open = 0
        self._retired = False
        self._closing: asyncio.Task[None] | None = None

    @property
    def open(self) -> int:
        """Connections that are leased; the idle ones are aiohttp's secret."""
        return self._open

    @property
    def leased(self) -> int:
        """See Transport.leased."""
        return self._open

    async def exchange(
        self,
        request: bytes,
        *,
        method: str,
        idle_max_s: float,
        timers: Timers,
        stream: OutgoingStream | None = None,
        upgrade: bool = False,
    ) -> VendorAnswer:
        """See Transport.exchange."""
        if upgrade:
            raise NotSent("http_upgrade_failed", "`transport: session` opens no tunnels")
        if self._open >= CONNECTIONS_MAX:
            raise NotSent("connection_limit_reached", f"{CONNECTIONS_MAX} connections to the vendor are open")
        progress = _Progress(timers, stream is not None, self._world.now(), permit=timers.permit)
        _PROGRESS.set(progress)
        if timers.permit is not None:
            timers.permit.hold()
        ends = self._world.now() + timers.total_s + (timers.upload_s if stream is not None else 0.0)
        self._open += 1
        response, handed_over = None, False
        try:
            async with self._world.timeout(timers.connect_s) as progress.clock:
                response = await self._send(method, request, stream, fresh=idle_max_s < IDLE_MAX_S)
            answer = VendorAnswer(response.status, response.reason or "", response.headers, response.raw_headers, b"")
            if response.content.is_eof():
                answer.body = response.content.read_nowait()
                return answer
            timers.report_head(answer)
            handed_over = True
        except (TimeoutError, ClientError, HttpProcessingError, TimerFired, OSError) as error:
            raise self._failure(progress, error) from error
        finally:
            progress.leave()
            if not handed_over:
                self._end(response)
        answer.rest = Rest(self._world, response.content, lambda: self._end(response))
        return await gathered(answer, timers.idle_s, min(ends, timers.ends)) if is_short(response.headers) else answer

    def _failure(self, progress: _Progress, error: Exception) -> Exception:
        timers = progress.timers
        if progress.failure is not None:
            return progress.failure
        if isinstance(error, TimeoutError):
            if not progress.connected:
                return NotSent("connection_timeout", f"no connection in {timers.connect_s:g} s")
            first_s = min(timers.first_byte_s, timers.total_s)
            return NoAnswer("http_response_timeout", f"no answer in {first_s:g} s")
        return self._not_connected(error) if isinstance(error, ClientConnectorError) else no_answer(error)

    def make_room(self) -> bool:
        """See Transport.make_room. aiohttp keeps its idle ones to itself."""
        return False

    async def close(self) -> None:
        """See Transport.close. aiohttp closes the leased ones too, so that waits until they are back."""
        self._retired = True
        while self._sessions and self._open == 0:
            _, session = self._sessions.popitem()
            await session.close()

    async def _send(self, method: str, request: bytes, stream: OutgoingStream | None, *, fresh: bool) -> ClientResponse:
        target, headers, body = _parsed(request)
        origin = self.origin
        host = f"[{origin.host}]" if ":" in origin.host else origin.host
        scheme = "https" if origin.tls is not None else "http"
        headers.popall("Transfer-Encoding", None)
        return await self._session(fresh=fresh).request(
            method,
            URL(f"{scheme}://{host}:{origin.port}{target}", encoded=True),
            headers=headers,
            data=_tracked_pieces(stream) if stream is not None else body or None,
            allow_redirects=False,
            skip_auto_headers=_AUTOMATIC,
            ssl=origin.tls if origin.tls is not None else True,
            read_bufsize=READ_BYTES,
        )

    def _end(self, response: ClientResponse | None) -> None:
        self._open -= 1
        if response is not None:
            if response.content.at_eof():
                response.release()
            else:
                response.close()
        if self._retired and self._open == 0:
            self._closing = asyncio.get_running_loop().create_task(self.close())

    def _session(self, *, fresh: bool) -> ClientSession:
        if fresh not in self._sessions:
            connector = TCPConnector(
                limit=0,
                force_close=fresh,
                socket_factory=self._socket,
                keepalive_timeout=None if fresh else IDLE_MAX_S,
            )
            self._sessions[fresh] = ClientSession(
                connector=connector,
                timeout=ClientTimeout(total=None, connect=None, sock_connect=None, sock_read=None),
                cookie_jar=DummyCookieJar(),
                auto_decompress=False,
                max_line_size=HEAD_LINE_BYTES_MAX,
                max_field_size=HEAD_LINE_BYTES_MAX,
                max_headers=HEAD_LINES_MAX,
                middlewares=(_once,),
                trace_configs=[_tracing()],
            )
        return self._sessions[fresh]

    def _socket(self, address: AddrInfoType) -> socket.socket:
        """Called for each address before it is connected to: the address that is checked is the one that is used."""
        family, kind, protocol, _, where = address
        decision = self.origin.judged(str(where[0]))
        if decision.refused:
            raise _Prohibited(decision.reason)
        made = socket.socket(family=family, type=kind, proto=protocol)
        if made.fileno() >= descriptors.reserved_from():
            made.close()
            raise OSError(errno.EMFILE, "the last descriptors are kept for the proxy itself")
        return made

    def _not_connected(self, error: ClientConnectorError) -> NotSent:
        host, cause = self.origin.host, error.os_error
        if isinstance(error, ClientConnectorDNSError):
            return not_resolved(cause, host)
        if isinstance(cause, _Prohibited) or isinstance(cause.__cause__, _Prohibited):
            return NotSent("destination_ip_prohibited", f"{host}: {cause}")
        return not_connected(cause, host, self.origin.port)


async def _once(request: ClientRequest, send: Callable[[ClientRequest], Awaitable[ClientResponse]]) -> ClientResponse:
    progress = _PROGRESS.get()
    progress.passes += 1
    if progress.passes > 1:
        raise _SentAgain("connection_terminated", "the connection was lost before the answer")
    return await send(request)


def _tracing() -> TraceConfig:
    async def connected(_session: ClientSession, _context: SimpleNamespace, _event: object) -> None:
        progress = _PROGRESS.get()
        progress.connected = True
        progress.leave()
        timers, took_s = progress.timers, asyncio.get_running_loop().time() - progress.began_s
        timers.total_s = max(timers.total_s - took_s, 0.0)
        if progress.uploads:
            progress.allow(progress.timers.upload_s)
        else:
            progress.sent()

    tracing = TraceConfig()
    tracing.on_connection_create_end.append(connected)
    tracing.on_connection_reuseconn.append(connected)
    return tracing


async def _tracked_pieces(body: OutgoingStream) -> AsyncIterator[bytes]:
    progress = _PROGRESS.get()
    try:
        async for piece in body.pieces():
            yield piece
    except Exception as error:
        progress.failure = error
        raise
    progress.sent()


def _parsed(request: bytes) -> tuple[str, CIMultiDict[str], bytes]:
    """Target, header lines and body of a request that tidegate.proxy.upstream.request_writer has written."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    return first.split(" ")[1], CIMultiDict((name, value) for name, _, value in pairs), body
