"""The reply on the wire: one piece of bytes for head and body, so that one send carries it.

The vendor's lines are tidegate.proxy.onramp.answer_lines; this file adds Tidegate-Call, Tidegate-Attempts and
Proxy-Status, and the body's length.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus

import orjson
from aiohttp import web
from http_sf import Token, ser
from http_sf.types import BareItemType
from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.proxy.call.call import Call
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import DIGESTS, AcceptedWrite, Reply
from tidegate.proxy.onramp.answer_lines import CONTROL_BYTES, NOTHING, append_lines
from tidegate.proxy.onramp.app_stream import AppStream
from tidegate.proxy.onramp.refusal import refuse, stop_hint
from tidegate.proxy.policies.resilience.retry_decision import BODY_NOT_KEPT
from tidegate.proxy.secrecy.echoed_secrets import is_coded, mask_for, without_echo
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.proxy.upstream.url_rewriting import UrlRewriter, path_of
from tidegate.world.world import World

NO_HEADERS: CIMultiDictProxy[str] = CIMultiDictProxy(CIMultiDict())
"""Of a request that could not be read."""

CALLS_PATH = "/_tidegate/calls/"
"""What follows is a call's id: what became of it."""
ASK_AFTER_S = 2
"""An app that asks after an accepted write is told to come back after so many seconds."""

_BODILESS = frozenset((204, 304))


@lru_cache(maxsize=1024)
def _status_line(status: int, reason: str) -> bytes:
    if not reason:
        try:
            reason = HTTPStatus(status).phrase
        except ValueError:
            reason = "Unknown"
    line = f"HTTP/1.1 {status} {reason}\r\n".encode("utf-8", "surrogateescape")  # its very bytes (RFC 9112 §4)
    return line.translate(None, CONTROL_BYTES)


@lru_cache(maxsize=1024)
def _received(status: int) -> bytes:
    return b"Proxy-Status: tidegate; received-status=%d\r\n" % status


@dataclass(slots=True)
class AppExchange:
    """One request and its answer, as the app sees them. `upstream` and `app` are set once they are recognised."""

    call_id: str
    method: str
    headers: CIMultiDictProxy[str]
    keep_alive: bool
    began: float
    """Monotonic seconds of its arrival."""
    request: web.BaseRequest | None = None
    writer: "ReplyWriter | None" = None
    upstream: Upstream | None = None
    app: str = ""
    stream: AppStream | None = None
    """The streamed answer, once one has begun."""
    left_s: float | None = None
    """Seconds of the call's time that were left when its answer was there; None where no call came of it."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the proxy stops."""
    base: str = ""
    """The URL that the request came to, where its Host header does not say it: of a target in absolute form, or of the
    connection."""
    urls: UrlRewriter | None = None
    """For an app that reached the vendor by its own address: leads the vendor's URLs back there. `base` is set, too."""

    @property
    def gateway(self) -> str:
        """This proxy's URL as the app reached it: what is configured, or what the request said. Its Host is checked."""
        if self.urls is not None:
            return self.base
        public, scheme = (self.writer.public_url, self.writer.scheme) if self.writer is not None else ("", "http")
        return public or self.base or f"{scheme}://{self.headers.get('Host', '')}"

    def open_stream(self, world: World, call: Call, reply: Reply) -> AppStream | None:
        """Begin to stream an answer; None where another attempt of the call has begun, or nobody is there to read it.

        `reply` has no body yet. Nothing is sent before `AppStream.begin`.
        """
        if self.stream is not None or self.request is None or self.writer is None:
            return None
        self.left_s = call.deadline - world.now()
        self.stream = AppStream(world, self.request)
        self.stream.head = self.writer.stream_head(self, call, reply, self.stream)
        return self.stream


