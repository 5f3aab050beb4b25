"""Takes a permit of the vendor's limits before each attempt, waiting in the room's queue where there is time for it.

Where an operation has nothing but documented limits that count requests, a take is all there is to do. Other limits are
estimated before, and settled, corrected and given back after the attempt (tidegate.proxy.stages.limits).
"""

from tidegate.plan.bounds import describe
from tidegate.plan.plan import OperationPlan
from tidegate.proxy.call.call import Call, Handler
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.permits.lane import Lane
from tidegate.proxy.permits.limit_gate import LimitPermit
from tidegate.proxy.policies.limits.ratelimit_headers import rate_limit
from tidegate.proxy.policies.limits.wait_queue import QueueRefusal, urgency_of
from tidegate.proxy.policies.resilience.backoff import upwards
from tidegate.proxy.stages.limits.metered_limiter import MeteredLimiter, refusal
from tidegate.proxy.stages.limits.pooled_limiter import PooledLimiter
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.proxy.upstream.vendor_limits import by_app

__all__ = ["describe", "stage"]


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Admits, queues or refuses each attempt; gives the permit back where nothing was sent."""
    if upstream.pool is not None:
        return PooledLimiter(plan, upstream, upstream.pool, proceed).admitted
    lane = upstream.limits.lane(plan)
    reports = "limiter" in plan.reports or "queue" in plan.reports
    if by_app(plan) or (lane is not None and (reports or not lane.plain)):
        return MeteredLimiter(plan, upstream, proceed).admitted
    if lane is None:
        return _UntilAsked(plan, upstream, proceed).admitted
    return _gated(plan, upstream, lane, proceed)


class _UntilAsked:
    """Nothing limits the operation, until the vendor asks for a pause of it: from then on calls wait for its end.

    It is the permit of all these calls, too.
    """

    def __init__(self, plan: OperationPlan, upstream: Upstream, proceed: Handler) -> None:
        self._plan, self._upstream, self._proceed = plan, upstream, proceed
        self._gated: Handler | None = None

    async def admitted(self, call: Call) -> Reply:
        """One attempt."""
        if self._gated is not None:
            return await self._gated(call)
        call.permit = self
        reply = await self._proceed(call)
        call.permit = None
        if reply.verdict is Verdict.THROTTLED and not reply.stored and call.attempts[-1].sent:
            upstream = self._upstream
            after_s = upstream.hint(reply).retry_after_s
            if after_s:
                self.pause_until(upstream.world.now() + upwards(upstream.rng, after_s))
        return reply

    def hold(self) -> None:
        """See Permit.hold. Nothing was lent."""

    def leave(self) -> None:
        """See Permit.leave."""

    def pause_until(self, moment: float) -> None:
        """See Permit.pause_until."""
        lane = self._upstream.limits.pausing_lane(self._plan)
        lane.gate.pause_until(moment)
        self._gated = _gated(self._plan, self._upstream, lane, self._proceed)


def _gated(plan: OperationPlan, upstream: Upstream, lane: Lane, proceed: Handler) -> Handler:
    gate, wait_max_s = lane.gate, plan.queue_wait_s
    others = gate.room.waiting
    now, tells_limits = upstream.world.now, upstream.policy.limiter.tell

    async def admitted(call: Call) -> Reply:
        asked_at, waited = now(), False
        permit = gate.try_acquire(asked_at)
        if permit is None:
            urgency = urgency_of(call.headers.get("Priority"))
            result = await gate.acquire(asked_at, call.deadline, wait_max_s, call.app, urgency)
            if isinstance(result, QueueRefusal):
                return refusal(plan, gate, result, gate.estimate_s(now(), call.app), now() if tells_limits else None)
            permit, waited = result, True
            call.queued_s += permit.taken_at - asked_at
        call.permit = permit
        reply = await proceed(call)
        call.permit = None  # it is this attempt's alone: the next one must not leave under it
        if others and reply.vendor_headers is not None:  # the vendor has answered
            permit.arrived(now())
        if reply.verdict is not Verdict.SUCCESS:
            _look_back(upstream, permit, call, reply)
        elif waited and tells_limits:
            reply.limit_headers = rate_limit(plan, (gate.limits,), now())
        return reply

    return admitted


def _look_back(upstream: Upstream, permit: LimitPermit, call: Call, reply: Reply) -> None:
    """After an attempt that did not go well: give back what was not sent, and wait where the vendor says so."""
    now = upstream.world.now()
    if reply.verdict is Verdict.REFUSED or not call.attempts[-1].sent:
        permit.release(now, sent=False)
    elif reply.verdict is Verdict.THROTTLED and not reply.stored:
        after_s = upstream.hint(reply).retry_after_s
        if after_s:
            permit.pause_until(now + upwards(upstream.rng, after_s))
