"""Passes a request on to a host that no vendor file covers, as a rule allows: as it came, and once.

No policy holds it to anything but time and size: there is no retry, no limit, no record. The app's own credential goes
with it, because there is none of ours. Header lines of a connection stay behind (RFC 9110 §7.6.1), in both directions.
"""

import ssl
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from tidegate.problems import PROBLEMS
from tidegate.proxy.call.content import AppLeft, Content, TooLarge
from tidegate.proxy.call.reply import RawHeaders, Reply, Streamed, refused
from tidegate.proxy.discovery.recorder import DiscoveryRecorder
from tidegate.proxy.discovery.sighting import SeenCall
from tidegate.proxy.onramp.answer_lines import CONTROL_BYTES, append_lines
from tidegate.proxy.onramp.app_stream import AppStream, StreamFinished, finish
from tidegate.proxy.onramp.reply_writer import AppExchange
from tidegate.proxy.onramp.request_content import absent, asks_for_websocket, read_content
from tidegate.proxy.policies.destinations.destination import Destination
from tidegate.proxy.stages.relay.websocket import BrokenTunnel, WebSocketCarrier
from tidegate.proxy.upstream.request_writer import hop_by_hop
from tidegate.proxy.upstream.url_rewriting import UrlRewriter
from tidegate.proxy.wire.egress import AddressDecision, Reach
from tidegate.proxy.wire.exchange_errors import NoAnswer, NotSent
from tidegate.proxy.wire.transport import IDLE_MAX_S, Origin, Timers, Transport, Tunnel, VendorAnswer
from tidegate.proxy.wire.transport_choice import transport_for
from tidegate.url_port import USUAL_PORTS
from tidegate.world.raw_response import RawResponse
from tidegate.world.world import World

HOSTS_MAX = 64
"""Hosts whose connections are kept; the one that was used least lately goes first."""

_SAFE = frozenset(("GET", "HEAD", "OPTIONS"))

TOTAL_S = 3600.0
"""A whole exchange may take so long; a WebSocket as long as a tunnel."""

UPGRADED = b"Connection: Upgrade\r\nUpgrade: websocket\r\n"


@dataclass(frozen=True, slots=True)
class PassageTarget:
    """Where a request goes: a server, and the target in origin form."""

    scheme: str
    to: Destination
    path: str
    reach: Reach

    @property
    def origin(self) -> str:
        """Scheme and authority, the usual port left out."""
        host = f"[{self.to.host}]" if ":" in self.to.host else self.to.host
        return (
            f"{self.scheme}://{host}"
            if self.to.port == USUAL_PORTS[self.scheme]
            else f"{self.scheme}://{host}:{self.to.port}"
        )


@dataclass(frozen=True, slots=True)
class PassageBounds:
    """Seconds to connect, to the first byte, between two, and of a WebSocket; bytes of content: kept, and taken."""

    connect_s: float
    first_byte_s: float
    idle_s: float
    total_s: float
    kept_max: int
    bytes_max: int


