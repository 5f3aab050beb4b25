"""The order app: takes a shop's orders from Tidegate's inbox, and hands each to the warehouse through the proxy.

An app as anybody would write it: it verifies the post, knows one that it had before by its id, drops a revision that is
older than one it has handed over, and maps the rest. It waits for nothing and tries nothing again: Tidegate does,
before it (the inbox) and behind it (the outbox). So what it remembers is memory, bounded; an app that has forgotten it
does no harm, because the key of each write is the webhook's id, and the warehouse refuses an older revision.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from aiohttp import web

from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import (
    Conflict,
    OutcomeUnknown,
    RateLimited,
    Unavailable,
    Undelivered,
    VendorFailure,
)
from tidegate.adapters.ports.orders import Order, Orders, OrderUnreadable, Outdated, Warehouse
from tidegate.adapters.webhook_signature import SignatureRefused, SignedPost, WebhookVerifier

V = TypeVar("V")

BODY_BYTES_MAX: Final = 2 * 1024 * 1024
"""More than the inbox takes."""
REMEMBERED_MAX: Final = 20_000
"""So many webhooks, and so many orders, are remembered: some days' at ten times the seed's load."""

_LATER: Final = (Unavailable, RateLimited, Conflict, OutcomeUnknown)
"""Nothing is wrong with the order: the same post, under the same key, will do."""


@dataclass(frozen=True, slots=True)
class _Post:
    """A webhook as it was posted."""

    signed: SignedPost
    event_id: str
    trace: str
    attempt: int
    received_wall: float | None
    sent_wall: float
    """When the shop sent it, 0 where it does not say."""

    @property
    def correlation_id(self) -> str:
        """The trace's id, which the proxy's lines have too; the vendor's id of the webhook where there is none."""
        parts = self.trace.split("-")
        return parts[1] if len(parts) == 4 else self.event_id


@dataclass(frozen=True, slots=True)
class _Ending:
    """What became of a post: the stage that it has reached, and what Tidegate is answered."""

    stage: str
    status: int = 200
    retry_after_s: float | None = None
    detail: str = ""


class OrderApp:
    """See the module. `wall` gives wall time in seconds, `log` takes a line: its fields, as data.

    `stamp_header` is the shop's header that says when it sent a webhook, empty where it has none: of one revision the
    later one counts.
    """

    def __init__(
        self,
        orders: Orders,
        warehouse: Warehouse,
        verifier: WebhookVerifier,
        *,
        wall: Callable[[], float],
        log: Callable[[dict[str, object]], object],
        stamp_header: str = "",
    ) -> None:
        self._orders, self._warehouse, self._verifier = orders, warehouse, verifier
        self._wall, self._log, self._stamp_header = wall, log, stamp_header
        self._posts: OrderedDict[str, int] = OrderedDict()
        """How often each webhook was posted."""
        self._over: OrderedDict[str, None] = OrderedDict()
        """The webhooks that are done with."""
        self._newest: OrderedDict[str, tuple[int, float]] = OrderedDict()
        """Order → the newest revision that was handed over, or perhaps was, and when the shop sent it."""

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request: 2xx says that the webhook is done with, anything else asks for it again."""
        body = await _content(request)
        if body is None:
            return web.Response(status=413)
        try:
            signed = self._verifier.verify(request.headers, body, self._wall())
        except SignatureRefused as refused:
            self._log({"stage": "refused", "detail": str(refused)})
            return web.Response(status=401)
        attempt = self._posts.get(signed.id, 0) + 1
        _remember(self._posts, signed.id, attempt)
        headers = request.headers
        received = _moment(headers.get("Tidegate-Received", ""))
        event_id, trace = headers.get("Tidegate-Event-Id", signed.id), headers.get("traceparent", "")
        sent = _moment(headers.get(self._stamp_header, "")) or 0.0
        post = _Post(signed, event_id, trace, attempt, received, sent)
        ending = await self._pursue(post)
        again = {} if ending.retry_after_s is None else {"Retry-After": f"{ending.retry_after_s:.0f}"}
        return web.Response(status=ending.status, headers=again)

    async def _pursue(self, post: _Post) -> _Ending:
        """Take a webhook as far as it goes, and write down how far that was."""
        order: Order | None = None
        if post.signed.id in self._over:
            ending = _Ending("duplicate")
        else:
            try:
                order = self._orders.read(post.signed.body)
                ending = await self._hand_over(order, post)
            except OrderUnreadable as error:
                ending = _Ending("unreadable", 422, detail=str(error))
        if 200 <= ending.status < 300:
            _remember(self._over, post.signed.id, None)
        self._note(post, order, ending)
        return ending

    async def _hand_over(self, order: Order, post: _Post) -> _Ending:
        version = (order.revision, post.sent_wall)
        if version < self._newest.get(order.id, (0, 0.0)):
            return _Ending("stale")
        # Before the call: one that ends in doubt may be accepted, and is posted again in any case.
        _remember(self._newest, order.id, version)
        try:
            fulfilment = await self._warehouse.fulfil(order, key=post.signed.id, trace=post.trace)
        except Outdated:
            return _Ending("stale")
        except Undelivered as failure:
            return _Ending("dead letter", detail=str(failure))
        except _LATER as failure:
            return _Ending("put off", 503, getattr(failure, "retry_after_s", None), str(failure))
        except VendorFailure as failure:
            return _Ending("failed", 500, detail=str(failure))
        return _Ending("handed over", detail=fulfilment.record_url if isinstance(fulfilment, Deferred) else "")

    def _note(self, post: _Post, order: Order | None, ending: _Ending) -> None:
        line: dict[str, object] = {
            "correlation_id": post.correlation_id,
            "event_id": post.event_id,
            "order_id": order.id if order is not None else "",
            "stage": ending.stage,
            "attempt": post.attempt,
        }
        if order is not None:
            line["revision"] = order.revision
        if post.received_wall is not None:
            line["latency_ms"] = round((self._wall() - post.received_wall) * 1000)
        if ending.detail:
            line["detail"] = ending.detail
        self._log(line)


def _remember(memory: "OrderedDict[str, V]", key: str, value: V) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > REMEMBERED_MAX:
        memory.popitem(last=False)


def _moment(text: str) -> float | None:
    """Wall time of an RFC 3339 stamp; None where it is none."""
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        return None


async def _content(request: web.BaseRequest) -> bytes | None:
    """The body; None where it is longer than any that the inbox passes on."""
    parts, size = [], 0
    async for part in request.content.iter_chunked(65_536):
        parts.append(part)
        size += len(part)
        if size > BODY_BYTES_MAX:
            return None
    return b"".join(parts)
