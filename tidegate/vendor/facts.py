"""The facts about a vendor, as its documentation has them: the half of the vendor file that the simulator enforces.

Shapes and units only. What we do about it is tidegate.policy.policy.
"""

from typing import Annotated, Literal

from pydantic import Field

from tidegate.configfile.block import BLOCK, BY_SHAPE, WORD, Block, HeaderName, Pointer, SimulatorOnly
from tidegate.configfile.sent_header import HeaderText, SentHeaderName
from tidegate.configfile.units import Duration, RateValue
from tidegate.configfile.web_address import BaseAddress
from tidegate.vendor.auth_facts import Auth
from tidegate.vendor.conversation_facts import Conversation
from tidegate.vendor.dialect_facts import Dialect, PresetName, Unit, When, Wording
from tidegate.vendor.refusal_facts import Reason, Refusal
from tidegate.vendor.resource_facts import ResourceFacts
from tidegate.vendor.webhook_facts import WebhookFacts


class Versioning(Block):
    """The vendor's dated API version."""

    header: SentHeaderName
    """The request header that names the version."""
    pin: HeaderText
    """The version that is sent where the app sends none."""


class RequestId(Block):
    """The response header by which the vendor names each request."""

    header: HeaderName = "X-Request-Id"
    """Its name."""
    prefix: str = ""
    """What each of its values begins with, like `req_`."""


class RetryHint(Block):
    """A response header in which the vendor says more."""

    header: HeaderName
    """Its name."""


class InSuccess(Block):
    """Errors that come with a status of success, as GraphQL has them. A code that is not listed is the app's matter."""

    pointer: Pointer
    """Where the error code stands in the JSON body, like `/errors/0/extensions/code`."""
    throttled: tuple[str, ...] = ()
    """Codes that mean a refusal for the rate: nothing was done."""
    failed: tuple[str, ...] = ()
    """Codes that mean a failure of the vendor's, as a status of 500 does."""
    rejected: tuple[str, ...] = ()
    """Codes that mean that the request was refused for what it is: nothing was done."""


class Errors(Block):
    """The vendor's error envelope, and how our own refusals wear it."""

    envelope: Pointer
    """Where the error object stands in an error's body."""
    code: Pointer | None = None
    """Where the error code stands."""
    retry_hint: RetryHint | None = None
    """The header by which the vendor says whether a resend makes sense (`true` or `false`). Ours says `false`."""
    in_200: InSuccess | None = None
    """Errors that come with a status of success."""
    body: object | None = None
    """The body of the vendor's refusals. Its texts hold places: {message}, {code}, {param}, {status}, {reason}, {path},
    {request_id} and any name of `words`. A text that is one place takes the value as it is, null where there is none;
    written {name?}, the field is left out then. Without it the document's own error schema is used."""
    words: dict[str, object] = Field(default={})
    """Words for places of `body`, the same for every reason."""
    refusals: dict[Reason, Refusal] = Field(default={})
    """How the vendor says each reason for a refusal, where it differs."""
    unknown_parameters: Literal["refuse", "ignore"] | None = None
    """What becomes of parameters that the operation does not have. Left out: refused where the document closes the
    schema that they are in (`additionalProperties: false`), else ignored."""
    ours: dict[str, object]
    """The body of our own refusals. Its texts may hold {problem}, {title}, {detail}, {call} and {status}, which becomes
    a number where it is the whole text."""


class IdempotencyFacts(Block):
    """The vendor's own idempotency keys."""

    header: SentHeaderName
    """The request header that carries the key."""
    methods: tuple[Literal["POST", "PUT", "PATCH", "DELETE"], ...]
    """The methods for which the vendor honours it."""
    remembers: Duration
    """How long the vendor remembers a key."""
    replays: tuple[Literal["2xx", "4xx", "5xx"], ...] = ("2xx",)
    """The classes of answers that are stored under a key and given again."""
    field: Annotated[Pointer | None, SimulatorOnly("the proxy puts keys into headers alone")] = None
    """The field of the JSON body that carries the key instead, like `/idempotency_key`."""
    required: bool = False
    """Whether a request without a key is refused."""
    length_max: Annotated[int, Field(ge=1)] = 255
    """The most characters in a key."""
    scope: Literal["credential", "operation"] = "credential"
    """Whether a key is one for all operations, or each operation has keys of its own."""
    mismatch: Literal["refuse", "replay"] = "refuse"
    """What a key brings that was used for another request: a refusal, or the first answer."""
    answers: Literal["stored", "latest"] = "stored"
    """What a key brings again: the first answer as it was, or its object as it is now."""
    replay_mark: HeaderName | None = None
    """The response header by which the vendor says that an answer is a stored one."""


