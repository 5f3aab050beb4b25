"""Passes a connection through once both sides have agreed to speak another protocol on it (WebSocket, RFC 6455).

The handshake went through the pipeline like any call, our credential included. After it this carries bytes, both ways,
and reads none of them. Each way waits for a slow reader; a connection on which nothing moves is ended.

The app's side leans on the place that aiohttp's server keeps for its own reader of frames; see tidegate.proxy.server.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from tidegate.plan import OperationPlan
from tidegate.proxy.call import Attempt, Call, Reply, Streamed
from tidegate.proxy.policies.outcome import Verdict
from tidegate.proxy.server import cancel_when_gone
from tidegate.proxy.transport import READ_BYTES, Tunnel, VendorAnswer
from tidegate.proxy.upstream import Upstream
from tidegate.world import World


class _Way:
    """Bytes that have come from one side, on their way to the other. Holds `READ_BYTES` and what one read brings."""

    def __init__(self, pause: Callable[[], None], resume: Callable[[], None]) -> None:
        self.error: BaseException | None = None
        self._pause = pause
        self._resume = resume
        self._held: deque[bytes] = deque()
        self._bytes = 0
        self._ended = False
        self._news = asyncio.Event()

    def put(self, data: bytes) -> None:
        """They have come."""
        self._held.append(data)
        self._bytes += len(data)
        self._news.set()
        if self._bytes > READ_BYTES:
            self._pause()

    def end(self, error: BaseException | None = None) -> None:
        """No more will come."""
        self._ended, self.error = True, error
        self._news.set()

    async def get(self) -> bytes:
        """The next ones; empty at the end."""
        while not self._held:
            if self._ended:
                return b""
            self._news.clear()
            await self._news.wait()
        data = b"".join(self._held)
        self._held.clear()
        if self._bytes > READ_BYTES:
            self._resume()
        self._bytes = 0
        return data


class _AppReader:
    """In the place where aiohttp's server puts its own reader of WebSocket frames."""

    def __init__(self, way: _Way) -> None:
        self._way = way

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Bytes have come."""
        self._way.put(data)
        return False, b""

    def feed_eof(self) -> None:
        """The app has gone."""
        self._way.end()


class Passthrough:
    """Carries the tunnels of one operation."""

    def __init__(self, plan: OperationPlan, upstream: Upstream) -> None:
        self._plan = plan
        self._world = upstream.world

    async def __call__(self, call: Call, made: Attempt, answer: VendorAnswer) -> Reply:
        """The reply to a 101, once the tunnel has ended."""
        tunnel, visit = answer.tunnel, call.way_back
        assert tunnel is not None
        try:
            reply = Reply(answer.status, answer.reason, answer.raw_headers, b"", Verdict.SUCCESS, answer.headers)
            reply.streamed, reply.whole = True, False
            stream = visit.open_stream(self._world, call, reply) if visit is not None else None
            if stream is None or visit is None or visit.request is None:
                reply.verdict = Verdict.CANCELLED
                return reply
            made.headed, call.streamed = self._world.now(), Streamed()
            for told in call.at_commit:
                told()
            try:
                await stream.begin()
                await _Carrier(self._world, self._plan, call.streamed).carry(visit.request, tunnel)
            except _Broken as broken:
                reply.verdict, reply.error, reply.detail = Verdict.FAILED, broken.error, str(broken)
            except ConnectionError:
                reply.verdict, reply.error = Verdict.CANCELLED, "connection_terminated"
            finally:
                stream.close()
            return reply
        finally:
            tunnel.close()


class _Broken(Exception):
    """The tunnel did not end by either side's will. `error` is an RFC 9209 §2.3 error type."""

    def __init__(self, error: str, detail: str) -> None:
        super().__init__(detail)
        self.error = error


class _Carrier:
    def __init__(self, world: World, plan: OperationPlan, told: Streamed) -> None:
        self._world = world
        self._plan = plan
        self._told = told
        self._moved_at = world.now()
        self._ends = self._moved_at + plan.stream_total_s

    async def carry(self, request: web.BaseRequest, tunnel: Tunnel) -> None:
        """Until one side ends it, or nothing moves any more. Raises _Broken and ConnectionError."""
        protocol: RequestHandler = request.protocol
        cancel_when_gone(protocol, cancel=False)  # the app's going is the tunnel's ordinary end
        transport = protocol.transport
        if transport is None:
            raise ConnectionResetError("the app closed the connection")
        from_vendor, from_app = (
            _Way(tunnel.pause, tunnel.resume),
            _Way(transport.pause_reading, transport.resume_reading),
        )
        tunnel.start(from_vendor.put, from_vendor.end)
        protocol.set_parser(_AppReader(from_app))  # type: ignore[arg-type]  # what is called of it is there

        def to_app(data: bytes) -> None:
            self._told.bytes += len(data)
            if protocol.transport is not None:
                protocol.transport.write(data)

        ways = [
            asyncio.create_task(self._flow(from_vendor, to_app, protocol._drain_helper)),  # noqa: SLF001
            asyncio.create_task(self._flow(from_app, tunnel.write, tunnel.drained)),
        ]
        try:
            await self._until_quiet(ways)
        finally:
            for way in ways:
                way.cancel()
        if from_vendor.error is not None:
            raise _Broken("connection_terminated", "the vendor's connection was lost")

    async def _flow(self, way: _Way, write: Callable[[bytes], None], drained: Callable[[], Awaitable[None]]) -> None:
        while data := await way.get():
            self._moved_at = self._world.now()
            write(data)
            await drained()

    async def _until_quiet(self, ways: list["asyncio.Task[None]"]) -> None:
        now, idle_s = self._world.now, self._plan.stream_idle_s
        while True:
            until = min(self._moved_at + idle_s, self._ends)
            ended, _ = await asyncio.wait(ways, timeout=max(until - now(), 0.0), return_when=asyncio.FIRST_COMPLETED)
            if ended:
                for way in ended:
                    if isinstance(error := way.exception(), Exception) and not isinstance(error, ConnectionError):
                        raise error
                return
            if now() >= self._ends:
                raise _Broken("connection_timeout", "the connection was open for too long")
            if now() >= self._moved_at + idle_s:
                raise _Broken("connection_read_timeout", f"nothing moved for {idle_s:g} s")
