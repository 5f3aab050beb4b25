"""A vendor's limits as apps are told of them: `RateLimit` and `RateLimit-Policy` in the form of the IETF's draft 10.

What is told is what we have left for all apps together. It costs a microsecond or two, so it is made for refusals, for
calls that had to wait, and where a limit runs short; never for the many that pass freely.
"""

import math

from tidegate.plan.plan import OperationPlan
from tidegate.proxy.policies.limits.token_bucket import LimitSet
from tidegate.vendor.vendor import Limit, Quota

Lines = tuple[tuple[str, str], ...]
"""Header names and values."""

_PERIODS_S = {"day": 86400, "month": 30 * 86400}
_UNITS = {"requests": "", "bytes": ';qu="content-bytes"', "concurrency": ';qu="concurrent-requests"'}


def rate_limit(plan: OperationPlan, limits: LimitSet, now: float) -> Lines:
    """The two headers for calls of this plan; none where no limit of it is documented."""
    left, policies = [], []
    documented: list[Limit | Quota] = [*plan.limits, *plan.quotas]
    for limit, gauge in zip(documented, limits.gauges, strict=False):
        if isinstance(limit, Limit):
            count, window_s = limit.rate.count, limit.rate.per_s
        else:
            count, window_s = float(limit.count), _PERIODS_S[limit.per]
        wait_s, rest = gauge.ready_in(now), int((1.0 - gauge.used(now)) * count)
        name = _quoted(limit.name)
        left.append(f"{name};r={0 if wait_s else max(rest, 1)}" + (f";t={math.ceil(wait_s)}" if wait_s else ""))
        policies.append(f"{name};q={count:.0f};w={math.ceil(window_s)}" + _UNITS.get(limit.unit, f';qu="{limit.unit}"'))
    if not left:
        return ()
    return (("RateLimit", ", ".join(left)), ("RateLimit-Policy", ", ".join(policies)))


def _quoted(name: str) -> str:
    """A Structured Fields string (RFC 9651 §3.3.3)."""
    plain = "".join(character if " " <= character <= "~" else "?" for character in name)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