Scope = Literal["credential", "account", "operation", "operations", "app"]


class Amount(Block):
    """How many units one request uses: estimated before it is sent, settled when the vendor has said what it was."""

    fixed: Annotated[float, Field(ge=0)] = 0.0
    """So many for every request."""
    per_byte: Annotated[float, Field(ge=0)] = 0.0
    """So many for each byte of the request's body. A token of English text is about four bytes: 0.25."""
    fields: tuple[Pointer, ...] = ()
    """Numbers in the request's JSON body that are added, like `/max_tokens`."""
    otherwise: Annotated[float, Field(ge=0)] = 0.0
    """Added instead, where none of these fields is there."""


class Limit(Block):
    """One limit of the vendor's."""

    name: str
    """What alerts and metrics call it."""
    rate: RateValue
    """So many units in a period."""
    burst: Annotated[int, Field(ge=1)] = 1
    """The depth of the bucket, in units."""
    algorithm: Literal["token-bucket", "sliding", "fixed"] = "token-bucket"
    """How the vendor counts: a bucket that refills, any stretch of one period, or periods that begin anew."""
    aligned: Literal["clock", "told"] = "clock"
    """When a fixed period begins: at whole multiples of the vendor's clock, or when the vendor's headers say so."""
    unit: Unit = "requests"
    """What is counted."""
    amount: Amount | None = None
    """How many units a request uses; one where this is left out. `bytes` needs nothing: the body is counted."""
    scope: Scope = "credential"
    """What shares one count: everything under one credential, everything under all of a pool's (`account`), each
    operation for itself, the operations in `of`, or each app for itself."""
    of: tuple[str, ...] = ()
    """Operation ids or patterns, for the scope `operations`."""
    told: bool = True
    """Whether the vendor's headers speak of it. GitHub's secondary limits are met without a warning."""


class Concurrency(Block):
    """How many requests may be under way at once."""

    name: str = "concurrency"
    """What alerts and metrics call it."""
    at_once: Annotated[int, Field(ge=1)]
    """At most so many."""
    scope: Scope = "credential"
    """What shares one count, as with a limit."""
    of: tuple[str, ...] = ()
    """Operation ids or patterns, for the scope `operations`."""


class Quota(Block):
    """So many units in a calendar day or month. What was used is kept on disk, so that a restart forgets nothing."""

    name: str
    """What alerts and metrics call it."""
    count: Annotated[int, Field(ge=1)]
    """So many units."""
    per: Literal["day", "month"]
    """The calendar period."""
    zone: Annotated[str, Field(pattern=r"^[+-]\d\d:\d\d$", examples=["-08:00"])] = "+00:00"
    """Where it begins at midnight: the offset from UTC."""
    unit: Unit = "requests"
    """What is counted."""
    amount: Amount | None = None
    """How many units a request uses, as with a limit."""
    scope: Scope = "credential"
    """What shares one count, as with a limit."""
    of: tuple[str, ...] = ()
    """Operation ids or patterns, for the scope `operations`."""


class Throttled(Block):
    """How the vendor refuses a request for its rate."""

    status: Annotated[int, Field(ge=400, le=599)]
    """The status of the answer."""
    code: str | None = None
    """The error code in its body, where the status alone does not tell."""
    when: When | None = None
    """The header in the answer, where status and code do not tell: GitHub's 403 with nothing remaining."""
    says: Wording | None = None
    """Words in its body, where nothing else tells: GitHub's secondary limits."""
    reason: RetryHint | None = None
    """The header that names the limit."""
    means: Literal["quota", "contention", "exhausted"] = "quota"
    """`contention` is a lock clash: worth a resend, and no quota. `exhausted` does not heal by waiting: final."""


