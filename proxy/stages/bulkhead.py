"""Bounds how many calls of an operation group are under way, so that a slow group does not hold up the others."""

from tidegate.plan.plan import OperationPlan
from tidegate.policy.bulkhead import describe
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import Call, Handler
from tidegate.proxy.call.reply import Reply, refused
from tidegate.proxy.permits.limit_gate import LimitPermit
from tidegate.proxy.policies.limits.wait_queue import QueueRefusal, urgency_of
from tidegate.proxy.upstream.upstream import Upstream

__all__ = ["describe", "stage"]


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Lends a place to each attempt and takes it back whatever happens."""
    gate, facts, now = upstream.limits.bulkhead(plan.breaker_group), upstream.policy.bulkhead, upstream.world.now
    if gate is None or facts is None:
        return proceed
    report, wait_max_s = "bulkhead" in plan.reports, plan.queue_wait_s

    async def bounded(call: Call) -> Reply:
        asked_at = now()
        permit: LimitPermit | QueueRefusal | None = gate.try_acquire(asked_at)
        if permit is None and facts.queue:
            urgency = urgency_of(call.headers.get("Priority"))
            permit = await gate.acquire(asked_at, call.deadline, wait_max_s, call.app, urgency)
            call.queued_s += now() - asked_at
        if not isinstance(permit, LimitPermit):
            if not report:
                return _refusal(plan, gate.estimate_s(now()))
            upstream.reports.would_refuse("bulkhead", permit.reason if permit else "full", plan.operation)
            return await proceed(call)
        try:
            return await proceed(call)
        finally:
            permit.release(now(), sent=True)

    return bounded


def _refusal(plan: OperationPlan, wait_s: float) -> Reply:
    return refused(
        PROBLEMS["overloaded"],
        f"{plan.bulkhead} calls of {plan.vendor}'s group {plan.breaker_group} are under way already.",
        retry_after_s=wait_s,
    )
