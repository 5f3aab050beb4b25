"""One exchange with the vendor, as the stages see it: what goes in, what comes back, and what can go wrong.

Two paths do the work behind this one interface: tidegate.proxy.wire.pool, which is fast and leans on undocumented parts
of aiohttp, and tidegate.proxy.wire.session, which uses aiohttp's documented client only.
tests/proxy/wire/test_transport.py holds both to the same promises. Neither follows redirects, resends on its own, or
unpacks a coded body.

It knows timers and bytes; it knows nothing of retries, keys, or whose fault an error is.
"""

import math
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp import ClientError
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.streams import StreamReader
from multidict import CIMultiDictProxy

from tidegate.proxy.call.permit import Permit
from tidegate.proxy.call.reply import RawHeaders
from tidegate.proxy.wire.egress import AddressDecision, judge
from tidegate.proxy.wire.exchange_errors import TimerFired, Unbounded, no_answer
from tidegate.world.world import World

CONNECTIONS_MAX = 1024
"""Open connections to one vendor."""

IDLE_MAX_S = 15.0
"""A connection that was idle for longer is not used again: many servers close theirs after 15 to 75 s."""

GATHERED_BYTES_MAX = 64 * 1024
"""An answer that says it is no longer than this is read whole before anything of it is passed on: if it breaks, the
call can still be tried again. What is longer, or does not say, is passed on as it comes."""

ANSWER_BYTES_MAX = 32 * 1024 * 1024
"""A larger answer is refused where it has to be held in memory."""

READ_BYTES = 64 * 1024
"""Of a streamed answer about twice as much is held while the app does not read."""

EVENTS = "text/event-stream"

ERRORS = 400
"""From this status on an answer says that something is wrong (RFC 9110 §15.5)."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The address of a vendor. `private` allows addresses that are not public (a simulator on this machine)."""

    host: str
    port: int
    tls: ssl.SSLContext | None
    private: bool
    trust: bytes = b""
    """The CA certificates that `tls` trusts; empty for the system's."""
    certificate: bytes = b""
    """What tells our client certificate in `tls` from another; empty for none."""
    warns: bool = False
    """Addresses that are not public are allowed, and told of."""
    on_address: Callable[[AddressDecision], object] = field(default=repr, compare=False)
    """Is told of each address that is refused, or that only `warns` allows."""

    def judged(self, address: str) -> AddressDecision:
        """The decision on one of its addresses, told where it is to be."""
        decision = judge(address, "allow" if self.private else "warn" if self.warns else "refuse")
        if decision.result != "allowed":
            self.on_address(decision)
        return decision


@dataclass(slots=True)
class Timers:
    """Seconds: to connect, to the first byte, between bytes, and for the whole exchange, connecting included.

    A body that is still being sent is ruled by `idle_s` and `upload_s`; first byte and total count from its end.
    """

    connect_s: float
    first_byte_s: float
    idle_s: float
    total_s: float
    upload_s: float = 3600.0
    ends: float = math.inf
    """Monotonic second at which all is over, however long the content took to send."""
    permit: Permit | None = None
    """Is told when the request has to wait for a connection."""
    on_error_head: "Callable[[VendorAnswer, Permit | None], None] | None" = None
    """Is told of an error's head whose body has not come yet."""

    def first_s(self, now: float) -> float:
        """Seconds that the first byte may take, from the moment at which all of the content was sent."""
        return max(min(self.first_byte_s, self.total_s, self.ends - now), 0.0)

    def report_head(self, answer: "VendorAnswer") -> None:
        """A head has come, and its body has not."""
        if answer.status >= ERRORS and self.on_error_head is not None:
            self.on_error_head(answer, self.permit)


class OutgoingStream(Protocol):
    """A request's content that is passed on as it comes."""

    @property
    def chunked(self) -> bool:
        """True where the request's head says that it comes in chunks, because its length is not known."""
        ...

    def pieces(self) -> AsyncIterator[bytes]:
        """The content. Raises what is to end the exchange."""
        ...


class Tunnel(Protocol):
    """A connection that speaks another protocol after a 101 (RFC 9110 §7.8)."""

    def start(self, received: Callable[[bytes], None], lost: Callable[[BaseException | None], None]) -> None:
        """From now on hand over what arrives, and say when the connection has ended."""
        ...

    def write(self, data: bytes) -> None:
        """Send."""
        ...

    async def drained(self) -> None:
        """Before a write: wait until the vendor takes more, and read what has come. Raises ConnectionError."""
        ...

    def pause(self) -> None:
        """Let the vendor wait."""
        ...

    def resume(self) -> None:
        """Let the vendor go on."""
        ...

    def close(self) -> None:
        """End the connection."""
        ...


