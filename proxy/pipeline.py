"""What a call passes through, as a list: outermost first. Built once for each operation, printed by `tidegate explain`.

The limiter stands inside retry because the vendor counts attempts; idempotency stands outside it because one key covers
all of them. The fallback stands outside the cache, so that an old answer is preferred to a written one, and the cache
outside what joins equal reads, so that it is asked first. A hedge is two attempts at once, so it stands where attempts
begin. The deadline is no stage: it is set on arrival, and each stage keeps to it.

A stage that has nothing to do for an operation returns what it was given, so that it costs that operation nothing.
"""

from collections.abc import Callable

from tidegate.plan import bounds
from tidegate.plan.plan import OperationPlan
from tidegate.policy import breaker as breaker_policy
from tidegate.policy import bulkhead as bulkhead_policy
from tidegate.policy import cache as cache_policy
from tidegate.policy import coalesce as coalesce_policy
from tidegate.policy import fallback as fallback_policy
from tidegate.policy import hedge as hedge_policy
from tidegate.policy import idempotency as idempotency_policy
from tidegate.policy import retry as retry_policy
from tidegate.policy import stream, timeout
from tidegate.proxy.call.call import Handler
from tidegate.proxy.stages import (
    breaker,
    bulkhead,
    cache,
    coalesce,
    exchange,
    fallback,
    hedge,
    idempotency,
    limiter,
    retry,
)
from tidegate.proxy.upstream.upstream import Upstream

Stage = Callable[[OperationPlan, Upstream, Handler], Handler]
Description = Callable[[OperationPlan], str]

AROUND: tuple[tuple[str, Stage, Description], ...] = (
    ("idempotency", idempotency.stage, idempotency_policy.describe),
    ("fallback", fallback.stage, fallback_policy.describe),
    ("cache", cache.stage, cache_policy.describe),
    ("coalesce", coalesce.stage, coalesce_policy.describe),
    ("retry", retry.stage, retry_policy.describe),
    ("hedge", hedge.stage, hedge_policy.describe),
    ("breaker", breaker.stage, breaker_policy.describe),
    ("bulkhead", bulkhead.stage, bulkhead_policy.describe),
    ("limiter", limiter.stage, bounds.describe),
)
"""Name, maker of what handles a call, and its effective numbers in words: those stand with the policy's block."""

INNERMOST = ("exchange", exchange.stage)
"""Nothing comes after it but the vendor."""


def build(plan: OperationPlan, upstream: Upstream) -> Handler:
    """The handler of one operation: the innermost stage, and the others around it."""
    handler: Handler = INNERMOST[1](plan, upstream)
    for _, stage, _ in reversed(AROUND):
        handler = stage(plan, upstream, handler)
    return handler


def describe(plan: OperationPlan) -> list[tuple[str, str]]:
    """Each stage's name and its effective numbers, in the order in which a call meets them."""
    rows = [("deadline", timeout.describe_deadline(plan))]
    rows += [(name, description(plan)) for name, _, description in AROUND]
    return [*rows, (INNERMOST[0], f"{timeout.describe(plan)}; {stream.describe(plan)}")]
