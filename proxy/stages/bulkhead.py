"""Bounds how many calls of an operation group are under way, so that a slow group does not hold up the others."""

from tidegate.plan.plan import OperationPlan
from tidegate.policy.bulkhead import describe
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import Call, Handler, Reply, refused
from tidegate.proxy.policies.limits.wait_queue import urgency_of
from tidegate.proxy.upstream.upstream import Upstream

__all__ = ["describe", "stage"]


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Lends a place to each attempt and takes it back whatever happens."""
    gate, facts, now = upstream.admission.bulkhead(plan.breaker_group), upstream.policy.bulkhead, upstream.world.now
    if gate is None or facts is None:
        return proceed
    report, wait_max_s = facts.mode == "report", plan.queue_wait_s

    async def bounded(call: Call) -> Reply:
        taken_at = now()
        if not gate.try_enter(taken_at):
            why = None
            if facts.queue:
                urgency = urgency_of(call.headers.get("Priority"))
                why = await gate.enter(taken_at, call.deadline, wait_max_s, call.app, urgency)
                call.queued_s += now() - taken_at
            if why is not None or not facts.queue:
                if not report:
                    return _refusal(plan, gate.estimate_s(now()))
                upstream.reports.would_refuse("bulkhead", why.reason if why else "full", plan.operation)
                return await proceed(call)
            taken_at = now()
        try:
            return await proceed(call)
        finally:
            gate.done(now(), taken_at)

    return bounded


def _refusal(plan: OperationPlan, wait_s: float) -> Reply:
    return refused(
        PROBLEMS["overloaded"],
        f"{plan.bulkhead} calls of {plan.vendor}'s group {plan.breaker_group} are under way already.",
        retry_after_s=wait_s,
    )
