"""Passes a connection through once both sides have agreed to speak another protocol on it (WebSocket, RFC 6455).

The handshake went through the pipeline like any call, our credential included. After it this carries bytes, both
ways, and reads none of them but for our own secrets, which are masked for the app, so that closes, pings and
extensions are the two ends' own business. Each way waits for a slow reader. An end that comes without a close frame
comes so to the other end too, which then knows that the connection broke (status 1006, RFC 6455 §7.1.5). Only where
the proxy itself stops does it put in a close of its own.

The app's side leans on the place that aiohttp's server keeps for its own reader of frames; see
tidegate.proxy.onramp.server.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Literal

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from tidegate.plan.plan import OperationPlan
from tidegate.proxy.call.attempt import Attempt
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import Reply, Streamed
from tidegate.proxy.onramp.server import cancel_when_gone
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.proxy.wire.transport import READ_BYTES, Tunnel, VendorAnswer
from tidegate.proxy.wire.websocket_frames import GOING_AWAY, FrameReader, close_frame
from tidegate.redaction.echo_mask import EchoMask
from tidegate.world.world import World

LEAVE_S = 2.0
"""Where the proxy stops, both ends have so long to answer its close."""


class _ReceiveBuffer:
    """Bytes that have come from one side, on their way to the other. Holds `READ_BYTES` and what one read brings."""

    def __init__(self, pause: Callable[[], None], resume: Callable[[], None]) -> None:
        self.error: BaseException | None = None
        self._pause = pause
        self._resume = resume
        self._held: deque[bytes] = deque()
        self._bytes = 0
        self.ended = False
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
        self.ended, self.error = True, error
        self._news.set()

    async def get(self) -> bytes:
        """The next ones; empty at the end."""
        while not self._held:
            if self.ended:
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

    def __init__(self, buffer: _ReceiveBuffer) -> None:
        self._buffer = buffer

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Bytes have come."""
        self._buffer.put(data)
        return False, b""

    def feed_eof(self) -> None:
        """The app has gone."""
        self._buffer.end()


class Passthrough:
    """Carries the tunnels of one operation."""

    def __init__(self, plan: OperationPlan, upstream: Upstream) -> None:
        self._plan = plan
        self._world, self._upstream = upstream.world, upstream

    async def __call__(self, call: Call, attempt: Attempt, answer: VendorAnswer) -> Reply:
        """The reply to a 101, once the tunnel has ended."""
        tunnel, channel = answer.tunnel, call.reply_channel
        assert tunnel is not None
        try:
            reply = Reply(answer.status, answer.reason, answer.raw_headers, b"", Verdict.SUCCESS, answer.headers)
            reply.streamed, reply.whole = True, False
            stream = channel.open_stream(self._world, call, reply) if channel is not None else None
            if stream is None or channel is None or channel.request is None:
                reply.verdict = Verdict.CANCELLED
                return reply
            attempt.head_at, call.streamed = self._world.now(), Streamed()
            for notify in call.at_commit:
                notify(call, reply)
            try:
                await stream.begin()
                carrier = WebSocketCarrier(
                    self._world, call.streamed, self._upstream.echo_mask,
                    idle_s=self._plan.stream_idle_s, total_s=self._plan.stream_total_s,
                )  # fmt: skip
                call.stop = await carrier.carry(channel.request, tunnel, channel.stopping)
            except BrokenTunnel as broken:
                reply.verdict, reply.error, reply.detail = Verdict.FAILED, broken.error, str(broken)
            except ConnectionError:
                reply.verdict, reply.error = Verdict.CANCELLED, "connection_terminated"
            finally:
                stream.close()
            return reply
        finally:
            tunnel.close()


class BrokenTunnel(Exception):
    """The tunnel did not end by either side's will. `error` is an RFC 9209 §2.3 error type."""

    def __init__(self, error: str, detail: str) -> None:
        super().__init__(detail)
        self.error = error


class _Flow:
    """The bytes of one direction. `goodbye` is the close frame that its reader gets where the proxy stops."""

    def __init__(
        self,
        received: _ReceiveBuffer,
        write: Callable[[bytes], None],
        drained: Callable[[], Awaitable[None]],
        goodbye: bytes,
    ) -> None:
        self.received = received
        self.frames = FrameReader()
        self._write = write
        self._drained = drained
        self._goodbye = goodbye
        self._leaving = self._left = False

    async def run(self, moved: Callable[[], None]) -> None:
        """Pass on what comes, until nothing more does."""
        while data := await self.received.get():
            moved()
            await self._drained()
            if self._leaving and not self._left:
                end = self.frames.feed_one(data)
                self._write(data[:end])
                data = data[end:]
                self._leave()
            self.frames.feed(data)
            if not self._left:
                self._write(data)
            elif self.frames.closed:
                return

    def leave(self) -> None:
        """Pass on what is left of a frame that has begun, then a close, then nothing more."""
        self._leaving = True
        self._leave()

    def _leave(self) -> None:
        if self.frames.between:
            self._left = True
            if not self.frames.closed:
                self._write(self._goodbye)


