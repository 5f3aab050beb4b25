"""Notes each call of an app for discovery, once it has ended. Only in the pipelines of a vendor in report mode.

It stands outermost: what is seen is what apps send, not what becomes of it here; and what a worker carries out is no
app's call. It changes nothing, and what it notes is counted later (tidegate.proxy.discovery.recorder).
"""

from urllib.parse import urlsplit

from tidegate.plan.plan import OperationPlan
from tidegate.plan.planning import UNLISTED
from tidegate.proxy.call.call import Call, Handler
from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.discovery.sighting import SeenCall
from tidegate.proxy.upstream.upstream import Upstream


def describe(plan: OperationPlan) -> str:
    """Whether calls are noted is the vendor's matter."""
    del plan
    return "calls are noted where the vendor's policy is `unlisted: report`"


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Notes the calls of a vendor in report mode."""
    recorder = upstream.discovery
    if recorder is None or upstream.policy.unlisted != "report":
        return proceed
    now, parts = upstream.world.now, urlsplit(upstream.address)
    host, operation = parts.netloc.rpartition("@")[2].lower(), "" if plan.operation == UNLISTED else plan.operation

    async def noted(call: Call) -> Reply:
        if call.carried is not None or call.upgrade:
            return await proceed(call)
        target, body = parts.path + call.path, call.content.whole
        reply: Reply | None = None
        status = 0
        try:
            reply = await proceed(call)
            status = reply.status if reply.problem is None else reply.problem.status
            return reply
        finally:
            recorder.note(
                SeenCall(
                    call.app, parts.scheme, host, call.method, target, call.headers, body, call.began, now(),
                    status=status,
                    unsure=reply is None or call.outcome is Outcome.UNKNOWN,
                    answered=reply.vendor_headers if reply is not None else None,
                    vendor=upstream.name, operation=operation,
                )
            )  # fmt: skip

    return noted