class ReplyWriter:
    """Makes replies into bytes. `public_url` is the configured address of this proxy, `scheme` that of its own port."""

    def __init__(self) -> None:
        self.public_url, self.scheme = "", "http"

    def reply(self, exchange: AppExchange, call: Call, reply: Reply) -> bytes:
        """The answer to a call: the vendor's, one that was kept, or a refusal."""
        if reply.problem is not None:
            return self.refusal(exchange, reply, call)
        if reply.accepted is not None:
            return self._accepted(exchange, call, reply.accepted)
        upstream = exchange.upstream
        assert upstream is not None
        (head, body), mask = self._vendors(exchange, call, reply, upstream), mask_for(upstream.echo_mask, reply.status)
        if mask is None or not (mask.holds(body) or mask.holds(head) or is_coded(reply)):
            return head + body
        if (unechoed := without_echo(mask, reply)) is not reply:
            head, body = self._vendors(exchange, call, unechoed, upstream)
        return mask.masked(head + body)

    def _vendors(self, exchange: AppExchange, call: Call, reply: Reply, upstream: Upstream) -> tuple[bytes, bytes]:
        """A vendor's answer, whole: its head and its body."""
        status, body, changed = reply.status, reply.body, False
        if upstream.rewrites_json and body and status != 206:
            body = (exchange.urls or upstream.urls).led_through(body, _json_headers(reply), exchange.gateway)
            changed = body is not reply.body and body != reply.body
        parts, length = self._head(exchange, call, reply, DIGESTS if changed else NOTHING)
        if not exchange.keep_alive:
            parts.append(b"Connection: close\r\n")
        if status in _BODILESS:
            body = b""
            parts.append(b"\r\n")
        elif exchange.method == "HEAD":
            parts.append(_length_of_head(upstream, reply, body, length))
            body = b""
        else:
            parts.append(b"Content-Length: %d\r\n\r\n" % len(body))
        return b"".join(parts).translate(None, CONTROL_BYTES), body

    def _accepted(self, exchange: AppExchange, call: Call, accepted: AcceptedWrite) -> bytes:
        """202: where the write is asked after (RFC 9110 §15.3.3), and that the app's wish was met (RFC 7240 §3)."""
        location = f"{exchange.gateway}{CALLS_PATH}{accepted.delivery_id}"
        headers = {
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            "Location": location,
            "Retry-After": str(ASK_AFTER_S),
            "Tidegate-Call": call.call_id,
            "Tidegate-Attempts": str(len(call.attempts)),
            "Proxy-Status": "tidegate",
        }
        if accepted.preferred:
            headers["Preference-Applied"] = "respond-async"
        if accepted.key:
            headers["Idempotency-Key"] = accepted.key
        return _own(202, headers.items(), orjson.dumps({**accepted.document, "location": location}), exchange)

    def stream_head(self, exchange: AppExchange, call: Call, reply: Reply, stream: AppStream) -> bytes:
        """The head of an answer whose body is streamed."""
        parts, length = self._head(exchange, call, reply)
        if reply.status == 101:
            parts.append(b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
            head = b"".join(parts)
        else:
            lines = stream.framing(length, keep_alive=exchange.keep_alive)
            head = b"".join((*parts, lines, b"\r\n"))
        mask = exchange.upstream.echo_mask if exchange.upstream is not None else None
        head = head.translate(None, CONTROL_BYTES)
        return head if mask is None else mask.masked(head)

    def _head(
        self, exchange: AppExchange, call: Call, reply: Reply, left_out: frozenset[bytes] = NOTHING
    ) -> tuple[list[bytes], bytes | None]:
        """Everything that does not depend on how the body goes out, and the vendor's Content-Length."""
        upstream, status = exchange.upstream, reply.status
        assert upstream is not None
        parts = [_status_line(status, reply.reason)]
        if upstream.stop_hint_name is not None and reply.verdict in _STOPPED and not reply.proxy_status:
            left_out |= {upstream.stop_hint_name}
        length = append_lines(parts, reply.headers, exchange.urls or upstream.urls, call.path, exchange, left_out)
        parts.append(b"Tidegate-Call: %b\r\nTidegate-Attempts: %d\r\n" % (call.call_id.encode(), len(call.attempts)))
        if reply.replayed:
            parts.append(b"Idempotency-Replayed: true\r\nProxy-Status: tidegate\r\n")
        elif reply.proxy_status:
            parts.append(b"Proxy-Status: %b\r\n" % reply.proxy_status)
        else:
            parts.append(_received(status))
        if exchange.left_s is not None and (len(call.attempts) > 1 or reply.verdict in _STOPPED):
            parts.append(b"Tidegate-Remaining: %b\r\n" % _remaining(exchange.left_s).encode())
        if reply.verdict in _STOPPED and not reply.proxy_status:
            parts += _stop_lines(upstream, reply.verdict)
            if call.stop == BODY_NOT_KEPT.reason:
                parts.append(b"Tidegate-Stop: body not kept\r\n")
        if reply.limit_headers and (reply.vendor_headers is None or "RateLimit" not in reply.vendor_headers):
            parts += [f"{name}: {value}\r\n".encode("latin-1") for name, value in reply.limit_headers]
        return parts, length

    def refusal(self, exchange: AppExchange, reply: Reply, call: Call | None = None) -> bytes:
        """A reply of our own. `call` is what came of the request, if anything did."""
        assert reply.problem is not None
        attempts = len(call.attempts) if call is not None else 0
        upstream, detail = exchange.upstream, reply.detail
        detail = upstream.redactor.often(detail) if detail and upstream is not None else detail
        status, headers, body = refuse(
            upstream.facts if upstream is not None else None,
            reply.problem,
            detail=detail,
            call_id=exchange.call_id,
            below=path_of(exchange.gateway),
            accept=exchange.headers.get("Accept", ""),
            retry_after_s=reply.retry_after_s,
            attempts=attempts,
            trace_id=call.trace_id if call is not None else "",
        )
        headers["Tidegate-Attempts"] = str(attempts)
        headers.extend(reply.limit_headers)
        if exchange.left_s is not None:
            headers["Tidegate-Remaining"] = _remaining(exchange.left_s)
        if call is not None and call.stop == BODY_NOT_KEPT.reason:
            headers["Tidegate-Stop"] = call.stop
        headers["Proxy-Status"] = proxy_status(reply.error, detail)
        return _own(status, headers.items(), body, exchange)

    def stored(self, exchange: AppExchange, reply: Reply) -> bytes:
        """A vendor's answer to a write that was carried out later, given by itself. The vendor is still served."""
        upstream = exchange.upstream
        assert upstream is not None
        if upstream.echo_mask is not None:
            reply = without_echo(upstream.echo_mask, reply)
        body = reply.body
        if upstream.rewrites_json and body:
            body = (exchange.urls or upstream.urls).led_through(body, _json_headers(reply), exchange.gateway)
        parts = [_status_line(reply.status, reply.reason)]
        left_out = DIGESTS if body is not reply.body else NOTHING
        append_lines(parts, reply.headers, exchange.urls or upstream.urls, "/", exchange, left_out)
        parts.append(b"Idempotency-Replayed: true\r\nProxy-Status: tidegate\r\n")
        if not exchange.keep_alive:
            parts.append(b"Connection: close\r\n")
        if reply.status in _BODILESS:
            body = b""
        else:
            parts.append(b"Content-Length: %d\r\n" % len(body))
        head = b"".join((*parts, b"\r\n")).translate(None, CONTROL_BYTES)
        return head if exchange.method == "HEAD" else head + body

    def document(self, exchange: AppExchange, document: object) -> bytes:
        """A JSON document of our own."""
        headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
        return _own(200, headers, orjson.dumps(document), exchange)


def _json_headers(reply: Reply) -> Mapping[str, str]:
    """The headers by which a body is known for JSON; of a kept answer there are the lines alone."""
    if reply.vendor_headers is not None:
        return reply.vendor_headers
    return CIMultiDict((name.decode("latin-1"), value.decode("latin-1")) for name, value in reply.headers)


def _length_of_head(upstream: Upstream, reply: Reply, body: bytes, length: bytes | None) -> bytes:
    """The Content-Length of an answer to HEAD: the one that a GET would have, or none (RFC 9110 §8.6)."""
    if body:
        return b"Content-Length: %d\r\n\r\n" % len(body)
    if length is None or not length.isdigit() or (upstream.rewrites_json and upstream.urls.reads(_json_headers(reply))):
        return b"\r\n"
    return b"Content-Length: %b\r\n\r\n" % length


_STOPPED = frozenset((Verdict.FAILED, Verdict.THROTTLED, Verdict.CONTENTION))
"""Answers after which we gave up: whoever gets one must not try again on its own at once."""


def _remaining(left_s: float) -> str:
    """As `Tidegate-Timeout` is written, so that it can be handed on as one."""
    return f"{max(left_s, 0.0):.3f}s"


def _stop_lines(upstream: Upstream, verdict: Verdict) -> list[bytes]:
    lines = [b"Tidegate-Problem: vendor-rate-limited\r\n"] if verdict is Verdict.THROTTLED else []
    hint = stop_hint(upstream.facts)
    return lines if hint is None else [*lines, f"{hint[0]}: {hint[1]}\r\n".encode()]


def _own(status: int, headers: Iterable[tuple[str, str]], body: bytes, exchange: AppExchange) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    close = "" if exchange.keep_alive else "Connection: close\r\n"
    head = _status_line(status, "") + f"{lines}{close}Content-Length: {len(body)}\r\n\r\n".encode("latin-1", "replace")
    return head if exchange.method == "HEAD" else head + body


@lru_cache(maxsize=256)
def proxy_status(error: str, detail: str) -> str:
    """A Proxy-Status value (RFC 9209 §2) for a reply of our own."""
    printable = "".join(c if " " <= c <= "~" else "?" for c in detail)
    parameters: dict[str, BareItemType] = {"error": Token(error), "details": printable}
    return ser([(Token("tidegate"), parameters)])
