"""The fast path of the transport: an own pool that drives `aiohttp.client_proto.ResponseHandler`.

That class is not a documented part of aiohttp. It is used because ClientSession costs more than everything else on the
way (docs/decisions/0005-own-connection-pool.md), and because ClientSession resends some requests on its own, which must
never happen to a write. The minor version of aiohttp is pinned, and tests/proxy/wire/test_transport.py holds what is
relied on. With another version of aiohttp, tidegate.proxy.wire.session takes its place.
"""

from collections import deque
from functools import partial

from aiohttp import ClientError
from aiohttp.http import RawResponseMessage
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.streams import StreamReader

from tidegate.proxy.wire.dial import dial
from tidegate.proxy.wire.pool_connection import Connection, PoolTunnel, Sender, expire, new_connection
from tidegate.proxy.wire.transport import (
    CONNECTIONS_MAX,
    IDLE_MAX_S,
    READ_BYTES,
    NoAnswer,
    NotSent,
    Origin,
    OutgoingStream,
    Rest,
    TimerFired,
    Timers,
    VendorAnswer,
    gathered,
    is_short,
    no_answer,
)
from tidegate.world.world import World


class Pool:
    """See tidegate.proxy.wire.transport.Transport."""

    def __init__(self, world: World, origin: Origin) -> None:
        self.origin = origin
        self._world = world
        self._idle: deque[tuple[Connection, float]] = deque()
        self._open = 0
        self._retired = False

    @property
    def open(self) -> int:
        """Connections that are leased or idle."""
        return self._open

    async def exchange(
        self,
        request: bytes,
        *,
        method: str,
        fresh: bool,
        timers: Timers,
        stream: OutgoingStream | None = None,
        upgrade: bool = False,
    ) -> VendorAnswer:
        """See Transport.exchange."""
        world = self._world
        connection = None if fresh else self._reuse(world.now())
        if connection is None:
            connection = await self._connect_first(timers)
        keep = handed_over = False
        sender = None
        first_s = min(timers.first_byte_s, timers.total_s)
        timer = world.call_later(first_s, expire, connection, "http_response_timeout", f"no answer in {first_s:g} s")
        try:
            _put(connection, request, method)
            began = world.now()
            if stream is not None:
                timer.cancel()
                sender = Sender(world, connection, stream, timers)
            message, payload = await connection.read()
            while message.code < 200 and message.code != 101:
                message, payload = await connection.read()
            answer = VendorAnswer(message.code, message.reason or "", message.headers, message.raw_headers, b"")
            if payload.is_eof() and message.code != 101:
                answer.body = payload.read_nowait()
                keep = not (message.should_close or connection.should_close)
                return answer
            handed_over = True
        except (ClientError, HttpProcessingError, TimerFired, OSError) as error:
            raise (no_answer(error) if sender is None else sender.judge(error)) from error
        finally:
            timer.cancel()
            if not handed_over:
                self._end(connection, sender, keep=keep)
        return await self._incomplete(connection, (message, payload), answer, sender, timers, began, upgrade=upgrade)

    async def close(self) -> None:
        """Close every idle connection now, and the others when they come back."""
        self._retired = True
        while self._idle:
            connection, _ = self._idle.pop()
            self._open -= 1
            connection.close()

    async def _incomplete(
        self,
        connection: Connection,
        head: tuple[RawResponseMessage, StreamReader],
        answer: VendorAnswer,
        sender: Sender | None,
        timers: Timers,
        began: float,
        *,
        upgrade: bool,
    ) -> VendorAnswer:
        """An answer whose head has come, and whose body, if there will be one, has not."""
        message, payload = head
        if message.code == 101:
            return self._tunnel(connection, sender, answer, upgrade=upgrade)
        if sender is not None:
            sender.answered()

        def done() -> None:
            whole = payload.at_eof() and payload.exception() is None
            self._end(connection, sender, keep=whole and not (message.should_close or connection.should_close))

        timers.report_head(answer)
        answer.rest = Rest(self._world, payload, done)
        if not is_short(message.headers):
            return answer
        ends = began + timers.total_s + (timers.upload_s if sender is not None else 0.0)
        return await gathered(answer, timers.idle_s, min(ends, timers.ends))

    def _tunnel(
        self, connection: Connection, sender: Sender | None, answer: VendorAnswer, *, upgrade: bool
    ) -> VendorAnswer:
        if not upgrade:
            self._end(connection, sender, keep=False)
            raise NoAnswer("http_protocol_error", "the vendor changed the protocol without being asked")
        answer.tunnel = PoolTunnel(connection, partial(self._end, connection, sender, keep=False))
        return answer

    def _end(self, connection: Connection, sender: Sender | None, *, keep: bool) -> None:
        if sender is not None:
            keep = sender.end() and keep
        self._give_back(connection, keep=keep)

    def _reuse(self, now: float) -> Connection | None:
        while self._idle:
            connection, since = self._idle.pop()
            # What came while nobody asked (RFC 9112 §9.2: no response to any request) must not answer this one.
            if connection.is_connected() and not connection.should_close and now - since < IDLE_MAX_S:
                return connection
            self._open -= 1
            connection.close()
        return None

    def _give_back(self, connection: Connection, *, keep: bool) -> None:
        if keep and not self._retired:
            self._idle.append((connection, self._world.now()))
        else:
            self._open -= 1
            connection.close()

    async def _connect_first(self, timers: Timers) -> Connection:
        """A new connection; the limits are told that the request leaves only when there is one."""
        permit = timers.permit
        if permit is None:
            return await self._connect(timers)
        permit.hold()
        try:
            return await self._connect(timers)
        finally:
            permit.leave()

    async def _connect(self, timers: Timers) -> Connection:
        """A new connection. The time that it took is taken from the whole exchange's."""
        began, timeout_s = self._world.now(), timers.connect_s
        if self._open >= CONNECTIONS_MAX:
            raise NotSent("connection_limit_reached", f"{CONNECTIONS_MAX} connections to the vendor are open")
        self._open += 1
        try:
            async with self._world.timeout(timeout_s):
                made = await dial(self._world, self.origin, new_connection)
        except TimeoutError as error:
            self._open -= 1
            raise NotSent("connection_timeout", f"no connection in {timeout_s:g} s") from error
        except BaseException:
            self._open -= 1
            raise
        timers.total_s = max(timers.total_s - (self._world.now() - began), 0.0)
        return made


def _put(connection: Connection, request: bytes, method: str) -> None:
    connection.set_response_params(
        skip_payload=method == "HEAD",
        read_until_eof=True,
        auto_decompress=False,
        read_timeout=None,
        read_bufsize=READ_BYTES,
    )
    if connection.transport is None:
        raise NotSent("connection_terminated", "the vendor closed the connection before it was used")
    connection.transport.write(request)
