"""One connection of the pool, and what becomes of it when both sides agree to speak another protocol: a tunnel.

Here, in tidegate.proxy.wire.pool and in tidegate.proxy.wire.request_sender are all the undocumented parts of aiohttp's
client that are used.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from aiohttp import ClientPayloadError
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import BadHttpMessage, HttpProcessingError
from aiohttp.http_parser import HttpParser
from aiohttp.streams import EMPTY_PAYLOAD

from tidegate.proxy.wire.answer_mending import AnswerMender, Unmendable, is_misread
from tidegate.proxy.wire.exchange_errors import (
    HEAD_BYTES_MAX,
    HEAD_LINE_BYTES_MAX,
    HEAD_LINES_MAX,
    NotSent,
    TimerFired,
    Unbounded,
)
from tidegate.proxy.wire.transport import READ_BYTES
from tidegate.world.paused_reading import PausedReading
from tidegate.world.tls_closure import cut_off, is_confirmed
from tidegate.world.unread import let_read
from tidegate.world.world import World

SENT_AT_ONCE_BYTES = 64 * 1024
"""A request that is shorter has gone to the system at once."""


class _MendingParser:
    """In the place of aiohttp's parser until the head of an answer has been read: what that gives up on is mended."""

    def __init__(self, connection: "Connection") -> None:
        self.strict: HttpParser[Any]
        self.mender: AnswerMender | None = None
        self._connection = connection

    def feed_data(self, data: bytes) -> Any:
        """See HttpParser. Raises what it raises where nothing can be mended."""
        if self.mender is not None:
            return self._fed(self.mender, data)
        try:
            result = self.strict.feed_data(data)
        except HttpProcessingError:
            mended = self._mended()
            if mended is None:
                raise
            return mended
        for message, _ in result[0][-1:]:
            if (message.chunked or message.should_close) and is_misread(message.headers, chunked=message.chunked):
                mended = self._mended()
                if mended is None and "chunked" in message.headers["Transfer-Encoding"].lower():
                    raise BadHttpMessage("its transfer coding is not known")
                return mended or result  # what is no coding at all is left out by clients: the body goes to the end
        return result

    def _mended(self) -> Any:
        connection, mender = self._connection, AnswerMender(to_head=self._connection.to_head)
        strict, data = self.strict, b"".join(connection.begun or ())
        connection.renew_parser()
        self.mender = mender
        try:
            result = self._fed(mender, data)
        except HttpProcessingError:
            self.strict, self.mender = strict, None
            return None
        connection.force_close()
        return result

    def _fed(self, mender: AnswerMender, data: bytes) -> Any:
        try:
            return self.strict.feed_data(mender.feed(data))
        except Unmendable as error:
            raise BadHttpMessage(str(error)) from None

    def feed_eof(self) -> Any:
        """See HttpParser."""
        return self.strict.feed_eof()

    def pause_reading(self) -> None:
        """See HttpParser."""
        self.strict.pause_reading()


