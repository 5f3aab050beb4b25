"""Tests of tidegate.proxy.policies.limits.gauge_for."""

from typing import Any

import pytest

from tidegate.proxy.policies.dialects.vendor_clock import VendorClock
from tidegate.proxy.policies.limits.gauge_for import gauge_for, quota_for, refills_s
from tidegate.vendor.vendor import Limit, Quota

WALL = 1_700_000_000.0


def limit(**more: Any) -> Limit:
    return Limit.model_validate({"name": "account", "rate": "10/s", **more})


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ({"burst": 5}, "Bucket(10/s, burst 5)"),
        ({"algorithm": "fixed"}, "FixedWindow(10 in 1 s)"),
        ({"algorithm": "sliding"}, "SlidingWindow(10 in 1.2 s)"),
    ],
)
def test_a_limit_is_counted_as_the_vendor_counts(more: dict[str, Any], shown: str) -> None:
    assert repr(gauge_for(limit(**more), VendorClock(0.0, WALL), 0.0, 0.2)) == shown


@pytest.mark.parametrize(
    ("burst", "kept_s"),
    [
        pytest.param(1, 0.0, id="a bucket of one has nothing to set aside"),
        pytest.param(2, 0.05, id="one of two half a token"),
        pytest.param(4, 0.2, id="a deeper one the whole spread"),
        pytest.param(40, 0.2, id="and no more"),
    ],
)
def test_a_bucket_sets_no_more_aside_than_keeps_its_rate(burst: int, kept_s: float) -> None:
    bucket = gauge_for(limit(burst=burst), VendorClock(0.0, WALL), 0.0, 0.2)
    now = 100.0
    for _ in range(burst):
        assert bucket.ready_in(now) == 0.0
        bucket.charge(now)
    assert bucket.ready_in(now) == pytest.approx(0.1 + kept_s)


@pytest.mark.parametrize(("per", "period_s"), [("day", 86400), ("month", 30 * 86400)])
def test_a_quota_is_a_window_of_the_calendar(per: str, period_s: float) -> None:
    quota = Quota.model_validate({"name": "daily", "count": 500, "per": per})
    assert repr(quota_for(quota, VendorClock(0.0, WALL), 0.0)) == f"FixedWindow(500 in {period_s:g} s)"


def test_only_buckets_of_a_unit_fill_in_a_time_of_their_own() -> None:
    limits = [limit(burst=5), limit(name="window", algorithm="fixed"), limit(name="tokens", burst=20, unit="tokens")]
    assert refills_s(limits, "requests") == {"account": 0.5}
    assert refills_s(limits, "tokens") == {"tokens": 2.0}
