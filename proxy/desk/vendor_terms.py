"""What the pages must know of the other side: what is personal, how fast it may be sent to, how long it knows a key.

A vendor that is not served any more has terms all the same, the most careful ones.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from tidegate.plan.plan import OperationPlan
from tidegate.policy.deferral.defer import DEADLINE_S, deadline_s
from tidegate.policy.privacy.redact import Redact
from tidegate.proxy.policies.delivery.replay_pace import RATE_UNKNOWN_PER_S, tightest_bound
from tidegate.proxy.policies.limits.aimd import AimdLimit
from tidegate.proxy.upstream.upstream import Upstream


@dataclass(frozen=True, slots=True)
class VendorTerms:
    """The terms of one operation. `personal` are JSON pointers; `key_memory_s` is 0 where the vendor knows no keys."""

    personal: tuple[str, ...] = ()
    rate_per_s: float = RATE_UNKNOWN_PER_S
    pace: str = field(default="", kw_only=True)
    """The name of the bound that this rate is of, which other operations share; empty where none does."""
    key_memory_s: float = 0.0
    deadline_s: float = DEADLINE_S
    """A deferred write is tried for so long."""
    redact: Redact = field(default_factory=Redact)
    """What people may see."""


TermsOf = Callable[[str, str], VendorTerms]
"""Vendor and operation → its terms."""


def terms_of(upstream: Upstream | None, plan: OperationPlan | None) -> VendorTerms:
    """The terms of an operation, None for what is not served."""
    if upstream is None:
        return VendorTerms()
    personal, redact = upstream.facts.personal_data, upstream.policy.redact
    if plan is None:
        return VendorTerms(personal, redact=redact)
    gauge = upstream.limits.gauges.get("adaptive") if plan.adaptive else None
    learned = gauge.rate_per_s if isinstance(gauge, AimdLimit) else None
    bound = tightest_bound(plan.limits, plan.quotas, learned)
    terms = (bound.rate_per_s, plan.key_retention_s, deadline_s(plan))
    return VendorTerms(personal, *terms, redact, pace=bound.shared)