class WebSocketCarrier:
    """Carries one tunnel. It may be quiet for `idle_s`, and last for `total_s`; `streamed` counts what the app gets."""

    def __init__(
        self, world: World, streamed: Streamed, mask: EchoMask | None, *, idle_s: float, total_s: float
    ) -> None:
        self._world, self._mask = world, mask
        self._idle_s = idle_s
        self._streamed = streamed
        self._moved_at = world.now()
        self._ends = self._moved_at + total_s

    async def carry(self, request: web.BaseRequest, tunnel: Tunnel, stopping: asyncio.Event) -> str:
        """Until one side ends it, or nothing moves any more, or the proxy stops. Returns why we ended it, if we did.

        Raises BrokenTunnel where the vendor's side broke, or time was up, and ConnectionError where the app's side did.
        """
        protocol: RequestHandler = request.protocol
        cancel_when_gone(protocol, cancel=False)  # the app's going is the tunnel's ordinary end
        transport = protocol.transport
        if transport is None:
            raise ConnectionResetError("the app closed the connection")
        from_vendor, from_app = (
            _ReceiveBuffer(tunnel.pause, tunnel.resume),
            _ReceiveBuffer(transport.pause_reading, transport.resume_reading),
        )
        tunnel.start(from_vendor.put, from_vendor.end)
        protocol.set_parser(_AppReader(from_app))  # type: ignore[arg-type]  # what is called of it is there

        def to_app(data: bytes) -> None:
            self._streamed.bytes += len(data)
            if protocol.transport is not None:
                # A mask is as long as what it hides, so frames stay what they are. Nothing is held back: a frame whose
                # last byte waits for the next is no answer to anything.
                protocol.transport.write(data if self._mask is None else self._mask.masked(data))

        mask = self._world.random("frames").randbytes(4)
        down = _Flow(from_vendor, to_app, protocol._drain_helper, close_frame(GOING_AWAY))  # noqa: SLF001
        up = _Flow(from_app, tunnel.write, tunnel.drained, close_frame(GOING_AWAY, mask))
        stop = await self._run(down, up, stopping)
        if from_vendor.error is not None and not down.frames.closed:
            raise BrokenTunnel("connection_terminated", "the vendor's connection was lost")
        if not (stop or down.frames.closed or up.frames.closed):
            if from_vendor.ended:
                raise BrokenTunnel("connection_terminated", "the vendor ended the connection without a close")
            raise ConnectionResetError("the app went away without a close")
        return stop

    async def _run(self, down: _Flow, up: _Flow, stopping: asyncio.Event) -> str:
        ways = [asyncio.create_task(flow.run(self._moved)) for flow in (down, up)]
        stopped = asyncio.create_task(stopping.wait())
        try:
            await self._until_quiet(ways, stopped)
            if not stopped.done() or any(way.done() for way in ways):
                return ""
            for flow in (down, up):
                flow.leave()
            async with self._world.timeout(LEAVE_S):
                await asyncio.wait(ways)
        except TimeoutError:
            pass
        finally:
            for task in (*ways, stopped):
                if not task.cancel() and not task.cancelled():
                    task.exception()  # an end that has gone is no news here
        return "stopping"

    def _moved(self) -> None:
        self._moved_at = self._world.now()

    async def _until_quiet(self, ways: "list[asyncio.Task[None]]", stopped: "asyncio.Task[Literal[True]]") -> None:
        now, idle_s = self._world.now, self._idle_s
        while True:
            until = min(self._moved_at + idle_s, self._ends)
            ended, _ = await asyncio.wait(
                (*ways, stopped), timeout=max(until - now(), 0.0), return_when=asyncio.FIRST_COMPLETED
            )
            if ended:
                for way in ways:
                    error = way.exception() if way.done() else None
                    if isinstance(error, Exception) and not isinstance(error, ConnectionError):
                        raise error
                return
            if now() >= self._ends:
                raise BrokenTunnel("connection_timeout", "the connection was open for too long")
            if now() >= self._moved_at + idle_s:
                raise BrokenTunnel("connection_read_timeout", f"nothing moved for {idle_s:g} s")
