"""Whether a write that could not be carried out now is accepted for later, and in which state. Pure."""

from typing import Literal

from tidegate.plan.plan import OperationPlan
from tidegate.policy.deferral.defer import resolves
from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.policies.resilience.vendor_away import is_away

ANSWERS_KEPT = frozenset(("outcome-unknown",))


def deferred_as(plan: OperationPlan, outcome: Outcome, reply: Reply) -> Literal["queued", "unknown"] | None:
    """The state in which a call is accepted after it was tried; None for one whose reply stands.

    `queued` where the vendor is away, or a limit is used up, and surely nothing was done; `unknown` where something may
    have been, and it resolves by itself.
    """
    unknown = outcome is Outcome.UNKNOWN and (reply.problem is None or reply.problem.name in ANSWERS_KEPT)
    away = unknown or is_away(reply.status, reply.verdict, reply.problem)
    if not away or outcome in (Outcome.DONE, Outcome.APPLIED_BUT_FAILED):
        return None
    if outcome is Outcome.UNKNOWN:
        return "unknown" if resolves(plan) else None
    return "queued"
