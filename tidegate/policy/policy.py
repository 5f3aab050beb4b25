"""What we do about a vendor: the half of the vendor file that the proxy acts on, and its exceptions by operation.

Shapes, units and defaults only; the defaults are DESIGN §5's. What the vendor does is tidegate.vendor.facts.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tidegate.configfile.block import BLOCK, BY_SHAPE, WORD, Block, HeaderName, NotYet, Pointer
from tidegate.configfile.units import Duration, Share
from tidegate.policy.reads import Cache, Hedge, Scope, Static

Mode = Literal["enforce", "report"]


class Timeouts(Block):
    """The times of one attempt."""

    connect: Duration = 3.0
    """To a connection, TLS included."""
    first_byte: Duration = 10.0
    """From the request's last byte to the answer's first."""
    idle: Duration = 10.0
    """Between two parts of the answer."""
    attempt: Duration = 15.0
    """In all."""


class Streaming(Block):
    """The times of an answer that is passed on as it comes. They begin where the call's budget ends: with its head."""

    first_event: Duration = 30.0
    """Until the first event of an event stream (`text/event-stream`). Comments are none."""
    idle: Duration = 60.0
    """Between two parts of an event stream, or two messages of a WebSocket. Other answers keep to `timeout.idle`."""
    total: Duration = 3600.0
    """In all; and for a request body that is passed on as it comes."""


class Retry(Block):
    """When and how often a call is tried again."""

    attempts: Annotated[int, Field(ge=1, le=10)] = 3
    """At most so many exchanges with the vendor for one call."""
    base: Duration = 0.1
    """The wait before the first retry is at most this; it doubles with each."""
    cap: Duration = 10.0
    """No wait is longer than this."""
    jitter: Literal["full", "none"] = "full"
    """`full` draws each wait between nothing and its bound. `none` breaks TG003: all would come back at once."""
    budget: Share = 0.1
    """In any 10 s, retries are at most this share of the calls (and 3 in any case)."""


class Breaker(Block):
    """When the vendor is left alone, and how it is tried again."""

    window: Duration = 30.0
    """The last so many seconds are looked at."""
    last: Annotated[int, Field(ge=1)] | None = None
    """The last so many calls are looked at instead, however long ago they were."""
    calls: Annotated[int, Field(ge=1)] = 20
    """Fewer calls than this never open it."""
    failures: Share = 0.5
    """This share of failed or slow calls opens it."""
    slow: Duration = 10.0
    """A call that takes longer counts as failed."""
    open: Duration = 2.5
    """How long it stays open the first time; doubles each time."""
    open_max: Duration = 10.0
    """How long it stays open at most."""
    probes: Annotated[int, Field(ge=1)] = 2
    """So many calls at once may try the vendor after that."""
    ramp: Duration = 5.0
    """After closing, the admitted share grows over this time."""
    mode: Mode = "enforce"
    """`report` lets everything pass, counts and logs what would have been refused."""


class Limiting(Block):
    """How the vendor's limits are kept."""

    mode: Mode = "enforce"
    """`report` lets a call pass that a limit would hold back, counts and logs it."""
    spread: Duration = 0.2
    """Requests that leave so far apart may reach the vendor together: no window is filled beyond what that allows."""
    tell: bool = True
    """Whether apps are told what is left (RateLimit, RateLimit-Policy) when it runs short, and on refusals."""


class Queue(Block):
    """Calls that wait for a limit."""

    depth: Annotated[int, Field(ge=0)] = 500
    """At most so many wait."""
    wait: Duration = 5.0
    """None waits longer than this."""
    shares: dict[str, Annotated[int, Field(ge=1)]] = Field(default={})
    """What each app gets when calls wait, by weight; one that is not named weighs 1."""
    age: Duration = 2.0
    """A waiting call becomes one step more urgent (RFC 9218) each time it has waited so long."""
    mode: Mode = "enforce"
    """`report` lets a call pass that the queue would refuse, counts and logs it."""


class Bulkhead(Block):
    """How many calls one operation group may have under way, so that a slow group does not hold up the others."""

    concurrent: Annotated[int, Field(ge=1)]
    """At most so many."""
    queue: Annotated[int, Field(ge=0)] = 0
    """At most so many more wait for a place, no longer than `policy.queue.wait`."""
    mode: Mode = "enforce"
    """`report` lets a call pass that it would refuse, counts and logs it."""


class Alerts(Block):
    """What the generated alert rules watch."""

    errors: Share
    """This share of failed calls raises an alert."""
    slow_p99: Duration
    """This 99th percentile of a call's time raises an alert."""
    runbook: str
    """The runbook that is opened then."""


class Data(Block):
    """Which personal data may be sent to the vendor's region."""

    may_leave: tuple[Pointer, ...] = ()
    """The fields that may be sent."""
    otherwise: Annotated[Literal["refuse"] | None, NotYet("refusing bodies by field")] = None
    """What happens to a request that carries another field of `personal_data`."""


