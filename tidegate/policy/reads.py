"""What a vendor file may say about reads: the cache, the second request that is sent when the first is slow.

Shapes, units and defaults only, as in tidegate.policy.policy. What they mean to a call is tidegate.proxy.policies.
"""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from tidegate.configfile.block import Block, HeaderName
from tidegate.configfile.units import Duration, Share, parse_duration, written_duration

Scope = Literal["app", "credential"]
"""Who may be given the same answer: one app alone, or every app whose calls go out under our credential."""

Despite = Literal["no-store", "no-cache", "private", "must-revalidate", "max-age"]


class Cache(Block):
    """How long an answer may be given again (RFC 9111), and when an old one is better than none (RFC 5861)."""

    fresh: Duration | None = None
    """How long a good answer is fresh where the vendor does not say. What the vendor says wins, but for `despite`."""
    heuristic: Share = 0.0
    """Where nobody says: this share of the time since `Last-Modified`, five minutes at most. Off where left out."""
    stale_if_error: Duration | None = None
    """How long after that it is given when the vendor fails or cannot be asked. `must-revalidate` forbids it."""
    stale_while_revalidate: Duration | None = None
    """How long after that it is given at once, while a new one is fetched."""
    shared: Scope = "app"
    """Who shares answers: each app has its own, or all apps under our credential have one (then `private` and
    `s-maxage` count as they do for a shared cache)."""
    despite: tuple[Despite, ...] = ()
    """Directives of the vendor's that are set aside; `max-age` stands for `s-maxage` and `Expires` too."""
    by: tuple[HeaderName, ...] = ()
    """Request headers by which the vendor answers differently without saying so in `Vary`. Those whose names speak of
    an account, an identity or a version are always among them."""


P95 = "p95"


def parse_after(value: object) -> float | str:
    """`p95` as it is, anything else as a duration."""
    return P95 if value == P95 else parse_duration(value)


def _written_after(value: Any) -> str:
    return P95 if value == P95 else written_duration(value)


After = Annotated[
    float | Literal["p95"],
    BeforeValidator(parse_after),
    PlainSerializer(_written_after, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^p95$|^(\d+(?:\.\d+)?)(ms|s|m|h|d)$", "examples": ["200ms"]}),
]


class Hedge(Block):
    """A second request for the same read, when the first is slow. The answer that comes first is taken."""

    after: After
    """How long the first is waited for: a time, or `p95`, the time that 95 of 100 recent answers took. Each second
    request is drawn from the retry budget."""


class Static(Block):
    """An answer that is written here."""

    status: Annotated[int, Field(ge=200, le=599)] = 200
    """Its status."""
    body: str | dict[str, object] = ""
    """Its body: text as it is, or a block, which becomes JSON."""
    content_type: str = "application/json"
    """Its media type."""
