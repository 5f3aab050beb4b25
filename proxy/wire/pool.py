"""The fast path of the transport: an own pool that drives `aiohttp.client_proto.ResponseHandler`.

That class is not a documented part of aiohttp. It is used because ClientSession costs more than everything else on the
way (docs/decisions/0005-own-connection-pool.md), and because ClientSession resends some requests on its own, which must
never happen to a write. The minor version of aiohttp is pinned, and tests/proxy/wire/test_transport.py holds what is
relied on. With another version of aiohttp, tidegate.proxy.wire.session takes its place.
"""

from collections.abc import Coroutine
from functools import partial
from typing import Any

from aiohttp import ClientError
from aiohttp.http import RawResponseMessage
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.streams import StreamReader

from tidegate.proxy.wire.dial import Dialer, new_connection
from tidegate.proxy.wire.exchange_errors import (
    NoAnswer,
    NotSent,
    OutOfMeans,
    TimerFired,
    Unbounded,
    no_answer,
    turned_away,
)
from tidegate.proxy.wire.idle_connections import IdleConnections
from tidegate.proxy.wire.pool_connection import Connection, PoolTunnel, expire
from tidegate.proxy.wire.request_sender import RequestSender
from tidegate.proxy.wire.spare_connections import SpareConnections
from tidegate.proxy.wire.transport import (
    CONNECTIONS_MAX,
    IDLE_MAX_S,
    Origin,
    OutgoingStream,
    Rest,
    Timers,
    VendorAnswer,
    gathered,
    is_short,
)
from tidegate.world.world import World

AHEAD_S = 10.0
"""A connection that nobody waits for yet may take so long to be made."""

INTERIM_MAX = 32
"""Interim answers before a final one. curl and Go take a handful."""

DISTRUST_S = 10.0
"""For so long after one that had waited was lost, the others are used only if they have waited half as long."""

SURPLUS_KEPT_MAX = 32
"""Where so many are idle, one that was made for a write of its own, or came back while others were lost, is closed."""


