"""A vendor's limits as apps are told of them: `RateLimit` and `RateLimit-Policy` in the form of the IETF's draft 10.

What is told is what we have left for all apps together, and under all credentials of a pool. It costs a microsecond or
two, so it is made for refusals, for calls that had to wait, and where a limit runs short; never for the many that pass
freely.
"""

import math
from collections.abc import Sequence

from tidegate.plan.plan import OperationPlan
from tidegate.proxy.policies.limits.gauge import Gauge
from tidegate.proxy.policies.limits.limit_set import LimitSet
from tidegate.vendor.vendor import Limit, Quota

Lines = tuple[tuple[str, str], ...]
"""Header names and values."""

_PERIODS_S = {"day": 86400, "month": 30 * 86400}
_UNITS = {"requests": "", "bytes": ';qu="content-bytes"', "concurrency": ';qu="concurrent-requests"'}


def rate_limit(plan: OperationPlan, sets: Sequence[LimitSet], now: float) -> Lines:
    """The two headers for calls of this plan; none where no limit of it is documented.

    `sets` are the limits of each credential that calls may wear, at least one: what each has for itself is summed, and
    what they share is counted once.
    """
    left, policies = [], []
    documented: list[Limit | Quota] = [*plan.limits, *plan.quotas]
    for limit, *places in zip(documented, *(limits.gauges for limits in sets), strict=False):
        gauges = {id(gauge): gauge for gauge in places}.values()
        if isinstance(limit, Limit):
            count, window_s = limit.rate.count, limit.rate.per_s
        else:
            count, window_s = float(limit.count), _PERIODS_S[limit.per]
        wait_s, name = min(gauge.ready_in(now) for gauge in gauges), _quoted(limit.name)
        rest = sum(_rest(gauge, count, now) for gauge in gauges)
        left.append(f"{name};r={rest}" + (f";t={math.ceil(wait_s)}" if wait_s else ""))
        policies.append(
            f"{name};q={count * len(gauges):.0f};w={math.ceil(window_s)}"
            + _UNITS.get(limit.unit, f';qu="{limit.unit}"')
        )
    if not left:
        return ()
    return (("RateLimit", ", ".join(left)), ("RateLimit-Policy", ", ".join(policies)))


def _rest(gauge: Gauge, count: float, now: float) -> int:
    """What is left of one count: at least one where it has room."""
    return 0 if gauge.ready_in(now) else max(int((1.0 - gauge.used(now)) * count), 1)


def _quoted(name: str) -> str:
    """A Structured Fields string (RFC 9651 §3.3.3)."""
    plain = "".join(character if " " <= character <= "~" else "?" for character in name)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
