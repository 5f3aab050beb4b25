"""Takes a permit of the vendor's limits before each attempt, waiting in the gate's queue where there is time for it."""

from tidegate.plan import OperationPlan
from tidegate.problems import PROBLEMS
from tidegate.proxy.call import Call, Handler, Reply, refused
from tidegate.proxy.policies.dialects import hint_of
from tidegate.proxy.policies.outcome import Verdict
from tidegate.proxy.upstream import Upstream


def describe(plan: OperationPlan) -> str:
    """The numbers of this stage."""
    limits = ", ".join(f"{limit.name} {limit.rate} burst {limit.burst}" for limit in plan.limits) or "none"
    return f"{limits}; queue {plan.queue_depth} deep, {plan.queue_wait_s:g} s"


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Admits, queues or refuses each attempt; gives the permit back where nothing was sent."""
    gate, world, wait_max_s = upstream.gate(plan), upstream.world, plan.queue_wait_s
    now = world.now
    if gate is None:
        return proceed

    async def admitted(call: Call) -> Reply:
        asked = now()
        if not gate.try_enter(asked):
            why = await gate.enter(asked, call.deadline, wait_max_s)
            if why is not None:
                return _refusal(plan, why.reason, gate.estimate_s(asked))
            call.queued_s += now() - asked
        taken_at = now()
        reply = await proceed(call)
        if reply.verdict is Verdict.SUCCESS:
            return reply
        if reply.verdict is Verdict.REFUSED or not call.attempts[-1].sent:
            gate.limits.give_back(now(), taken_at)
        elif reply.verdict is Verdict.THROTTLED:
            after_s = hint_of(reply.vendor_headers, None, world.wall()).retry_after_s
            if after_s:
                gate.pause_until(now() + after_s)
        return reply

    return admitted


def _refusal(plan: OperationPlan, reason: str, wait_s: float) -> Reply:
    if reason == "full" and plan.queue_depth:
        return refused(
            PROBLEMS["overloaded"],
            f"{plan.queue_depth} calls to {plan.vendor} are waiting already.",
            retry_after_s=wait_s,
        )
    return refused(
        PROBLEMS["rate-limited"],
        f"{plan.vendor}'s limit allows this call in about {wait_s:.1f} s, which is longer than it may wait.",
        retry_after_s=wait_s,
    )
