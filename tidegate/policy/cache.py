"""The cache: how long an answer may be given again, and to whom."""

from typing import Literal

from tidegate.configfile.block import Block, HeaderName
from tidegate.configfile.units import Duration, Share, written_duration
from tidegate.policy.idempotency import ResendPlan
from tidegate.policy.plan_values import plan_value, plan_values

SharingScope = Literal["app", "credential"]
"""The apps that may be given the same answer: one alone, or every one whose calls go out under our credential."""

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
    shared: SharingScope = "app"
    """Who shares answers: each app has its own, or all apps under our credential have one (then `private` and
    `s-maxage` count as they do for a shared cache)."""
    despite: tuple[Despite, ...] = ()
    """Directives of the vendor's that are set aside; `max-age` stands for `s-maxage` and `Expires` too."""
    by: tuple[HeaderName, ...] = ()
    """Request headers by which the vendor answers differently without saying so in `Vary`. Those whose names speak of
    an account, an identity or a version are always among them."""


class CacheSettings(Block):
    """The keys of an operation about its cache."""

    cache: Cache | None = None
    """How long an answer may be given again. For reads; off where it is left out."""


@plan_values
class CachePlan(ResendPlan):
    """The cache of a read; None where it has none."""

    __slots__ = ()

    cache: Cache | None = plan_value(entry="cache", for_reads=True, default=None)


def describe(plan: CachePlan) -> str:
    """The cache in words."""
    rules = plan.cache
    if plan.idempotency != "safe":
        return "a write: drops the stored answers that it makes doubtful"
    if rules is None:
        return "off"
    windows = {
        "fresh": rules.fresh,
        "stale if error": rules.stale_if_error,
        "stale while revalidate": rules.stale_while_revalidate,
    }
    lifetimes = [f"{name} {written_duration(window)}" for name, window in windows.items() if window is not None]
    by = "each app its own" if rules.shared == "app" else "shared under our credential"
    despite = [f"despite {', '.join(rules.despite)}"] if rules.despite else []
    return "; ".join(["RFC 9111", *lifetimes, by, *despite])