class Deprecation(Block):
    """What the vendor says of an operation that it is giving up."""

    since: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$", examples=["2026-01-31"])] | None = None
    """Since when it is deprecated. Without it only the form `true` has a `Deprecation` header."""
    form: Literal["date", "http-date", "true"] = "date"
    """How the header is written: as RFC 9745 has it (`@1688169599`), or as older drafts had it and vendors still do:
    an HTTP date, like GitHub, or `true`."""
    sunset: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$", examples=["2027-01-31"])] | None = None
    """When it goes away (RFC 8594)."""
    link: str | None = None
    """Where the vendor explains it."""


class Conditional(Block):
    """Entity tags and conditional requests (RFC 9110 §13)."""

    tags: Literal["strong", "weak"] = "strong"
    """How answers to reads are tagged."""
    of: tuple[str, ...] = ("*",)
    """The operations, by id or pattern."""
    free: tuple[str, ...] = ()
    """The limits that a 304 does not count for, by name."""


class GraphQLFacts(Block):
    """The vendor's GraphQL endpoint. The simulator answers it; to the proxy it is an operation like others."""

    operation: str
    """The operation of the document that it is."""
    types: str
    """Its types, in GraphQL's own language."""
    ids: Annotated[str, Field(pattern=r"\{number\}")] = "gid://simulated/{type}/{number}"
    """How the ids of objects are written: {type} is the object's, {number} has up to twelve digits."""
    query_cost_max: Annotated[float, Field(gt=0)] = 1000.0
    """The most points that a single query may ask for."""


class Facts(Block):
    """What the vendor does. The simulator enforces it, the proxy respects it."""

    base_url: Annotated[BaseAddress, Field(examples=["https://api.stripe.com"])]
    """Where the vendor is. The document's paths follow it."""
    region: str | None = None
    """Where the vendor keeps the data."""
    urls: Literal["keep", "rewrite"] = "keep"
    """Whether the vendor's own addresses in JSON answers are rewritten to lead through the gateway, for SDKs that
    follow them. Such an answer is read whole before it goes on, and asked for without compression."""
    auth: Auth
    """How the vendor knows us."""
    versioning: Versioning | None = None
    """The vendor's dated API version."""
    get_or_post: bool = False
    """Whether the vendor takes GET and POST alike, whatever its document says."""
    request_id: RequestId = RequestId()
    """How the vendor names each request."""
    errors: Errors
    """The vendor's error envelope."""
    idempotency: IdempotencyFacts | None = None
    """The vendor's idempotency keys."""
    limits: tuple[Limit, ...] = ()
    """The vendor's limits; a request must pass each that applies to it."""
    concurrency: tuple[Concurrency, ...] = ()
    """How many requests may be under way at once."""
    quotas: tuple[Quota, ...] = ()
    """What a calendar day or month holds."""
    dialect: Annotated[Annotated[Dialect, BLOCK] | Annotated[PresetName, WORD], BY_SHAPE] | None = None
    """How the vendor tells what is left: the name of a known dialect, or the meaning of each header."""
    adaptive: bool | None = None
    """Whether the rate is learned from refusals where no limit is documented."""
    connections: Literal["fresh", "reuse"] = "fresh"
    """Which connection a write takes that is never resent. `fresh`: one that was never used. `reuse`: one that was used
    within the last second will do, because the vendor does not close it so soon."""
    resources: ResourceFacts = ResourceFacts()
    """What the vendor holds, where the document does not say it."""
    throttled: tuple[Throttled, ...] = (Throttled(status=429),)
    """How a refusal for the rate looks, in this vendor's dialect."""
    webhooks: WebhookFacts | None = None
    """How the vendor calls us."""
    conditional: Conditional | None = None
    """Which answers carry an entity tag, and take conditions."""
    graphql: Annotated[GraphQLFacts | None, SimulatorOnly("the proxy reads no query")] = None
    """The vendor's GraphQL endpoint."""
    conversations: dict[str, Conversation] = Field(default={})
    """Operations that answer a conversation, by id, and what their answers look like."""
    deprecations: dict[str, Deprecation] = Field(default={})
    """What is said of deprecated operations, by id or pattern. A mark in the document alone brings no header: RFC 9745
    has no value without a date."""
    hosts: dict[str, str] = Field(default={})
    """The region of each of the vendor's hosts. A request to a host of another region than `region` is refused."""
    personal_data: tuple[Pointer, ...] = ()
    """The fields of request bodies that carry personal data."""
