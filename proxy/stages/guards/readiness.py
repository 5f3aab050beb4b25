"""Waits until the vendor's provider has a credential to give, before any limit lends a permit for the attempt.

A permit that waits for a token would be used late: those that have waited together would leave together, over the
vendor's limit. So the waiting is done out here, and the choice (tidegate.proxy.stages.credential) inside the limits.
"""

from tidegate.plan.plan import OperationPlan
from tidegate.proxy.call.call import Call, Handler
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.upstream.upstream import Upstream


def describe(plan: OperationPlan) -> str:
    """Nothing of it is set for one operation."""
    del plan
    return "where tokens are fetched, an attempt begins when there is one"


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Asks the provider before each attempt, for as long as the call may take."""
    del plan
    provider = upstream.provider
    if not provider.fetches:
        return proceed

    async def when_ready(call: Call) -> Reply:
        refusal = await provider.ready(call.deadline)
        return await proceed(call) if refusal is None else refusal

    return when_ready
