"""From a documented limit to what keeps it: the bucket or window that counts as the vendor does."""

from collections.abc import Iterable

from tidegate.proxy.policies.dialects.vendor_clock import VendorClock
from tidegate.proxy.policies.limits.counted_windows import FixedWindow, SlidingWindow
from tidegate.proxy.policies.limits.gauge import Gauge
from tidegate.proxy.policies.limits.learned_limit import LearnedLimit
from tidegate.proxy.policies.limits.periods import DAY_S, Every, Months, zone_s
from tidegate.proxy.policies.limits.token_bucket import SLOTS, TokenBucket
from tidegate.vendor.dialect_facts import Unit
from tidegate.vendor.vendor import Limit, Quota

BURST_KEPT = 2
"""So many tokens of a burst are never set aside for requests that may bunch: one would not bear a late timer."""


def gauge_for(limit: Limit, clock: VendorClock, now: float, spread_s: float) -> Gauge:
    """The gauge of a documented limit. `spread_s`: requests that leave so far apart may reach the vendor together."""
    if limit.algorithm == "sliding":
        return SlidingWindow(limit.rate.count, limit.rate.per_s, now, spread_s)
    if limit.algorithm == "fixed" and limit.aligned == "told":
        return LearnedLimit(limit.rate.count, limit.rate.per_s)
    if limit.algorithm == "fixed":
        return FixedWindow(limit.rate.count, Every(limit.rate.per_s), clock, now, spread_s)
    rate, burst = limit.rate.per_second, limit.burst
    # More than this would cost the rate itself: while requests are on their way, the bucket must still hold some.
    most_s = max(burst - BURST_KEPT, 0.5 * (burst - 1)) / rate
    if burst > SLOTS:
        most_s *= SLOTS / (SLOTS + 1)
    return TokenBucket(rate, burst, now, min(spread_s, most_s))


def quota_for(quota: Quota, clock: VendorClock, now: float) -> FixedWindow:
    """The gauge of a calendar quota. The use before comes from the store."""
    offset_s = zone_s(quota.zone)
    periods = Every(DAY_S, offset_s) if quota.per == "day" else Months(offset_s)
    return FixedWindow(quota.count, periods, clock, now, 0.0, fresh=True)


def refills_s(limits: Iterable[Limit], unit: Unit) -> dict[str, float]:
    """The documented buckets of a unit by name, each with the seconds in which it fills."""
    buckets = (limit for limit in limits if limit.algorithm == "token-bucket" and limit.unit == unit)
    return {limit.name: limit.burst / limit.rate.per_second for limit in buckets}
