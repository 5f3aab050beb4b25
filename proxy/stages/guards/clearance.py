"""Judges each attempt by the rules of residency that are in force at that moment, just before it is sent.

Retries, hedges, renewals of the cache, deferred writes and joined requests all end in attempts, and a rule may have
been tightened since the call came. What was not judged as a call, or is not what was judged, is not sent. Only in the
pipelines of operations about which there is a rule.
"""

from tidegate.plan.plan import OperationPlan
from tidegate.proxy.call.call import Call, Handler
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.call.residency_decision import ResidencyDecision
from tidegate.proxy.stages.guards.residency import denied
from tidegate.proxy.upstream.upstream import Upstream

NOT_JUDGED = "not-judged"


def describe(plan: OperationPlan) -> str:
    """The same for every operation."""
    del plan
    return "each attempt by the rules of residency in force"


def stage(plan: OperationPlan, upstream: Upstream, proceed: Handler) -> Handler:
    """Lets pass what may leave now."""
    terms, watch = upstream.residency.terms(plan, upstream.facts.personal_data), upstream.residency.watch
    if terms is None:
        return proceed
    name = upstream.name

    async def cleared(call: Call) -> Reply:
        before, home = call.residency, watch.rules.home_of(call.app)
        if before is None or call.cleared is not call.content:
            decision = ResidencyDecision(NOT_JUDGED, "refuse", home, terms.region, personal=True)
        else:
            decision = watch.rules.decide(home, "personal" if before.personal else "other", terms.region)
        if decision.sends:
            return await proceed(call)
        call.residency = decision
        watch.count("attempt", name, decision)
        return denied(decision, name)

    return cleared