class Pool:
    """See tidegate.proxy.wire.transport.Transport."""

    def __init__(self, world: World, origin: Origin) -> None:
        self.origin = origin
        self._world = world
        self._dialer = Dialer(world, origin, new_connection)
        self._idle = IdleConnections(world, self._closed)
        self._spares = SpareConnections(world, self._connect_ahead, self._closed)
        self._trusted_s = IDLE_MAX_S
        """A connection that has waited for longer is not taken."""
        self._open = 0
        self._retired = False

    @property
    def open(self) -> int:
        """Connections that are leased, idle or spare."""
        return self._open

    @property
    def leased(self) -> int:
        """See Transport.leased."""
        return max(self._open - len(self._idle) - len(self._spares), 0)

    def exchange(
        self,
        request: bytes,
        *,
        method: str,
        idle_max_s: float,
        timers: Timers,
        stream: OutgoingStream | None = None,
        upgrade: bool = False,
    ) -> Coroutine[Any, Any, VendorAnswer]:
        """See Transport.exchange."""
        if not idle_max_s:
            return self._exchange_fresh(request, method, timers, stream, upgrade=upgrade)
        surely = idle_max_s < IDLE_MAX_S  # it must not be lost
        kept = self._idle.take(self._world.now(), min(idle_max_s, self._trusted_s), surely=surely)
        return self._exchange(kept, request, method, timers, stream, upgrade=upgrade)

    async def _exchange_fresh(
        self, request: bytes, method: str, timers: Timers, stream: OutgoingStream | None, *, upgrade: bool
    ) -> VendorAnswer:
        spare, well = self._spares.take(self._world.now()), False
        try:
            connection = await self._connect_first(timers) if spare is None else spare
            connection.surplus = True
            answer = await self._exchange(connection, request, method, timers, stream, upgrade=upgrade)
            well = True
        finally:
            self._spares.ended(well=well)
        return answer

    async def _exchange(
        self,
        connection: Connection | None,
        request: bytes,
        method: str,
        timers: Timers,
        stream: OutgoingStream | None,
        *,
        upgrade: bool,
    ) -> VendorAnswer:
        world = self._world
        if connection is None:
            connection = await self._connect_first(timers)
        keep = handed_over = False
        sender = None
        first_s = min(timers.first_byte_s, timers.total_s)
        timer = world.call_later(first_s, expire, connection, "http_response_timeout", f"no answer in {first_s:g} s")
        try:
            connection.ask(request, method)
            began = world.now()
            if stream is not None:
                timer.cancel()
                sender = RequestSender(world, connection, stream, timers)
            message, payload = await connection.read()
            if message.code < 200 and message.code != 101:
                message, payload = await _final(connection)
            connection.head_read()
            answer = VendorAnswer(message.code, message.reason or "", message.headers, message.raw_headers, b"")
            if payload.is_eof() and message.code != 101:
                answer.body = payload.read_nowait()
                keep = not (message.should_close or connection.should_close) and connection.took(request)
                return answer
            handed_over = True
        except (ClientError, HttpProcessingError, TimerFired, OSError) as error:
            raise self._failure(connection, sender, error) from error
        finally:
            timer.cancel()
            if not handed_over:
                self._end(connection, sender, keep=keep)
        return await self._incomplete(connection, (message, payload), answer, sender, timers, began, upgrade=upgrade)

    def _failure(self, connection: Connection, sender: RequestSender | None, error: BaseException) -> BaseException:
        failure = no_answer(error) if sender is None else sender.judge(error)
        if not isinstance(failure, NoAnswer) or isinstance(failure, Unbounded):
            return failure
        if connection.waited_s is None and not connection.begun and (refusal := turned_away(connection.broken_by)):
            return refusal
        if connection.waited_s is None or connection.begun or isinstance(error, TimerFired):
            self._dialer.failed(connection.address)
        else:
            failure.stale = True
            self._distrust(connection.waited_s / 2)
        return failure

    def _distrust(self, trusted_s: float) -> None:
        """For a while take none that has waited for longer: the vendor ends them."""
        if trusted_s < self._trusted_s:
            if self._trusted_s == IDLE_MAX_S:
                self._world.call_later(DISTRUST_S, self._trust)
            self._trusted_s = trusted_s

    def _trust(self) -> None:
        self._trusted_s = IDLE_MAX_S

    async def close(self) -> None:
        """Close every idle connection now, and the others when they come back."""
        self._retired = True
        self._idle.close()
        self._spares.close()

    async def _incomplete(
        self,
        connection: Connection,
        head: tuple[RawResponseMessage, StreamReader],
        answer: VendorAnswer,
        sender: RequestSender | None,
        timers: Timers,
        began: float,
        *,
        upgrade: bool,
    ) -> VendorAnswer:
        """An answer whose head has come, and whose body, if there will be one, has not."""
        message, payload = head
        if message.code == 101:
            return self._tunnel(connection, sender, answer, upgrade=upgrade, agreed=message.upgrade)
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
        self, connection: Connection, sender: RequestSender | None, answer: VendorAnswer, *, upgrade: bool, agreed: bool
    ) -> VendorAnswer:
        """`agreed`: its Connection line names an upgrade, without which a 101 is none (RFC 6455 §4.1)."""
        if not upgrade:
            self._end(connection, sender, keep=False)
            raise NoAnswer("http_protocol_error", "the vendor changed the protocol without being asked")
        if not agreed or answer.headers.get("Upgrade", "").strip().lower() != "websocket":
            self._end(connection, sender, keep=False)
            raise NoAnswer("http_upgrade_failed", "the vendor's 101 does not agree to a WebSocket")
        answer.tunnel = PoolTunnel(self._world, connection, partial(self._end, connection, sender, keep=False))
        return answer

    def _end(self, connection: Connection, sender: RequestSender | None, *, keep: bool) -> None:
        if sender is not None:
            keep = sender.end() and keep
        self._give_back(connection, keep=keep)

    def _give_back(self, connection: Connection, *, keep: bool) -> None:
        surplus = connection.surplus or self._trusted_s < IDLE_MAX_S
        if keep and not self._retired and not (surplus and len(self._idle) >= SURPLUS_KEPT_MAX):
            self._idle.put(connection, self._world.now())
        else:
            self._open -= 1
            connection.close()

    def _closed(self) -> None:
        self._open -= 1

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
        if self._open >= CONNECTIONS_MAX and not self.make_room():
            raise NotSent("connection_limit_reached", f"{CONNECTIONS_MAX} connections to the vendor are open")
        try:
            made = await self._dial(timeout_s)
        except OutOfMeans:
            if not self.make_room():
                raise
            await self._world.sleep(0)  # the loop closes what was given up
            made = await self._dial(timeout_s)
        timers.total_s = max(timers.total_s - (self._world.now() - began), 0.0)
        return made

    def make_room(self) -> bool:
        """See Transport.make_room."""
        return self._idle.drop_oldest() or self._spares.drop_oldest()

    async def _connect_ahead(self) -> Connection:
        """A new connection for later; no other has to make room for it."""
        if self._open >= CONNECTIONS_MAX:
            raise NotSent("connection_limit_reached", "there is no room for a spare")
        return await self._dial(AHEAD_S)

    async def _dial(self, timeout_s: float) -> Connection:
        self._open += 1
        try:
            return await self._dialer.dial(timeout_s)
        except BaseException:
            self._open -= 1
            raise


async def _final(connection: Connection) -> tuple[RawResponseMessage, StreamReader]:
    """The final answer after an interim one (RFC 9110 §15.2), of which there may be a few."""
    for _ in range(INTERIM_MAX):
        message, payload = await connection.read()
        if message.code >= 200 or message.code == 101:
            return message, payload
    raise Unbounded("http_protocol_error", f"more than {INTERIM_MAX} interim answers")
