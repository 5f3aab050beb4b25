"""Webhooks of a vendor: the signature, the schedule of its tries, the names of its events, and how an app registers.

Facts only. The simulator sends webhooks by them, and the proxy's inbox takes them.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tidegate.configfile.block import BLOCK, BY_SHAPE, WORD, Block, HeaderName, Pointer
from tidegate.configfile.units import Duration, Secret
from tidegate.vendor.signature_facts import Scheme, SignatureGrammar

SECRETS_MAX = 10
"""Secrets of one vendor, during rotation. Each costs a reading of the whole body; more are not tried."""


class Backfill(Block):
    """The poller that finds events whose webhook never came."""

    operation: str
    """The operation that lists events: a GET without anything in its path."""
    every: Duration
    """How often it is called; once a minute at most."""
    query: dict[str, str] = Field(default={})
    """Its query, like `{limit: "100"}`."""
    items: Pointer | None = None
    """Where the list of events stands in its answer, the newest first, each as its webhook brings it. Without it the
    proxy asks nothing."""


class Dedupe(Block):
    """What makes an event the same event. Where its id is missing, the whole body is the id."""

    header: HeaderName | None = None
    """The header that holds its id. Few vendors sign it."""
    pointer: Pointer | None = None
    """Where its id stands in the JSON body; within each item, where the scheme has `items`."""
    also: tuple[Pointer, ...] = ()
    """What else of the JSON body belongs to the id, like Adyen's `/eventCode`."""

    @model_validator(mode="after")
    def _one_place(self) -> "Dedupe":
        if (self.header is None) == (self.pointer is None):
            raise ValueError(
                "an event's id stands in a header or in the body; write header or pointer, and one of them"
            )
        if self.header is not None and self.also:
            raise ValueError("also is for ids in the body; write pointer")
        return self


class ChallengeToken(Block):
    """A token that we agreed on with the vendor, by which it is known before it has signed anything."""

    parameter: str
    """The query parameter that holds it."""
    secret: Secret
    """A reference to it."""


class Challenge(Block):
    """A question by which the vendor finds out whether an address is ours. It is answered, and is no event."""

    method: Literal["GET", "POST"] = "POST"
    """The method of the request that asks."""
    when: dict[str, str] = Field(default={})
    """What tells it from an event: texts by their pointer in the JSON body (`/type`), or by query parameter."""
    pointer: Pointer | None = None
    """Where the text that we answer with stands in the JSON body."""
    parameter: str | None = None
    """The query parameter that holds it."""
    header: HeaderName | None = None
    """The header that holds it."""
    signed: bool = True
    """Whether the request that asks is signed as events are."""
    token: ChallengeToken | None = None
    """The token that must come with it."""
    answer: object = "{challenge}"
    """Our answer: a text, or JSON where it is more than a text. Places: {challenge}, {hmac_hex} and {hmac_base64} (its
    HMAC-SHA256 under the newest secret)."""

    @model_validator(mode="after")
    def _one_place(self) -> "Challenge":
        if sum(place is not None for place in (self.pointer, self.parameter, self.header)) != 1:
            raise ValueError("the text to answer with stands in one place; write pointer, parameter or header")
        in_body = self.pointer is not None or any(place.startswith("/") for place in self.when)
        if in_body and not self.signed:
            raise ValueError("a body that is not signed is not read; write parameter or header, or leave signed out")
        return self


class Acknowledgement(Block):
    """What the vendor wants to hear when we have its webhook."""

    status: Annotated[int, Field(ge=200, le=299)] = 200
    """The status."""
    body: Annotated[str, Field(max_length=4096)] = ""
    """The body."""
    content_type: Annotated[str, Field(pattern=r"^[\w.+-]+/[\w.+-]+$", examples=["text/plain"])] = "text/plain"
    """What the body is."""


class Registration(Block):
    """The vendor's own operation by which an address is registered for webhooks."""

    operation: str
    """Its id."""
    url: Pointer
    """Where the address stands in the request, like `/config/url`."""
    events: Pointer | None = None
    """Where the events stand that it wants; all, where this is left out."""
    secret: Pointer | None = None
    """Where the signing secret stands, in the request or in the answer."""


class WebhookFacts(Block):
    """How the vendor calls us. The simulator sends webhooks by it, and the proxy's inbox takes them by it."""

    scheme: Annotated[Annotated[SignatureGrammar, BLOCK] | Annotated[Scheme, WORD], BY_SHAPE] | None = None
    """The signature scheme: the name of a known one, or its grammar."""
    secrets: tuple[Secret, ...] = ()
    """References to the signing secrets, newest first; to public keys, where the vendor signs with a private one."""
    tolerance: Duration | None = None
    """How old a signature may be, and how far ahead of our clock, where the scheme signs a time."""
    dedupe: Dedupe | None = None
    """What makes an event the same event."""
    event_name: Annotated[tuple[str, ...], Field(max_length=4)] = ()
    """Where the name of an event stands: pointers into the body and headers, joined by dots; `/type` where it is left
    out."""
    challenge: Challenge | None = None
    """How the vendor finds out whether an address is ours."""
    accepted: Acknowledgement = Acknowledgement()
    """What the vendor wants to hear when we have its webhook."""
    backfill: Annotated[Annotated[Backfill, BLOCK] | Annotated[str, WORD], BY_SHAPE] | None = None
    """The poller, or the words "none, because …"."""
    registered: Registration | None = None
    """How an app registers its address with the vendor itself."""
    events: dict[str, str] = Field(default={})
    """The vendor's name for what happened, by kind and verb, like `issue.created`. Others keep these names."""
    body: object | None = None
    """The body, with places {event}, {topic} and {action} (what stands before and after its first dot), {object},
    {id}, {kind}, {delivery}, {at} (seconds) and {iso}. Without it, it is the event object of the vendor's document, or
    what Standard Webhooks recommends."""
    headers: dict[HeaderName, str] = Field(default={})
    """Headers beside the signature, with the same places. A Content-Type of forms makes the body one."""
    retry_headers: dict[HeaderName, str] = Field(default={})
    """Headers of every try but the first, with {attempt} and {failure} too."""
    timeout: Duration = 10.0
    """How long the vendor waits for our answer."""
    retry: tuple[Duration, ...] = ()
    """The pauses after each try that failed; none, where the vendor tries once."""
