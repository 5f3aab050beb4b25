"""Answers in the vendor's place where the vendor is away and the vendor file says what to say then.

It stands around everything that asks the vendor, the cache included: an old answer of the vendor's is better than one
written here. A write that is to be deferred would be taken here too (`unavailable: defer`, with the outbox): inside
idempotency, so that its key is on record before it is accepted.
"""

import orjson

from tidegate.plan.plan import OperationPlan
from tidegate.policy.fallback import Static, describe
from tidegate.proxy.call.call import Call, Handler
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.policies.resilience.vendor_away import is_away, why_away
from tidegate.proxy.upstream.upstream import Upstream

__all__ = ["describe", "stage"]


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Gives the static answer; passes where there is none."""
    del upstream
    static = plan.static
    if static is None or plan.idempotency != "safe":
        return proceed
    headers = ((b"Content-Type", static.content_type.encode()), (b"Cache-Control", b"no-store"))
    body = body_of(static)

    async def standing_in(call: Call) -> Reply:
        reply = await proceed(call)
        if reply.streamed or not is_away(reply.status, reply.verdict, reply.problem):
            return reply
        return Reply(
            status=static.status,
            reason="",
            headers=headers,
            body=body,
            verdict=reply.verdict,
            error=reply.error,
            cache="static",
            proxy_status=why_away(reply.status, reply.error) + b'; details="a static answer stands in for the vendor"',
        )

    return standing_in


def body_of(static: Static) -> bytes:
    """The bytes of a static answer."""
    return static.body.encode() if isinstance(static.body, str) else orjson.dumps(static.body)
