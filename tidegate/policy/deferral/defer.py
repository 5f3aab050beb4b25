"""Deferring: writes that are accepted now and carried out later, and unknown outcomes that resolve by themselves.

What becomes of a deferred write after each try is tidegate.proxy.policies.delivery.outbox_decision.
"""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from tidegate.configfile.block import BLOCK, BY_SHAPE, WORD, Block
from tidegate.configfile.rule import Breach, rule
from tidegate.configfile.units import Duration, written_duration
from tidegate.policy.deferral import lookup
from tidegate.policy.deferral.bulk import Bulk
from tidegate.policy.deferral.lookup import LookupPlan
from tidegate.policy.fallback import FallbackPlan
from tidegate.policy.plan_values import plan_value, plan_values

DeferWhen = Literal["never", "when-unavailable", "always"]
"""Never, where the vendor is away, or each time."""

DEADLINE_S = 86_400.0
KEY_MARGIN_S = 3600.0
"""A keyed write must be over so long before the vendor forgets its key."""

HOLDS = "a write is deferred only where that can be done"


class Defer(Block):
    """When a write is accepted at once with 202 and carried out later, and for how long it is tried."""

    when: DeferWhen = "when-unavailable"
    """`always`, `when-unavailable` (the vendor is away, or a limit is used up), or `never`."""
    deadline: Duration = DEADLINE_S
    """How long after its acceptance it is tried at most; of one with a vendor's key no longer than the vendor remembers
    that, less an hour."""
    attempts: Annotated[int, Field(ge=1)] | None = None
    """At most so many tries; any number where it is left out. Waits for breaker, limits and our own store are none, and
    neither is a try after which the breaker is open, or other writes fail too: then it is the vendor that fails."""
    base: Duration = 1.0
    """The wait after the first try, before jitter; it doubles each time."""
    cap: Duration | None = None
    """No wait is longer. A minute where it is left out, and 15 minutes once it has been tried for 10."""
    jitter: Literal["full", "added"] = "full"
    """`full` draws each wait between nothing and its bound; `added` waits for the bound and up to `base` more, with
    `cap` at most."""
    credential: Literal["wait", "dead"] = "wait"
    """What it means that the vendor refuses our credential: it waits for a better one, or is a dead letter at once
    (parked for a person where it may have been carried out)."""
    order_by: Annotated[str, Field(pattern=r"^(/[^{}]*|\{[^{}/]+\})$", examples=["/order_id", "{id}"])] | None = None
    """The field whose writes are delivered in order: a JSON Pointer into the body, or a path parameter."""
    order: Literal["block", "skip", "latest-wins"] = "block"
    """What a write that cannot go on means to later ones: they wait; they pass it; they take the place of those that
    were never sent."""
    skip_after: Annotated[int, Field(ge=1)] = 3
    """With `skip`: later ones pass it after so many tries."""
    prefer: Literal["allow", "ignore"] = "allow"
    """Whether an app may ask for it with `Prefer: respond-async` (RFC 7240)."""
    unknown: Literal["resolve", "leave"] | None = None
    """Whether an unknown outcome is resolved by itself, by a resend under the same key or by the lookup. It is where
    the vendor's key or a lookup makes that safe, and of PUT and DELETE where they are deferred: a later resend of one
    that is not may undo what came after it."""
    bulk: Bulk | None = None
    """The vendor's operation that carries out several of these writes with one request, where it has one."""


class DeferSettings(Block):
    """The keys of an operation about deferring."""

    defer: Annotated[Annotated[Defer, BLOCK] | Annotated[DeferWhen, WORD], BY_SHAPE] | None = None
    """When a write is accepted now and carried out later: `always`, `when-unavailable`, `never`, or a block. For
    writes."""


NEVER = Defer(when="never", prefer="ignore")
WHEN_UNAVAILABLE = Defer(when="when-unavailable")


def _block(written: Defer | DeferWhen) -> Defer:
    if isinstance(written, Defer):
        return written
    return NEVER if written == "never" else Defer(when=written)


@plan_values
class DeferPlan(FallbackPlan, LookupPlan):
    """The way in which an operation is deferred."""

    __slots__ = ()

    defer: Defer = plan_value(
        entry="defer",
        read=_block,
        derive=lambda values: WHEN_UNAVAILABLE if values["unavailable"] == "defer" else NEVER,
        default=NEVER,
    )


