"""One request from an app and what is known about it while it passes through. No behaviour.

Here too are the two shapes that stand on it: what carries a call out, and the way on which an answer goes back while it
is still coming.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp import web
from multidict import CIMultiDictProxy

from tidegate.plan.plan import OperationPlan
from tidegate.proxy.call.attempt import Attempt
from tidegate.proxy.call.content import Content
from tidegate.proxy.call.credential import Credential
from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.call.permit import Permit
from tidegate.proxy.call.reply import RawHeaders, Reply, Streamed
from tidegate.proxy.call.residency_decision import ResidencyDecision
from tidegate.world.world import World

GATHERED_BYTES_MAX = 8 * 1024 * 1024
"""A stage that needs a whole answer (to keep it, to share it) gets it up to this length; a longer one passes it by."""


@dataclass(frozen=True, slots=True)
class CarriedDeliveries:
    """The deliveries that a worker carries out with a call: one, or those that one request of the vendor's joins."""

    ids: tuple[str, ...]
    traces: tuple[str, ...] = ()
    """The traceparents under which they were accepted."""
    join: "Handler | None" = None
    """Sends it together with others, where it does not go by itself."""


@dataclass(slots=True)
class Call:
    """An app's request and what has happened to it so far. `path` is the vendor's own path with its query, as sent."""

    call_id: str
    app: str
    plan: OperationPlan
    method: str
    path: str
    headers: CIMultiDictProxy[str]
    raw_headers: RawHeaders
    content: Content
    began: float
    deadline: float
    """Monotonic seconds at which the call must have been answered."""
    trace_id: str = ""
    span_id: str = ""
    parent_span_id: str = ""
    """The app's own span, where it sent a valid traceparent."""
    sampled: bool = False
    credential: Credential | None = None
    """The one that is chosen for the next attempt; None for the one that is in force."""
    wearer: str = ""
    """The member of a pool that this call is on record with, and prefers; empty where it has no reason to."""
    on_record: bool = False
    """Its record names the member, before the first byte leaves under it."""
    pinned: bool = False
    """Every further attempt must wear that one: the vendor may know the call under it alone."""
    written: bytes = b""
    """The request as the vendor gets it, where a stage has needed it before it is sent."""
    key: str = ""
    """The idempotency key that the vendor sees; empty where the operation has none."""
    own_key: str = ""
    """The key that it is on record under, and that the vendor sees, where the app gave none and it may go on after its
    app was answered."""
    residency: ResidencyDecision | None = None
    """What may leave of it, and by which rule; None where no rule is about its operation."""
    cleared: Content | None = None
    """The content that this was decided of."""
    resent: bool = False
    """It was sent before, perhaps: what may not meet a stale connection again takes one that was never used."""
    carried: CarriedDeliveries | None = None
    """A worker carries it out (tidegate.proxy.durable): what becomes of it is on record there, and no app waits."""
    queued_s: float = 0.0
    permit: Permit | None = None
    """The permit of the attempt that is under way; None between two attempts."""
    attempts: list[Attempt] = field(default_factory=list)
    reply_channel: "ReplyChannel | None" = None
    """The way back to the app for a streamed answer; None where nobody waits, and the answer is gathered."""
    upgrade: bool = False
    """The app asks for another protocol (WebSocket)."""
    gather: int = 0
    """Set by a stage that needs the whole answer: up to so many bytes of it are gathered before any is passed on."""
    copy: int = 0
    """Set by a stage that wants a copy of a streamed answer, if it is no longer than so many bytes."""
    streamed: Streamed | None = None
    """The commit point has been passed: bytes of an answer have gone to the app, and nothing may be tried again."""
    at_commit: tuple[Callable[["Call", Reply], None], ...] = ()
    """Called as soon as that is so, with the call and its answer's head. Who keeps the call holds it in a circle."""
    repeats: str = ""
    """The earlier call that this one repeats (tidegate.proxy.policies.resilience.sdk_retries)."""
    stop: str = ""
    """Why nothing more was tried, where the call did not end well."""
    outcome: Outcome = Outcome.NOT_APPLIED


Handler = Callable[[Call], Awaitable[Reply]]
"""A stage together with all that is inside it: carries a call out."""


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
