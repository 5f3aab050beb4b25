"""Sends a deferred write as an item of a joined request, in the place of all that is inside. Its key is on record.

Only in the pipelines of operations with a bulk form, and only for the calls of a worker that say so. The joined request
goes through the pipeline of its own operation (tidegate.proxy.durable.bulk_carrier).
"""

from tidegate.plan.plan import OperationPlan
from tidegate.policy.deferral import bulk
from tidegate.proxy.call.call import Call, Handler
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.upstream.upstream import Upstream


def describe(plan: OperationPlan) -> str:
    """The bulk form in words."""
    return bulk.describe(plan.defer.bulk) if plan.defer.bulk is not None else "none"


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Lets every other call pass."""
    if plan.defer.bulk is None or upstream.deliveries is None:
        return proceed

    async def joining(call: Call) -> Reply:
        join = call.carried.join if call.carried is not None else None
        return await (proceed(call) if join is None else join(call))

    return joining
