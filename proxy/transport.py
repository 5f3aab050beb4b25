"""One exchange with the vendor: lease a connection, send, read the whole answer, give the connection back.

The only user of aiohttp's client side. It drives `aiohttp.client_proto.ResponseHandler`, which is not a documented part
of aiohttp, from a pool of its own: ClientSession costs more than everything else on the way
(docs/decisions/0005-own-connection-pool.md), and it resends some requests on its own, which must never happen to a
write. The minor version of aiohttp is pinned and tests/proxy/test_transport.py holds what is relied on.

It knows timers and bytes; it knows nothing of retries, keys, or whose fault an error is. It follows no redirects.
"""

import asyncio
import ssl
from collections import deque
from dataclasses import dataclass

from aiohttp import ClientError, ClientPayloadError
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.streams import EMPTY_PAYLOAD, StreamReader
from multidict import CIMultiDictProxy

from tidegate.proxy import egress
from tidegate.proxy.call import Departing, RawHeaders
from tidegate.world import World

CONNECTIONS_MAX = 1024
"""Open connections to one vendor."""

IDLE_MAX_S = 15.0
"""A connection that was idle for longer is not used again: many servers close theirs after 15 to 75 s."""

ANSWER_BYTES_MAX = 32 * 1024 * 1024
"""A larger answer is refused: it would be held in memory."""


class NotSent(Exception):
    """Nothing of the request left: a resend is always safe. `error` is an RFC 9209 §2.3 error type."""

    def __init__(self, error: str, detail: str) -> None:
        super().__init__(detail)
        self.error = error


class NoAnswer(Exception):
    """The request may have reached the vendor, and no whole answer came. `error` is an RFC 9209 §2.3 error type."""

    def __init__(self, error: str, detail: str) -> None:
        super().__init__(detail)
        self.error = error


class _TimerFired(Exception):
    """Set on a connection by one of our timers. `args` are an RFC 9209 error type and what was waited for."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a vendor lives. `private` allows addresses that are not public (a simulator on this machine)."""

    host: str
    port: int
    tls: ssl.SSLContext | None
    private: bool


@dataclass(slots=True)
class Timers:
    """Seconds: to connect, to the first byte, between bytes, and for the whole exchange once connected."""

    connect_s: float
    first_byte_s: float
    idle_s: float
    total_s: float
    departing: Departing | None = None
    """Is told when the request has to wait for a connection."""


@dataclass(slots=True)
class VendorAnswer:
    """A whole answer."""

    status: int
    reason: str
    headers: CIMultiDictProxy[str]
    raw_headers: RawHeaders
    body: bytes


