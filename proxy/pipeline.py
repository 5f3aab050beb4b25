"""The stages that a call passes through, outermost first. Built once for each operation, printed by `tidegate explain`.

What is carried out later is accepted before anything else, and joined with others inside idempotency: each has a key.
That is inside the cache too: what each has changed is not given from there.
The limiter stands inside retry because the vendor counts attempts; idempotency stands outside it because one key covers
all of them. The fallback stands outside the cache, so that an old answer is preferred to a written one, and the cache
outside what joins equal reads, so that it is asked first. A hedge is two attempts at once, so it stands where attempts
begin; a token is waited for before it, and before any permit is lent. What may leave is decided before all else, so
that all else is done with what may leave; and once more, by the rules of that moment, before each attempt. The deadline
is no stage: it is set on arrival, and each stage keeps to it.

A stage that has nothing to do for an operation returns what it was given, so that it costs that operation nothing.
"""

from tidegate.plan.plan import OperationPlan
from tidegate.policy.timeout import describe_deadline
from tidegate.proxy.call.call import Handler
from tidegate.proxy.stages import (
    breaker,
    bulk,
    bulkhead,
    cache,
    coalesce,
    credential,
    defer,
    discovery,
    exchange,
    fallback,
    hedge,
    idempotency,
    limiter,
    retry,
)
from tidegate.proxy.stages.guards import clearance, placeholders, readiness, residency
from tidegate.proxy.stages.observers import drift
from tidegate.proxy.upstream.upstream import Upstream

AROUND = (
    ("discovery", discovery),
    ("residency", residency),
    ("placeholders", placeholders),
    ("defer", defer),
    ("idempotency", idempotency),
    ("fallback", fallback),
    ("cache", cache),
    ("bulk", bulk),
    ("coalesce", coalesce),
    ("retry", retry),
    ("readiness", readiness),
    ("hedge", hedge),
    ("breaker", breaker),
    ("bulkhead", bulkhead),
    ("limiter", limiter),
    ("clearance", clearance),
    ("credential", credential),
    ("drift", drift),
)
"""Each has `stage(plan, upstream, proceed)`, which returns what handles a call, and `describe(plan)`, its
effective numbers in words. Where a stage acts on a block of the policy, the words are the block's (tidegate.policy)."""

INNERMOST = ("exchange", exchange)
"""Has `stage(plan, upstream)`: nothing comes after it but the vendor."""


def build(plan: OperationPlan, upstream: Upstream) -> Handler:
    """The handler of one operation: the innermost stage, and the others around it."""
    handler: Handler = INNERMOST[1].stage(plan, upstream)
    for _, module in reversed(AROUND):
        handler = module.stage(plan, upstream, handler)
    return handler


def describe(plan: OperationPlan) -> list[tuple[str, str]]:
    """Each stage's name and its effective numbers, in the order in which a call meets them."""
    rows = [("deadline", describe_deadline(plan))]
    rows += [(name, module.describe(plan)) for name, module in AROUND]
    return [*rows, (INNERMOST[0], INNERMOST[1].describe(plan))]