def defers(plan: DeferPlan) -> bool:
    """True where a call of this operation may be accepted and carried out later."""
    return plan.idempotency != "safe" and (plan.defer.when != "never" or plan.defer.prefer == "allow")


def deadline_s(plan: DeferPlan) -> float:
    """Seconds after its acceptance until which a write is tried: never beyond the vendor's memory of its key."""
    if plan.idempotency != "vendor-key":
        return plan.defer.deadline
    remembers = plan.key_retention_s
    return min(plan.defer.deadline, remembers - min(KEY_MARGIN_S, 0.5 * remembers))


def resolves(plan: DeferPlan) -> bool:
    """True where an unknown outcome of a call is resolved by itself."""
    if plan.idempotency in ("safe", "never-resend") and plan.lookup is None:
        return False
    if plan.defer.unknown is not None:
        return plan.defer.unknown == "resolve"
    return plan.idempotency in ("vendor-key", "lookup") or plan.lookup is not None or defers(plan)


def records_each_try(plan: DeferPlan) -> bool:
    """True where each try of a deferred write has a record of its own, because a lookup says what became of it.

    So no record of the app's key tells what was tried; the outbox alone does.
    """
    return plan.lookup is not None and plan.idempotency not in ("vendor-key", "natural")


def describe(plan: DeferPlan) -> str:
    """The way in which it is deferred, and what becomes of an unknown outcome, in words."""
    if plan.idempotency == "safe":
        return "never: a read"
    unknown = f"unknown outcomes resolve by themselves, {lookup.describe(plan)}" if resolves(plan) else ""
    rules = plan.defer
    if not defers(plan):
        return f"never; {unknown}" if unknown else "never"
    parts: list[str] = [rules.when if rules.when != "never" else "where the app asks for it"]
    if rules.when != "never" and rules.prefer == "allow":
        parts.append("or where the app asks for it")
    parts.append(f"deadline {written_duration(deadline_s(plan))}")
    if rules.attempts is not None:
        parts.append(f"{rules.attempts} tries")
    if rules.order_by is not None:
        skip = f" after {rules.skip_after} tries" if rules.order == "skip" else ""
        parts.append(f"in order of {rules.order_by}, {rules.order}{skip}")
    return "; ".join([*parts, unknown or "an unknown outcome is parked for a person"])


def _written_at(plan: DeferPlan) -> str:
    return "unavailable" if plan.defer is WHEN_UNAVAILABLE else "defer"


@rule("TG113", HOLDS, DeferPlan)
def check_defer(plan: DeferPlan) -> Iterator[Breach]:
    """Fallback and defer agree, and an order is of a parameter that there is."""
    if plan.idempotency == "safe":
        return
    if plan.unavailable == "defer" and plan.defer.when == "never":
        yield Breach(("defer",), f"{plan.operation} is never deferred, and unavailable: defer says otherwise")
    base, cap = plan.defer.base, plan.defer.cap
    if base <= 0 or (cap is not None and cap < base):
        yield Breach(
            ("defer",), f"base ({base:g} s) must be above zero and not above cap; lower one or raise the other"
        )
    by = plan.defer.order_by
    if by is not None and by.startswith("{") and by not in plan.template:
        yield Breach(("defer",), f"{by} is no path parameter of {plan.operation}, {plan.template}")


@rule("TG113", HOLDS, DeferPlan, severity="warning")
def check_deadline(plan: DeferPlan) -> Iterator[Breach]:
    """What is written can come to pass."""
    if not defers(plan):
        return
    least = deadline_s(plan)
    if least < plan.defer.deadline and "deadline" in plan.defer.model_fields_set:
        text = (
            f"the vendor remembers a key for {written_duration(plan.key_retention_s)}, so {plan.operation} is tried "
            f"for {written_duration(least)} only"
        )
        yield Breach((_written_at(plan),), text)
    if plan.idempotency == "never-resend" and plan.lookup is None and plan.defer.when == "when-unavailable":
        text = (
            f"nothing makes a resend of {plan.operation} safe: where the vendor got it and does not answer, it is not "
            "deferred, and a deferred one whose outcome is unknown waits for a person; a lookup would help"
        )
        yield Breach((_written_at(plan),), text)
