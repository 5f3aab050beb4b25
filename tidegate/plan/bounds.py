"""The vendor's bounds that calls of an operation count under: its limits, quotas and bounds on concurrency."""

from tidegate.plan.operation_pattern import matches
from tidegate.policy import limiter
from tidegate.policy.limiter import QueuePlan
from tidegate.policy.plan_values import plan_values
from tidegate.vendor.facts import Concurrency, Limit, Quota

Bound = Limit | Quota | Concurrency

_WHOSE = {"account": " for all credentials together", "operation": " for each operation", "app": " for each app"}


@plan_values
class BoundsPlan(QueuePlan):
    """The bounds of an operation, all of them facts."""

    __slots__ = ()

    limits: tuple[Limit, ...] = ()
    quotas: tuple[Quota, ...] = ()
    concurrency: tuple[Concurrency, ...] = ()
    adaptive: bool = False


def applies(bound: Bound, operation_id: str) -> bool:
    """True where a request of this operation counts under a bound."""
    return bound.scope != "operations" or any(matches(pattern, operation_id) for pattern in bound.of)


def written_limit(limit: Limit) -> str:
    """A limit in words: `100/s burst 20`, `5000/h fixed`, `500000/m tokens`."""
    how = f"burst {limit.burst}" if limit.algorithm == "token-bucket" else limit.algorithm
    unit = "" if limit.unit == "requests" else f"{limit.unit} "
    return f"{limit.rate} {unit}{how}"


def written_bound(bound: Bound) -> str:
    """A bound in words: `account 100/s burst 20`, `daily 1000 requests a day`, `together 25 at once for each app`."""
    if isinstance(bound, Limit):
        text = f"{bound.name} {written_limit(bound)}"
    elif isinstance(bound, Quota):
        text = f"{bound.name} {bound.count} {bound.unit} a {bound.per}"
    else:
        text = f"{bound.name} {bound.at_once} at once"
    return text + _WHOSE.get(bound.scope, "")


def describe(plan: BoundsPlan) -> str:
    """The bounds in words, and the queue of the calls that wait for them."""
    bounds: list[Bound] = [*plan.limits, *plan.quotas, *plan.concurrency]
    words = ", ".join(map(written_bound, bounds))
    return limiter.describe(plan, words or ("learned from refusals" if plan.adaptive else "none"))
