"""Webhooks of a vendor: the signature, the schedule of its tries, the names of its events, and how an app registers.

Facts only. The simulator sends webhooks by them; the proxy has no inbox for them yet.
"""

from typing import Annotated, Literal

from pydantic import Field

from tidegate.configfile.block import BLOCK, BY_SHAPE, WORD, Block, HeaderName, Pointer
from tidegate.configfile.units import Duration, Secret

Scheme = Literal["stripe", "github", "slack", "twilio", "shopify", "adyen", "standard"]


class Backfill(Block):
    """The poller that finds events whose webhook never came."""

    operation: str
    """The operation that lists events."""
    every: Duration
    """How often it is called."""


class Dedupe(Block):
    """What makes an event the same event."""

    pointer: Pointer
    """Where its id stands."""


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
    """How the vendor calls us. The simulator sends them; the proxy does not receive them yet."""

    scheme: Scheme | None = None
    """The signature scheme: a vendor's own, or Standard Webhooks."""
    secrets: tuple[Secret, ...] = ()
    """References to the signing secrets, newest first."""
    tolerance: Duration | None = None
    """How old a signature may be."""
    dedupe: Dedupe | None = None
    """What makes an event the same event."""
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
