"""One request from an app, what is known about it while it passes through, and the reply. No behaviour."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp import web
from multidict import CIMultiDictProxy

from tidegate.plan.plan import OperationPlan
from tidegate.problems import Problem
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.call.upload import StreamedBody
from tidegate.world.world import World

GATHERED_BYTES_MAX = 8 * 1024 * 1024
"""A stage that needs a whole answer (to keep it, to share it) gets it up to this length; a longer one passes it by."""

RawHeaders = Sequence[tuple[bytes, bytes]]


@dataclass(slots=True)
class Attempt:
    """One exchange with the vendor. `sent` says whether request bytes may have left; times are monotonic seconds."""

    number: int
    began: float
    ended: float
    sent: bool
    status: int
    verdict: Verdict
    error: str
    """RFC 9209 §2.3 error type, empty where the vendor answered."""
    headed: float = 0.0
    """When the head of an answer came that was then streamed; 0 where the answer came at once, or not at all."""


@dataclass(slots=True)
class Streamed:
    """What of an answer was passed on as it came."""

    bytes: int = 0
    events: int = 0
    """Whole events of `text/event-stream`."""


@dataclass(slots=True)
class Call:
    """What the app asked for and what has happened so far. `path` is the vendor's own path with its query, as sent."""

    call_id: str
    app: str
    plan: OperationPlan
    method: str
    path: str
    headers: CIMultiDictProxy[str]
    raw_headers: RawHeaders
    body: bytes
    began: float
    deadline: float
    """Monotonic seconds at which the call must have been answered."""
    trace_id: str = ""
    span_id: str = ""
    parent_span_id: str = ""
    """The app's own span, where it sent a valid traceparent."""
    sampled: bool = False
    written: bytes = b""
    """The request as the vendor gets it, where a stage has needed it before it is sent."""
    key: str = ""
    """The idempotency key that the vendor sees; empty where the operation has none."""
    queued_s: float = 0.0
    permit: "Permit | None" = None
    """What the limits lent to the attempt that is under way."""
    attempts: list[Attempt] = field(default_factory=list)
    way_back: "ReplyChannel | None" = None
    """Where an answer is streamed to; None where nobody waits for one, and it is gathered."""
    upload: StreamedBody | None = None
    """The body, where it is too large to be kept; `body` is empty then."""
    upgrade: bool = False
    """The app asks for another protocol (WebSocket)."""
    gather: int = 0
    """Set by a stage that needs the whole answer: up to so many bytes of it are gathered before any is passed on."""
    copy: int = 0
    """Set by a stage that wants a copy of a streamed answer, if it is no longer than so many bytes."""
    streamed: Streamed | None = None
    """The commit point has been passed: bytes of an answer have gone to the app, and nothing may be tried again."""
    at_commit: tuple[Callable[[], None], ...] = ()
    """Called as soon as that is so."""
    repeats: str = ""
    """The earlier call that this one repeats (tidegate.proxy.policies.resilience.sdk_retries)."""
    stop: str = ""
    """Why nothing more was tried, where the call did not end well."""
    outcome: Outcome = Outcome.NOT_APPLIED


@dataclass(slots=True)
class Reply:
    """What the app gets. `headers` are the vendor's lines, already without hop-by-hop ones.

    `problem` is set where the reply is our own; status, headers and body then follow from it when it is written.
    """

    status: int
    reason: str
    headers: RawHeaders
    body: bytes
    verdict: Verdict
    vendor_headers: CIMultiDictProxy[str] | None = None
    """The vendor's headers as it sent them, for the policies that read them."""
    problem: Problem | None = None
    detail: str = ""
    error: str = ""
    """RFC 9209 §2.3 error type for Proxy-Status, where there is one."""
    retry_after_s: float | None = None
    stored: bool = False
    """The vendor marked this as the stored answer to an earlier request with the same key."""
    streamed: bool = False
    """It went to the app as it came, or as much of it as there was. `body` is a copy, or empty where `whole` is not."""
    whole: bool = True
    """`body` is all of it."""
    replayed: bool = False
    """We kept this answer ourselves; no attempt was made."""
    told: tuple[tuple[str, str], ...] = ()
    """Headers of ours: what is left of the vendor's limits."""
    cache: str = ""
    """What became of a read that may be answered with another answer: `hit`, `miss`, `stale`, `static`, …"""
    proxy_status: bytes = b""
    """Proxy-Status, where the answer is not simply the vendor's to this call."""


class ReplyStream(Protocol):
    """An answer on its way to the app: `begin`, any number of `write`, and a `break_off` where it is not whole."""

    broken: bool

    async def begin(self, first: bytes = b"") -> None:
        """Send the head and what there is of the body. Raises ConnectionError where the app has gone."""
        ...

    async def write(self, data: bytes) -> None:
        """Send the next part, once the app has read enough of the one before. Raises as `begin` does."""
        ...

    def break_off(self) -> None:
        """End the connection so that the app sees that the answer is not whole."""
        ...

    def close(self) -> None:
        """End the connection; it is no longer HTTP."""
        ...


class ReplyChannel(Protocol):
    """The way from a stage back to the app that waits. `request` is None once nobody does."""

    request: web.BaseRequest | None
    stopping: asyncio.Event
    """Set when the proxy stops."""

    def open_stream(self, world: World, call: Call, reply: Reply) -> ReplyStream | None:
        """Begin to stream an answer; None where another attempt has begun, or nobody is there to read it."""
        ...


class ConnectionWait(Protocol):
    """A request that waits for a connection."""

    def left(self) -> None:
        """The request leaves now, or does not leave at all."""
        ...


class Permit(Protocol):
    """The limits that let a request go, for what shows before its answer is whole."""

    def hold(self) -> ConnectionWait:
        """A connection has to be made first. To be called in the turn of the loop in which the permit was given."""
        ...

    def pause_until(self, moment: float) -> None:
        """The vendor wants nothing before `moment` (monotonic seconds)."""
        ...


Handler = Callable[[Call], Awaitable[Reply]]
"""What carries a call out: a stage together with all that is inside it."""


def refused(problem: Problem, detail: str, *, retry_after_s: float | None = None, error: str = "") -> Reply:
    """Our own refusal: nothing was sent for it."""
    return Reply(
        status=problem.status,
        reason="",
        headers=(),
        body=b"",
        verdict=Verdict.REFUSED,
        problem=problem,
        detail=detail,
        error=error or problem.proxy_status,
        retry_after_s=retry_after_s,
    )
