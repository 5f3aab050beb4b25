"""Tests of tidegate.proxy.policies.delivery.replay_pace."""

import pytest

from tidegate.proxy.policies.delivery.replay_pace import RATE_UNKNOWN_PER_S, ReplayPace, rate_per_s
from tidegate.vendor.vendor import Limit, Quota


def limit(**facts: object) -> Limit:
    return Limit.model_validate({"name": "account", "rate": "100/s"} | facts)


def test_the_tightest_bound_on_requests_is_the_rate() -> None:
    day = Quota.model_validate({"name": "daily", "count": 86_400, "per": "day"})
    assert rate_per_s([limit()], []) == 100
    assert rate_per_s([limit(), limit(rate="600/m")], []) == 10
    assert rate_per_s([limit()], [day]) == 1
    assert rate_per_s([limit()], [], learned=0.5) == 0.5
    assert rate_per_s([limit(unit="tokens")], []) == RATE_UNKNOWN_PER_S
    assert rate_per_s([], []) == RATE_UNKNOWN_PER_S


def test_deliveries_are_spread_to_a_share_of_the_rate() -> None:
    pace = ReplayPace()
    assert [pace.take(50.0, 100, 0.1) for _ in range(3)] == pytest.approx([50.0, 50.1, 50.2])
    assert pace.take(50.0, 100, 0.1) == pytest.approx(50.3), "a second order comes after the first"
    assert pace.last(50.0, 100, 0.1, 11) == pytest.approx(51.4), "what would be takes nothing"
    assert pace.take(90.0, 100, 0.1) == 90.0, "what is over holds up nothing"