class Policy(Block):
    """What we do about it. The proxy acts on these."""

    budget: Duration = 30.0
    """The time of a whole call, waits and retries included. An app may ask for less."""
    timeout: Timeouts = Timeouts()
    """The times of one attempt."""
    stream: Streaming = Streaming()
    """The times of an answer that is passed on as it comes."""
    retry: Retry = Retry()
    """When and how often a call is tried again."""
    breaker: Breaker = Breaker()
    """When the vendor is left alone."""
    queue: Queue = Queue()
    """Calls that wait for a limit."""
    limiter: Limiting = Limiting()
    """How the vendor's limits are kept."""
    bulkhead: Bulkhead | None = None
    """How many calls each operation group may have under way."""
    quota_alert: tuple[Share, ...] = ()
    """Shares of a limit whose use raises an alert; one below 100% is needed."""
    alerts: Alerts | None = None
    """What the generated alert rules watch."""
    data: Data | None = None
    """Which personal data may be sent."""
    forward: Annotated[tuple[HeaderName, ...], Field(examples=[["X-Forwarded-For"]])] = ()
    """Request headers about the app's own network (`Forwarded`, `X-Forwarded-…`, `X-Real-IP`, `Via`, traces) that are
    sent on all the same. None is where this is left out: the vendor is no part of our network."""
    unlisted: Literal["pass", "report", "refuse"] = "pass"
    """What happens to a request that belongs to no operation of the document. `report` lets it pass, counts and logs
    it."""


class Fallback(Block):
    """What the app gets when the vendor is away: an answer that is written here, or an error, and why."""

    fail: str | None = None
    """There is no fallback, for this reason."""
    static: Static | None = None
    """This answer. For reads."""

    @model_validator(mode="after")
    def _one(self) -> "Fallback":
        if (self.fail is None) == (self.static is None):
            raise ValueError("write either fail, with the reason, or static, with an answer")
        return self


IdempotencyPlan = Literal["vendor-key", "natural", "lookup", "never-resend"]


class TimeoutsOverride(Block):
    """As `policy.timeout`; what is left out comes from there."""

    connect: Duration | None = None
    """To a connection, TLS included."""
    first_byte: Duration | None = None
    """From the request's last byte to the answer's first."""
    idle: Duration | None = None
    """Between two parts of the answer."""
    attempt: Duration | None = None
    """In all."""


class StreamingOverride(Block):
    """As `policy.stream`; what is left out comes from there."""

    first_event: Duration | None = None
    """Until the first event."""
    idle: Duration | None = None
    """Between two parts."""
    total: Duration | None = None
    """In all."""


class OperationSettings(Block):
    """What differs for one operation, or for all whose id matches a pattern like `Post*`."""

    idempotency: Annotated[
        Annotated[Annotated[IdempotencyPlan, WORD] | Annotated[tuple[IdempotencyPlan, ...], BLOCK], BY_SHAPE] | None,
        NotYet("looking up an unknown outcome", ("lookup",)),
    ] = None
    """What makes a resend safe: the vendor's key, the operation itself (`natural`), or nothing (`never-resend`)."""
    keep: Duration | None = None
    """How long our record of a keyed call is kept. As long as the vendor remembers the key where it is left out."""
    budget: Duration | None = None
    """The time of a whole call."""
    timeout: TimeoutsOverride | None = None
    """The times of one attempt."""
    stream: StreamingOverride | None = None
    """The times of an answer that is passed on as it comes."""
    attempts: Annotated[int, Field(ge=1, le=10)] | None = None
    """At most so many exchanges with the vendor for one call."""
    group: str | None = None
    """Operations of one group share a breaker."""
    critical: bool | None = None
    """Whether it is on the critical path: then it names what happens when the vendor is away."""
    unavailable: Annotated[
        Annotated[Annotated[Fallback, BLOCK] | Annotated[Literal["defer", "cache"], WORD], BY_SHAPE] | None,
        NotYet("deferred writes", ("defer",)),
    ] = None
    """What the app gets when the vendor is away: `{fail: why}`, `{static: {…}}`, or `cache`: an answer that went stale,
    as `cache.stale_if_error` allows."""
    lookup: Annotated[dict[str, object] | None, NotYet("looking up an unknown outcome")] = None
    """How an unknown outcome is looked up."""
    cache: Cache | None = None
    """How long an answer may be given again. For reads; off where it is left out."""
    coalesce: Scope | Literal["off"] | None = None
    """Whether identical reads that run at the same time share one answer, and whose. As `cache.shared` where there is a
    cache, else off."""
    hedge: Hedge | None = None
    """When a second request is sent for a slow read. For reads; off where it is left out."""
    order_by: Annotated[Pointer | None, NotYet("ordered delivery")] = None
    """The field whose calls are delivered in order."""
