"""Which calls must wear again what their first attempt wore.

A vendor that knows an idempotency key under one credential alone carries a resend under another one out a second time.
And what one account has done, another can neither undo nor find.
"""

from tidegate.plan.plan import OperationPlan
from tidegate.proxy.call.outcome import Verdict
from tidegate.vendor.vendor import PoolFacts

_OPEN = (Verdict.FAILED, Verdict.CANCELLED, Verdict.CONTENTION)
"""After an attempt that ended so, something may have been done under its credential."""


def sticks(plan: OperationPlan, pool: PoolFacts) -> bool:
    """True where what may have been done under one credential must be sent, or asked for, under the same."""
    if plan.idempotency == "safe":
        return False
    if pool.account == "each":
        return plan.idempotency != "never-resend" or plan.lookup is not None
    return plan.idempotency == "vendor-key" and pool.keys == "credential"


def pins(verdict: Verdict, *, sent: bool) -> bool:
    """True where an attempt that ended so may have done something."""
    return sent and verdict in _OPEN