class Passage:
    """The connections to hosts that are no vendor's."""

    def __init__(
        self,
        world: World,
        transport: str,
        bounds: PassageBounds,
        on_address: Callable[[AddressDecision], object] = repr,
    ) -> None:
        self.bounds = bounds
        self.discovery: DiscoveryRecorder | None = None
        """Notes what is passed on; None where nobody does."""
        self._world, self._on_address = world, on_address
        self._make = transport_for(transport)
        self._tls = ssl.create_default_context()
        self._known: OrderedDict[tuple[str, Destination, Reach], Transport] = OrderedDict()

    async def carry(
        self, request: web.BaseRequest, exchange: AppExchange, target: PassageTarget
    ) -> RawResponse | StreamFinished | Reply:
        """The answer, or the refusal. Raises ConnectionResetError where the app goes away."""
        bounds, world = self.bounds, self._world
        content: Content | Reply = absent(exchange.method)
        if request.body_exists or "Transfer-Encoding" in exchange.headers:
            content = await read_content(
                request, world, exchange.began + TOTAL_S,
                kept_max=bounds.kept_max, bytes_max=bounds.bytes_max, idle_s=bounds.idle_s,
            )  # fmt: skip
        if isinstance(content, Reply):
            exchange.keep_alive = False
            return content
        transport = await self._transport(target)
        upgrade = asks_for_websocket(request._message)  # noqa: SLF001 - see tidegate.proxy.onramp.server
        answer, unsure = None, True
        try:
            head = _written(request, exchange, target, content, upgrade=upgrade)
            answer = await self._asked(transport, head, exchange.method, content, upgrade=upgrade)
            unsure = answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        except (NotSent, NoAnswer, AppLeft, TooLarge) as error:
            unsure = isinstance(error, NoAnswer)
            exchange.keep_alive = exchange.keep_alive and content.stream is None  # what is left of it is no request
            return _unanswered(error)
        finally:
            self._note(exchange, target, content, answer, unsure=unsure)
        return await self._answered(request, exchange, target, answer)

    async def _asked(
        self, transport: Transport, head: bytes, method: str, content: Content, *, upgrade: bool
    ) -> VendorAnswer:
        """The answer. A used connection that the server closes just as it is asked says nothing of the request."""
        bounds = self.bounds

        def exchange(idle_max_s: float) -> Awaitable[VendorAnswer]:
            timers = Timers(bounds.connect_s, bounds.first_byte_s, bounds.idle_s, TOTAL_S)
            return transport.exchange(
                head, method=method, idle_max_s=idle_max_s, timers=timers, stream=content.stream, upgrade=upgrade
            )

        if method not in _SAFE or content.stream is not None:
            return await exchange(0.0)
        try:
            return await exchange(IDLE_MAX_S)
        except NoAnswer as error:
            if not error.stale:
                raise
        return await exchange(0.0)  # RFC 9112 §9.3.1

    def _note(
        self,
        exchange: AppExchange,
        target: PassageTarget,
        content: Content,
        answer: VendorAnswer | None,
        *,
        unsure: bool,
    ) -> None:
        """Tell discovery of a request. `unsure`: it may have been carried out, and no answer says so."""
        if self.discovery is None:
            return
        self.discovery.note(
            SeenCall(
                exchange.app, target.scheme, target.origin.partition("://")[2], exchange.method, target.path,
                exchange.headers, content.whole, exchange.began, self._world.now(),
                status=0 if answer is None else answer.status, unsure=unsure,
                answered=None if answer is None else answer.headers,
            )
        )  # fmt: skip

    async def close(self) -> None:
        """Close every connection."""
        while self._known:
            await self._known.popitem()[1].close()

    def make_room(self) -> bool:
        """Close one idle connection, whose descriptor is wanted."""
        return any(transport.make_room() for transport in self._known.values())

    async def _transport(self, target: PassageTarget) -> Transport:
        key = (target.scheme, target.to, target.reach)
        known = self._known.get(key)
        if known is None:
            tls, reach = self._tls if target.scheme == "https" else None, target.reach
            origin = Origin(
                target.to.host, target.to.port, tls,
                private=reach == "allow", warns=reach == "warn", on_address=self._on_address,
            )  # fmt: skip
            known = self._known[key] = self._make(self._world, origin)
            if len(self._known) > HOSTS_MAX:
                await self._known.popitem(last=False)[1].close()
        self._known.move_to_end(key)
        return known

    async def _answered(
        self, request: web.BaseRequest, exchange: AppExchange, target: PassageTarget, answer: VendorAnswer
    ) -> RawResponse | StreamFinished:
        urls, parts = UrlRewriter(target.origin, "", path=""), _status_line(answer)
        exchange.base, exchange.urls = target.origin, urls
        length = append_lines(parts, answer.raw_headers, urls, target.path, exchange)
        parts.append(b"Proxy-Status: tidegate; received-status=%d\r\n" % answer.status)
        parts.append(b"Tidegate-Call: %b\r\n" % exchange.call_id.encode())
        if answer.tunnel is not None:
            return await self._carried(request, exchange, answer.tunnel, parts)
        if answer.rest is None:
            return RawResponse(_whole(parts, exchange, answer, length), keep_alive=exchange.keep_alive)
        stream = AppStream(self._world, request)
        lines = stream.framing(length, keep_alive=exchange.keep_alive)
        stream.head = b"".join((*parts, lines, b"\r\n")).translate(None, CONTROL_BYTES)
        whole, idle_s = False, self.bounds.idle_s
        try:
            await stream.begin()
            while data := await answer.rest.next(idle_s, "connection_read_timeout", "the answer stopped coming"):
                await stream.write(data)
            whole = True
        except (NoAnswer, ConnectionError):
            pass
        finally:
            answer.rest.close()
        return await finish(stream, whole=whole)

    async def _carried(
        self, request: web.BaseRequest, exchange: AppExchange, tunnel: Tunnel, parts: list[bytes]
    ) -> StreamFinished:
        """A WebSocket, until it ends as one of its ends would have it."""
        stream, bounds = AppStream(self._world, request), self.bounds
        stream.head = b"".join((*parts, UPGRADED, b"\r\n")).translate(None, CONTROL_BYTES)
        carrier = WebSocketCarrier(self._world, Streamed(), None, idle_s=bounds.idle_s, total_s=bounds.total_s)
        try:
            await stream.begin()
            await carrier.carry(request, tunnel, exchange.stopping)
        except (BrokenTunnel, ConnectionError):
            pass
        finally:
            tunnel.close()
            stream.close()
        return StreamFinished(stream)


