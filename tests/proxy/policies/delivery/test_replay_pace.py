"""Tests of tidegate.proxy.policies.delivery.replay_pace."""

import pytest

from tidegate.proxy.policies.delivery.replay_pace import RATE_UNKNOWN_PER_S, ReplayPace, tightest_bound
from tidegate.vendor.vendor import Limit, Quota


def limit(**facts: object) -> Limit:
    return Limit.model_validate({"name": "account", "rate": "100/s"} | facts)


def test_the_tightest_bound_on_requests_is_the_rate() -> None:
    day = Quota.model_validate({"name": "daily", "count": 86_400, "per": "day"})
    assert tightest_bound([limit()], []).rate_per_s == 100
    assert tightest_bound([limit(), limit(rate="600/m")], []).rate_per_s == 10
    assert tightest_bound([limit()], [day]).rate_per_s == 1
    assert tightest_bound([limit()], [], learned=0.5).rate_per_s == 0.5
    assert tightest_bound([limit(unit="tokens")], []).rate_per_s == RATE_UNKNOWN_PER_S
    assert tightest_bound([], []).rate_per_s == RATE_UNKNOWN_PER_S


def test_deliveries_are_spread_to_a_share_of_the_rate() -> None:
    pace = ReplayPace()
    assert [pace.take(50.0, 100, 0.1) for _ in range(3)] == pytest.approx([50.0, 50.1, 50.2])
    assert pace.take(50.0, 100, 0.1) == pytest.approx(50.3), "a second order comes after the first"
    assert pace.last(50.0, 100, 0.1, 11) == pytest.approx(51.4), "what would be takes nothing"
    assert pace.take(90.0, 100, 0.1) == 90.0, "what is over holds up nothing"


def test_a_bound_is_shared_by_all_operations_but_where_each_has_its_own() -> None:
    assert tightest_bound([limit(name="all")], []).shared == "all"
    assert tightest_bound([limit(name="each", scope="operation")], []).shared == ""
    assert tightest_bound([limit(name="all")], [], learned=0.5).shared == "adaptive"
    assert tightest_bound([], []).shared == ""
