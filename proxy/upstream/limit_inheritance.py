"""The counts that one version of a vendor file leaves to the next: a reload must not begin any limit anew.

A limit that is the same keeps its count. One that changed begins with what was used under its old form, so that the two
forms together lend no more than one of them. One that is new begins as it would after a restart. Calls that are under
way, or wait, on the old version go on under the counts of the new one. It refuses to know how a limit counts.
"""

from tidegate.proxy.permits.lane import StoredQuota
from tidegate.proxy.policies.limits.concurrency_limit import ConcurrencyLimit
from tidegate.proxy.policies.limits.counted_windows import FixedWindow, SlidingWindow
from tidegate.proxy.policies.limits.gauge import EPSILON_S, Gauge
from tidegate.proxy.policies.limits.gauge_for import gauge_for, quota_for
from tidegate.proxy.policies.limits.limit_set import LimitSet
from tidegate.proxy.policies.limits.token_bucket import TokenBucket
from tidegate.proxy.store.quotas import QuotaUse
from tidegate.proxy.upstream.vendor_limits import VendorLimits
from tidegate.vendor.vendor import Concurrency, Facts, Limit, Quota

LONG_AGO = 3.0
"""A gauge made so many of its periods ago holds no caution of its beginning any more."""


def inherit(new: VendorLimits, old: VendorLimits, now: float) -> None:
    """Let `new`, which has not been used, go on where `old` is."""
    facts, before = new.vendor.facts, old.vendor.facts
    new.reports, new.clock, new.store, new.began = old.reports, old.clock, old.store, old.began
    new.written = old.written | {name: (QuotaUse(*quota.window.taken(now)),) for name, quota in old.quotas.items()}
    policy, policy_before = new.vendor.policy, old.vendor.policy
    if policy.queue == policy_before.queue:
        new.room = old.room
    _take_members(new, old, now)
    if facts.adaptive and before.adaptive:
        _take_gauges(new, old, "adaptive")
    if policy.bulkhead is not None and policy_before.bulkhead is not None:
        _take_places(new, old, policy.bulkhead.concurrent, policy.bulkhead.queue)
    was = {limit.name: limit for limit in _bounds_of(before)}
    for limit in _bounds_of(facts):
        _take_counts(new, old, limit, was.get(limit.name), now)
    for names, gate in old.gates.items():
        gauges = [new.gauges.get(name, gauge) for name, gauge in zip(names, gate.limits.gauges, strict=True)]
        gate.turn_to(LimitSet(gauges))
    old.room.serve()


def _take_members(new: VendorLimits, old: VendorLimits, now: float) -> None:
    """What is known of each credential, by its name. Of one that is new nobody knows what was used before."""
    stay = [member for member in new.members if member in old.members]
    new.member_since = {member: old.member_since.get(member, old.began) for member in stay}
    new.member_since |= {member: now for member in new.members if member not in stay}
    _take_gauges(new, old, "asked ")
    if new.vendor.facts.dialect == old.vendor.facts.dialect:
        new.shelves |= {member: old.shelves[member] for member in stay}
        new.pauses |= {member: old.pauses[member] for member in stay}
        _take_gauges(new, old, "told ")


def _take_gauges(new: VendorLimits, old: VendorLimits, begin: str) -> None:
    """Take over the gauges whose names begin so, those of members that are gone left out."""
    names = [name for name, member in old.wearers.items() if name.startswith(begin) and member in new.members]
    new.gauges |= {name: old.gauges[name] for name in names}
    new.wearers |= {name: old.wearers[name] for name in names}


def _take_places(new: VendorLimits, old: VendorLimits, concurrent: int, queue: int) -> None:
    new.bulkheads = old.bulkheads
    for group, gate in old.bulkheads.items():
        [places] = gate.limits.gauges
        assert isinstance(places, ConcurrencyLimit)
        places.at_once, gate.room.queue.depth = concurrent, queue
        new.gauges[f"bulkhead {group}"] = places


def _take_counts(
    new: VendorLimits,
    old: VendorLimits,
    limit: Limit | Quota | Concurrency,
    was: Limit | Quota | Concurrency | None,
    now: float,
) -> None:
    """Take over one limit, for each app or operation that has a count of its own."""
    spread_s = new.vendor.policy.limiter.spread
    same = was == limit and (spread_s == old.vendor.policy.limiter.spread or not isinstance(limit, Limit))
    new.since[limit.name] = old.since.get(limit.name, old.began) if same else now
    if was is None or type(was) is not type(limit) or was.scope != limit.scope:
        return
    if not isinstance(was, Concurrency) and not isinstance(limit, Concurrency) and was.unit != limit.unit:
        return
    for name, owner in old.owners.items():
        wearer = old.wearers.get(name)
        if owner != limit.name or (wearer is not None and wearer not in new.members):
            continue
        new.owners[name] = owner
        if wearer is not None:
            new.wearers[name] = wearer
        gauge = old.gauges[name]
        new.gauges[name] = gauge if same else _changed(new, limit, was, gauge, now)
        if name in old.quotas:
            new.quotas[name] = _changed_quota(new, old.quotas[name], new.gauges[name], now)


def _changed(
    new: VendorLimits, limit: Limit | Quota | Concurrency, was: Limit | Quota | Concurrency, gauge: Gauge, now: float
) -> Gauge:
    """The gauge of a limit's new form, holding what was used under the old one."""
    if isinstance(limit, Concurrency):
        assert isinstance(gauge, ConcurrencyLimit)
        gauge.at_once = limit.at_once  # the very same: calls under way give their places back to it
        return gauge
    if isinstance(limit, Quota):
        assert isinstance(gauge, FixedWindow)
        window = quota_for(limit, new.clock, now)
        window.charge(now, gauge.taken(now)[1])
        return window
    assert isinstance(was, Limit)
    spread_s = new.vendor.policy.limiter.spread
    made = gauge_for(limit, new.clock, now, spread_s)
    bucket = isinstance(made, TokenBucket)
    alike = type(made) is type(gauge) and (bucket or was.rate.per_s == limit.rate.per_s)
    if not (alike and _holds(made)):
        return made
    period_s = limit.burst / limit.rate.per_second if bucket else limit.rate.per_s
    made = gauge_for(limit, new.clock, now - LONG_AGO * (period_s + spread_s), spread_s)
    made.charge(now, min(gauge.used(now) * _holds(gauge), _holds(made)))
    wait_s = gauge.ready_in(now)
    if bucket and wait_s > spread_s + 1.0 / gauge.rate_per_s + EPSILON_S:  # longer than for a token: the vendor said so
        made.pause_until(now + wait_s)
    return made


def _holds(gauge: Gauge) -> float:
    if isinstance(gauge, TokenBucket):
        return float(gauge.burst)
    return float(gauge.count) if isinstance(gauge, FixedWindow | SlidingWindow) else 0.0


def _changed_quota(new: VendorLimits, quota: StoredQuota, window: Gauge, now: float) -> StoredQuota:
    """The same record goes on, so that calls of both versions write down one sum; no alert is raised twice."""
    assert isinstance(window, FixedWindow)
    alerts, highest = (
        tuple(sorted(new.vendor.policy.quota_alert)),
        quota.alerts[quota.reached - 1] if quota.reached else 0.0,
    )
    used = window.taken(now)[1] / window.count
    quota.window, quota.alerts = window, alerts
    quota.reached = sum(share <= min(highest, used) for share in alerts)
    return quota


def _bounds_of(facts: Facts) -> list[Limit | Quota | Concurrency]:
    """Every limit of a vendor."""
    return [*facts.limits, *facts.quotas, *facts.concurrency]