def _written(
    request: web.BaseRequest, exchange: AppExchange, target: PassageTarget, content: Content, *, upgrade: bool
) -> bytes:
    host = target.origin.partition("://")[2].encode()
    path = "*" if exchange.method == "OPTIONS" and _names_no_path(request) else target.path
    parts = [exchange.method.encode(), b" ", path.encode(), b" HTTP/1.1\r\nHost: ", host, b"\r\n"]
    lines: RawHeaders = request._message.raw_headers  # noqa: SLF001 - see tidegate.proxy.onramp.server
    left_out = hop_by_hop(exchange.headers)
    for name, value in lines:
        lower = name.lower()
        if lower not in left_out and not lower.startswith((b"tidegate-", b"proxy-")):
            parts += (name, b": ", value, b"\r\n")
    parts += (content.framing, UPGRADED if upgrade else b"", b"\r\n", content.whole or b"")
    return b"".join(parts)


def _names_no_path(request: web.BaseRequest) -> bool:
    """True where the target is a server alone: of OPTIONS that is the whole server (RFC 9112 §3.2.4)."""
    after = request._message.path.partition("://")[2]  # noqa: SLF001 - as it was sent
    return bool(after) and "/" not in after and "?" not in after


def _status_line(answer: VendorAnswer) -> list[bytes]:
    line = f"HTTP/1.1 {answer.status} {answer.reason}\r\n".encode("utf-8", "surrogateescape")
    return [line.translate(None, CONTROL_BYTES)]


def _whole(parts: list[bytes], exchange: AppExchange, answer: VendorAnswer, length: bytes | None) -> bytes:
    body = answer.body
    if not exchange.keep_alive:
        parts.append(b"Connection: close\r\n")
    if answer.status in (204, 304):
        body = b""
    elif exchange.method == "HEAD":
        parts.append(b"" if length is None or not length.isdigit() else b"Content-Length: %b\r\n" % length)
    else:
        parts.append(b"Content-Length: %d\r\n" % len(body))
    return b"".join((*parts, b"\r\n")).translate(None, CONTROL_BYTES) + body


def _unanswered(error: NotSent | NoAnswer | AppLeft | TooLarge) -> Reply:
    if isinstance(error, AppLeft | TooLarge):
        return refused(PROBLEMS["bad-request"], str(error) or "The content did not come whole.")
    if error.error == "destination_ip_prohibited":
        return refused(PROBLEMS["egress-denied"], str(error), error=error.error)
    problem = PROBLEMS["vendor-unavailable" if isinstance(error, NotSent) else "outcome-unknown"]
    return refused(problem, str(error), error=error.error)
