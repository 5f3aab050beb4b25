"""Tests of tidegate.proxy.policies.limits.ratelimit_headers: read back by the parser that reads vendors' fields."""

from tests.proxy.examples import plan
from tidegate.proxy.policies.dialects.ratelimit_drafts import (
    QuotaPolicy,
    RemainingQuota,
    quota_policies,
    remaining_quotas,
)
from tidegate.proxy.policies.dialects.vendor_clock import VendorClock
from tidegate.proxy.policies.limits.gauge_for import gauge_for, quota_for
from tidegate.proxy.policies.limits.limit_set import LimitSet
from tidegate.proxy.policies.limits.ratelimit_headers import rate_limit
from tidegate.vendor.vendor import Limit, Quota

ACCOUNT = Limit.model_validate({"name": "account", "rate": "10/s", "burst": 5})
WINDOW = Limit.model_validate({"name": 'a "b" \\', "rate": "50/m", "algorithm": "fixed", "unit": "bytes"})
DAY = Quota.model_validate({"name": "daily", "count": 1000, "per": "day", "unit": "tokens"})


def test_what_is_left_is_told_in_the_form_of_the_draft() -> None:
    clock = VendorClock(0.0, 0.0)
    limits = LimitSet(
        [gauge_for(ACCOUNT, clock, 0.0, 0.0), gauge_for(WINDOW, clock, 0.0, 0.0), quota_for(DAY, clock, 0.0)]
    )
    limits.charge(100.0, (5.0, 45.0, 400.0))
    told = dict(rate_limit(plan(limits=(ACCOUNT, WINDOW), quotas=(DAY,)), (limits,), 100.0))
    assert remaining_quotas(told["RateLimit"]) == [
        RemainingQuota("account", 0.0, 1.0),
        RemainingQuota('a "b" \\', 0.0, 2.0),
        RemainingQuota("daily", 600.0, None),
    ]
    assert quota_policies(told["RateLimit-Policy"]) == [
        QuotaPolicy("account", 10.0, 1.0),
        QuotaPolicy('a "b" \\', 50.0, 60.0, "bytes"),
        QuotaPolicy("daily", 1000.0, 86400.0, None),
    ]


def test_without_a_documented_limit_nothing_is_told() -> None:
    assert rate_limit(plan(), (LimitSet([]),), 0.0) == ()


def test_what_each_credential_has_for_itself_is_summed_and_what_they_share_is_counted_once() -> None:
    clock = VendorClock(0.0, 0.0)
    shared = quota_for(DAY, clock, 0.0)
    sets = [LimitSet([gauge_for(ACCOUNT, clock, 0.0, 0.0), shared]) for _ in range(3)]
    sets[0].charge(100.0, (5.0, 100.0))
    sets[1].charge(100.0, (2.5, 100.0))

    def told(*of: LimitSet) -> tuple[list[RemainingQuota], list[QuotaPolicy]]:
        lines = dict(rate_limit(plan(limits=(ACCOUNT,), quotas=(DAY,)), of, 100.0))
        return remaining_quotas(lines["RateLimit"]) or [], quota_policies(lines["RateLimit-Policy"]) or []

    assert told(*sets) == (
        [RemainingQuota("account", 15.0, None), RemainingQuota("daily", 800.0, None)],
        [QuotaPolicy("account", 30.0, 1.0), QuotaPolicy("daily", 1000.0, 86400.0, None)],
    )
    sets[1].charge(100.0, (2.5, 0.0))
    sets[2].charge(100.0, (10.0, 0.0))
    assert told(*sets)[0][0] == RemainingQuota("account", 0.0, 1.0), "the first that has room again says when"