class Transport:
    """The connections to one vendor."""

    def __init__(self, world: World, origin: Origin) -> None:
        self._world = world
        self._origin = origin
        self._idle: deque[tuple[ResponseHandler, float]] = deque()
        self._open = 0

    @property
    def open(self) -> int:
        """Connections that are leased or idle."""
        return self._open

    async def exchange(self, request: bytes, *, method: str, fresh: bool, timers: Timers) -> VendorAnswer:
        """Send `request` (head and body) and read the whole answer.

        `fresh` asks for a new connection: a kept one may be closed by the vendor just as we write, and then nobody
        can tell whether the request was read. Raises NotSent and NoAnswer.
        """
        world = self._world
        connection = None if fresh else self._reuse(world.now())
        if connection is None:
            connection = await self._connect_first(timers)
        keep = False
        first_s = min(timers.first_byte_s, timers.total_s)
        timer = world.call_later(first_s, _expire, connection, "http_response_timeout", f"no answer in {first_s:g} s")
        try:
            connection.set_response_params(
                skip_payload=method == "HEAD", read_until_eof=True, auto_decompress=False, read_timeout=None
            )
            if connection.transport is None:
                raise NotSent("connection_terminated", "the vendor closed the connection before it was used")
            connection.transport.write(request)
            ends = world.now() + timers.total_s
            message, payload = await connection.read()
            while 100 <= message.code < 200:
                message, payload = await connection.read()
            body = payload.read_nowait() if payload.is_eof() else None
            if body is None:
                timer.cancel()
                timer = world.call_later(
                    max(ends - world.now(), 0.0),
                    _expire,
                    connection,
                    "http_response_timeout",
                    "the answer took too long",
                )
                body = await self._read_rest(connection, payload, timers.idle_s)
            keep = not (message.should_close or connection.should_close)
            return VendorAnswer(message.code, message.reason or "", message.headers, message.raw_headers, body)
        except (ClientError, HttpProcessingError, _TimerFired, OSError) as error:
            raise _no_answer(error) from error
        finally:
            timer.cancel()
            self._give_back(connection, keep=keep)

    async def close(self) -> None:
        """Close every idle connection."""
        while self._idle:
            connection, _ = self._idle.pop()
            self._open -= 1
            connection.close()

    def _reuse(self, now: float) -> ResponseHandler | None:
        while self._idle:
            connection, since = self._idle.pop()
            if connection.is_connected() and now - since < IDLE_MAX_S:
                return connection
            self._open -= 1
            connection.close()
        return None

    def _give_back(self, connection: ResponseHandler, *, keep: bool) -> None:
        if keep:
            self._idle.append((connection, self._world.now()))
        else:
            self._open -= 1
            connection.close()

    async def _connect_first(self, timers: Timers) -> ResponseHandler:
        """A new connection; the limits are told that the request leaves only when there is one."""
        departing = timers.departing
        if departing is None:
            return await self._connect(timers.connect_s)
        held = departing.hold()
        try:
            return await self._connect(timers.connect_s)
        finally:
            held.left()

    async def _connect(self, timeout_s: float) -> ResponseHandler:
        if self._open >= CONNECTIONS_MAX:
            raise NotSent("connection_limit_reached", f"{CONNECTIONS_MAX} connections to the vendor are open")
        self._open += 1
        try:
            async with self._world.timeout(timeout_s):
                return await self._dial()
        except TimeoutError as error:
            self._open -= 1
            raise NotSent("connection_timeout", f"no connection in {timeout_s:g} s") from error
        except BaseException:
            self._open -= 1
            raise

    async def _dial(self) -> ResponseHandler:
        origin = self._origin
        try:
            addresses = await self._world.resolve(origin.host, origin.port)
        except OSError as error:
            raise NotSent("dns_error", f"{origin.host} has no address: {error}") from error
        last = NotSent("dns_error", f"{origin.host} has no address")
        for address in addresses:
            why = "" if origin.private else egress.refusal(address)
            if why:
                last = NotSent("destination_ip_prohibited", f"{origin.host}: {why}")
                continue
            try:
                return await self._world.connect(
                    _handler, address, origin.port, tls=origin.tls, server_name=origin.host
                )
            except ssl.SSLCertVerificationError as error:
                last = NotSent("tls_certificate_error", error.verify_message)
            except ssl.SSLError as error:
                last = NotSent("tls_protocol_error", str(error))
            except ConnectionRefusedError:
                last = NotSent("connection_refused", f"{address}:{origin.port} refused the connection")
            except OSError as error:
                last = NotSent("destination_unavailable", f"{address}:{origin.port}: {error}")
        raise last

    async def _read_rest(self, connection: ResponseHandler, payload: StreamReader, idle_s: float) -> bytes:
        connection.read_timeout = idle_s
        connection.start_timeout()
        parts, size = [], 0
        while True:
            part = await payload.readany()
            if not part:
                break
            parts.append(part)
            size += len(part)
            if size > ANSWER_BYTES_MAX:
                raise NoAnswer("http_response_body_size", f"the answer is larger than {ANSWER_BYTES_MAX} bytes")
        connection.read_timeout = None
        return b"".join(parts)


def _handler() -> ResponseHandler:
    return ResponseHandler(asyncio.get_running_loop())


def _expire(connection: ResponseHandler, error: str, waited_for: str) -> None:
    fired = _TimerFired(error, waited_for)
    payload = connection._payload  # noqa: SLF001 - see the module's docstring
    connection.set_exception(fired)
    if payload is not None and payload is not EMPTY_PAYLOAD:
        payload.set_exception(fired)


def _no_answer(error: Exception) -> NoAnswer:
    if isinstance(error, _TimerFired):
        return NoAnswer(*error.args)
    if isinstance(error, TimeoutError):
        return NoAnswer("connection_read_timeout", "the answer stopped coming")
    if isinstance(error, ClientPayloadError):
        cause = error.__cause__
        if isinstance(cause, _TimerFired):
            return NoAnswer(*cause.args)
        return NoAnswer("http_response_incomplete", "the answer broke off")
    if isinstance(error, HttpProcessingError):
        return NoAnswer("http_protocol_error", f"the answer is not HTTP: {error.message}")
    return NoAnswer("connection_terminated", "the connection was lost before the answer")