class Connection(PausedReading, ResponseHandler):
    """aiohttp's, with what it lacks.

    It remembers why it ended: a body that ends with its connection looks whole to aiohttp after a reset. A head is
    bounded. And an answer whose meaning is clear is taken although it does not keep to HTTP's letter, or something that
    is no answer follows it; the connection is not used again then.
    """

    broken_by: BaseException | None = None
    confirmed = False
    """The vendor has said that it ends the connection."""
    begun: list[bytes] | None = None
    """What has come since the request was sent, until the answer's head has been read."""
    to_head = False
    _begun_bytes = 0
    _was_paused = False
    address = ""
    """The address that it leads to."""
    waited_s: float | None = None
    """Seconds for which it had waited after a request when it was last taken; None where this is its first."""
    surplus = False
    """It was made, or kept, for a write of its own: reads did not need it."""

    _mending: _MendingParser | None = None
    """It knows the connection, as its parser does. Both go with the end of it: else it would be garbage in a circle."""

    def ask(self, request: bytes, method: str) -> None:
        """Send a request, and be ready for its answer. Raises NotSent where the vendor has closed the connection."""
        self.begun, self._begun_bytes, self.to_head = [], 0, method == "HEAD"
        self.renew_parser()
        if self.transport is None:
            raise NotSent("connection_terminated", "the vendor closed the connection before it was used")
        self.transport.write(request)

    def took(self, request: bytes) -> bool:
        """False where the vendor has answered before it took all of this: what is left would go before the next."""
        if len(request) < SENT_AT_ONCE_BYTES:
            return True
        return self.transport is not None and not self.transport.get_write_buffer_size()

    def renew_parser(self) -> None:
        """Read what comes from now on as an answer from its beginning."""
        self.set_response_params(
            skip_payload=self.to_head, read_until_eof=True, auto_decompress=False, read_bufsize=READ_BYTES,
            max_line_size=HEAD_LINE_BYTES_MAX, max_field_size=HEAD_LINE_BYTES_MAX, max_headers=HEAD_LINES_MAX,
        )  # fmt: skip
        assert self._parser is not None
        mending = self._mending = self._mending or _MendingParser(self)
        mending.strict, mending.mender = self._parser, None
        self._parser = mending  # type: ignore[assignment]  # the duck type that data_received feeds

    def head_read(self) -> None:
        """The answer's head has been read, and what comes is its body."""
        self.begun = None
        mending = self._mending
        if mending is not None and mending.mender is None and self._parser is not None:
            self._parser = mending.strict

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol. Loops turn Nagle's algorithm off themselves: aiohttp's would do it once more."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        begun = self.begun
        if begun is None:
            super().data_received(data)
            return
        begun.append(data)
        self._begun_bytes += len(data)
        super().data_received(data)
        if self._begun_bytes > HEAD_BYTES_MAX and not self._buffer:  # no head is waiting to be read
            why = f"a head of more than {HEAD_BYTES_MAX} bytes"
            self.set_exception(Unbounded("http_response_header_section_size", why))

    def eof_received(self) -> None:
        """See asyncio.Protocol. Over TLS an end that is not confirmed may be anybody's (RFC 9112 §9.8)."""
        self.confirmed = self.transport is not None and is_confirmed(self.transport)
        super().eof_received()

    def connection_lost(self, exc: BaseException | None) -> None:
        """See asyncio.Protocol."""
        exc = exc or (None if self.confirmed else cut_off(self.transport))
        self.broken_by, payload = exc, self._payload
        if exc is not None and payload is not None and not payload.is_eof():
            payload.set_exception(ClientPayloadError("the connection was reset"))
        super().connection_lost(exc)
        self._mending = None


def expire(connection: Connection, error: str, waited_for: str) -> None:
    """Make whoever reads from this connection fail."""
    fired = TimerFired(error, waited_for)
    payload = connection._payload  # noqa: SLF001 - see the module's docstring
    connection.set_exception(fired)
    if payload is not None and payload is not EMPTY_PAYLOAD:
        payload.set_exception(fired)


class _Handover:
    """In the place where aiohttp puts its own reader of WebSocket frames."""

    def __init__(self, received: Callable[[bytes], None], lost: Callable[[], None]) -> None:
        self._received = received
        self._lost = lost

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Bytes have come."""
        self._received(data)
        return False, b""

    def feed_eof(self) -> None:
        """The connection has ended."""
        self._lost()


class PoolTunnel:
    """See tidegate.proxy.wire.transport.Tunnel."""

    def __init__(self, world: World, connection: Connection, done: Callable[[], None]) -> None:
        self._world, self._connection = world, connection
        self._done: Callable[[], None] | None = done

    def start(self, received: Callable[[bytes], None], lost: Callable[[BaseException | None], None]) -> None:
        """See Tunnel.start."""
        connection = self._connection
        if connection.transport is None:
            lost(connection.broken_by)
            return
        connection.set_parser(_Handover(received, lambda: lost(connection.broken_by)), None)

    def write(self, data: bytes) -> None:
        """See Tunnel.write."""
        if self._connection.transport is not None:
            self._connection.transport.write(data)

    async def drained(self) -> None:
        """See Tunnel.drained."""
        if self._connection.transport is not None:
            await let_read(self._world, self._connection.transport)
        await self._connection._drain_helper()  # noqa: SLF001 - see the module's docstring

    def pause(self) -> None:
        """See Tunnel.pause."""
        if self._connection.transport is not None:
            self._connection.transport.pause_reading()

    def resume(self) -> None:
        """See Tunnel.resume."""
        if self._connection.transport is not None:
            self._connection.transport.resume_reading()

    def close(self) -> None:
        """See Tunnel.close."""
        done, self._done = self._done, None
        if done is not None:
            done()
