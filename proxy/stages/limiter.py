"""Takes a permit of the vendor's limits before each attempt, waiting in the room's queue where there is time for it.

Where an operation has nothing but documented limits that count requests, a take is all there is to do. Other limits are
estimated before, and settled, corrected and given back after the attempt (tidegate.proxy.stages.metered_limiter).
"""

from tidegate.plan.bounds import describe
from tidegate.plan.plan import OperationPlan
from tidegate.proxy.call.call import Call, Handler, Reply
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.policies.limits.ratelimit_headers import rate_limit
from tidegate.proxy.policies.limits.wait_queue import urgency_of
from tidegate.proxy.policies.resilience.backoff import upwards
from tidegate.proxy.stages.metered_limiter import MeteredLimiter, refusal
from tidegate.proxy.upstream.gate import Gate
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.proxy.upstream.vendor_limits import by_app

__all__ = ["describe", "stage"]


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Admits, queues or refuses each attempt; gives the permit back where nothing was sent."""
    if by_app(plan):
        return MeteredLimiter(plan, upstream, proceed).admitted
    lane = upstream.admission.lane(plan)
    if lane is None:
        return proceed
    modes = (upstream.policy.limiter.mode, upstream.policy.queue.mode)
    if not lane.plain or "report" in modes:
        return MeteredLimiter(plan, upstream, proceed).admitted
    gate, wait_max_s = lane.gate, plan.queue_wait_s
    now, tell = upstream.world.now, upstream.policy.limiter.tell

    async def admitted(call: Call) -> Reply:
        taken_at = asked = now()
        if not gate.try_enter(asked):
            urgency = urgency_of(call.headers.get("Priority"))
            why = await gate.enter(asked, call.deadline, wait_max_s, call.app, urgency)
            if why is not None:
                return refusal(plan, gate, why, gate.estimate_s(now(), call.app), now() if tell else None)
            taken_at = now()
            call.queued_s += taken_at - asked
        gate.lent_at, gate.lent, call.permit = taken_at, None, gate
        reply = await proceed(call)
        if reply.verdict is not Verdict.SUCCESS:
            _look_back(upstream, gate, call, reply, taken_at)
        elif taken_at is not asked and tell:
            reply.told = rate_limit(plan, gate.limits, now())
        return reply

    return admitted


def _look_back(upstream: Upstream, gate: Gate, call: Call, reply: Reply, taken_at: float) -> None:
    """After an attempt that did not go well: give back what was not sent, and wait where the vendor says so."""
    now = upstream.world.now()
    if reply.verdict is Verdict.REFUSED or not call.attempts[-1].sent:
        gate.not_sent(now, taken_at)
    elif reply.verdict is Verdict.THROTTLED and not reply.stored:
        after_s = upstream.hint(reply).retry_after_s
        if after_s:
            gate.pause_until(now + upwards(upstream.rng, after_s))
