"""Tests of tidegate.proxy.policies.limits.gauge: everything that keeps a limit has its shape."""

import pytest

from tidegate.proxy.policies.dialects.vendor_clock import VendorClock
from tidegate.proxy.policies.limits.aimd import AimdLimit
from tidegate.proxy.policies.limits.concurrency_limit import ConcurrencyLimit
from tidegate.proxy.policies.limits.counted_windows import FixedWindow, SlidingWindow
from tidegate.proxy.policies.limits.gauge import Gauge
from tidegate.proxy.policies.limits.learned_limit import LearnedLimit
from tidegate.proxy.policies.limits.periods import Every
from tidegate.proxy.policies.limits.token_bucket import TokenBucket

NOW = 1_000.0
GAUGES: list[Gauge] = [
    TokenBucket(5.0, 5, 0.0, 0.2),
    FixedWindow(5.0, Every(100.0), VendorClock(0.0, 0.0), 0.0, 0.0),
    SlidingWindow(5.0, 100.0, 0.0, 0.0),
    LearnedLimit(5.0, 10.0),
    AimdLimit(0.0),
    ConcurrencyLimit(5),
]


@pytest.mark.parametrize("gauge", GAUGES, ids=lambda gauge: type(gauge).__name__)
def test_what_is_lent_is_used_and_what_comes_back_is_lent_again(gauge: Gauge) -> None:
    assert gauge.rate_per_s > 0.0
    assert gauge.ready_in(NOW) == 0.0
    assert gauge.expected_s(NOW, 1.0, 0.0) == 0.0
    before = gauge.used(NOW)
    gauge.charge(NOW)
    assert gauge.used(NOW) > before
    gauge.hold(NOW)
    gauge.leave(NOW + 0.1, NOW)
    gauge.give_back(NOW + 0.1, NOW + 0.1)
    assert gauge.used(NOW + 0.1) == pytest.approx(before, abs=0.01)