@dataclass(slots=True)
class VendorAnswer:
    """An answer. Where `rest` or `tunnel` is set, whoever got the answer must close it."""

    status: int
    reason: str
    headers: CIMultiDictProxy[str]
    raw_headers: RawHeaders
    body: bytes
    rest: "Rest | None" = None
    """The body is still coming; `body` is empty."""
    tunnel: Tunnel | None = None
    """The vendor agreed to speak another protocol (101)."""


class Transport(Protocol):
    """The connections to one vendor."""

    origin: Origin

    @property
    def open(self) -> int:
        """Connections that are leased or idle."""
        ...

    @property
    def leased(self) -> int:
        """Connections on which an exchange is under way, or that are made for one."""
        ...

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
        """Send `request` (its head, and its content unless that is a `stream`) and read the answer.

        A connection that was idle for longer than `idle_max_s` seconds is not used, and with 0.0 none that was ever
        used: the vendor may close it just as we write, and then nobody can tell if the request was read. `upgrade` says
        that the request asks for another protocol. Raises NotSent and NoAnswer, and what `stream` raises.
        """
        ...

    def make_room(self) -> bool:
        """Close one idle connection, whose descriptor is wanted. False where there is none that can be closed."""
        ...

    async def close(self) -> None:
        """Close every idle connection now, and the others when they come back."""
        ...


class Rest:
    """A body that is still coming. Read it with one caller at a time; `close` gives the connection back."""

    def __init__(self, world: World, payload: StreamReader, done: Callable[[], None]) -> None:
        self._world = world
        self._payload = payload
        self._done: Callable[[], None] | None = done

    @property
    def ended(self) -> bool:
        """True where the vendor has sent all of it, read or not."""
        return self._payload.is_eof()

    def ready(self) -> bytes:
        """The bytes that have come already; empty where none have. Raises NoAnswer."""
        try:
            return self._payload.read_nowait()
        except (ClientError, HttpProcessingError, TimerFired, OSError) as error:
            raise no_answer(error) from error

    async def next(self, within_s: float, error: str, waited_for: str) -> bytes:
        """The next bytes, empty at the end. Raises NoAnswer, with `error` and `waited_for` where nothing came."""
        timer = self._world.call_later(within_s, self._payload.set_exception, TimerFired(error, waited_for))
        try:
            return await self._payload.readany()
        except (ClientError, HttpProcessingError, TimerFired, OSError) as broken:
            left = self._left()
            if left:
                return left
            raise no_answer(broken) from broken
        finally:
            timer.cancel()

    async def gather(self, idle_s: float, ends: float, bytes_max: int) -> tuple[bytes, bool]:
        """The body up to its end, or a first part longer than `bytes_max`; and whether it is whole. Raises NoAnswer.

        `ends` is the monotonic second at which it must have come.
        """
        parts: list[bytes] = []
        size, now = 0, self._world.now
        while size <= bytes_max:
            left_s = max(ends - now(), 0.0)
            if left_s < idle_s:
                part = await self.next(left_s, "http_response_timeout", "the answer took too long")
            else:
                part = await self.next(idle_s, "connection_read_timeout", "the answer stopped coming")
            if not part:
                return b"".join(parts), True
            parts.append(part)
            size += len(part)
        return b"".join(parts), False

    def close(self) -> None:
        """Give the connection back where all of it was read, else close it. Safe to call again."""
        done, self._done = self._done, None
        if done is not None:
            done()

    def _left(self) -> bytes:
        """The bytes before the break. A reader that has failed hides them, and the app should get all there are."""
        payload = self._payload
        broken, payload._exception = payload._exception, None  # noqa: SLF001
        try:
            return payload.read_nowait()
        finally:
            payload._exception = broken  # noqa: SLF001


async def gathered(answer: VendorAnswer, idle_s: float, ends: float) -> VendorAnswer:
    """The same answer with its whole body. Raises NoAnswer. The connection is given back either way."""
    rest = answer.rest
    assert rest is not None
    try:
        body, whole = await rest.gather(idle_s, ends, ANSWER_BYTES_MAX)
    finally:
        rest.close()
    if not whole:
        raise Unbounded("http_response_body_size", f"a body of more than {ANSWER_BYTES_MAX} bytes")
    answer.body, answer.rest = body, None
    return answer


def is_short(headers: CIMultiDictProxy[str]) -> bool:
    """True where it is worth waiting for the whole answer: it says that it is short, and is no stream."""
    length = headers.get("Content-Length", "")
    short = length.isdecimal() and len(length) < 8 and int(length) <= GATHERED_BYTES_MAX
    return short and not headers.get("Content-Type", "").lower().startswith(EVENTS)
