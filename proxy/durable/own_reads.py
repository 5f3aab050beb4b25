"""Reads of our own at a vendor, through the operation's pipeline: limits, breaker and credential are those of any call.

It knows nothing of what is read.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.proxy.call.call import Call
from tidegate.proxy.call.content import NO_CONTENT
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.durable.outbox_carrier import LAST_IN_LINE, Pipelines
from tidegate.proxy.durable.outcome_lookup import CarryOut
from tidegate.proxy.webhook_routes import OURSELVES
from tidegate.world.world import World


class ReadError(Exception):
    """There is no answer that can be used. Says why, without anything that was read."""


class OwnReads:
    """See the module."""

    def __init__(self, world: World, pipelines: Pipelines, carry_out: CarryOut) -> None:
        self._world, self._pipelines, self._carry_out = world, pipelines, carry_out
        self._ids = world.random("own reads")

    async def read(self, vendor: str, operation: str, query: Mapping[str, str]) -> bytes:
        """The answer's body. Raises ReadError."""
        route = self._pipelines.route_to(vendor, operation)
        if route is None:
            raise ReadError("the operation is not served")
        plan, now = route.plan, self._world.now()
        if plan.method != "GET" or "{" in plan.template:
            raise ReadError("the operation is no GET, or has something in its path")
        headers = CIMultiDict({"Priority": LAST_IN_LINE})
        call = Call(
            call_id=f"{self._ids.getrandbits(96):024x}",
            app=OURSELVES,  # in log lines and metrics
            plan=plan,
            method="GET",
            path=plan.template + (f"?{urlencode(query)}" if query else ""),
            headers=CIMultiDictProxy(headers),
            raw_headers=(),
            content=NO_CONTENT,
            began=now,
            deadline=now + plan.budget_s,
        )
        reply = await self._carry_out(route.handler, call)
        if reply.verdict is Verdict.SUCCESS and reply.whole:
            return reply.body
        raise ReadError(reply.problem.name if reply.problem else f"the vendor answered {reply.status}")
