"""The judge's own reading of a vendor's limits."""

from typing import Any

import pytest

from tidegate.loadtests.quota import Arrival, feasible, over_quota
from tidegate.vendor import Limit


def limit(rate: str, **more: Any) -> Limit:
    return Limit.model_validate({"name": "account", "rate": rate} | more)


def arrivals(*at_s: float, operation: str = "Get") -> list[Arrival]:
    return [Arrival(at, operation, wall_s=1000 + at) for at in at_s]


def over(one: Limit, *at_s: float, slack_s: float = 0.0) -> int:
    return over_quota([one], arrivals(*at_s), slack_s=slack_s)["account"]


def test_a_bucket_lets_its_burst_through_at_once_and_no_more() -> None:
    assert over(limit("10/s", burst=3), 0, 0, 0) == 0
    assert over(limit("10/s", burst=3), 0, 0, 0, 0) == 1


def test_a_bucket_fills_at_its_rate_and_not_above_its_burst() -> None:
    assert over(limit("10/s", burst=2), 0, 0, 0.1, 0.2) == 0
    assert over(limit("10/s", burst=2), 0, 0, 9, 9, 9) == 1


def test_a_hundred_evenly_spaced_arrivals_at_the_rate_are_all_within_it() -> None:
    assert over(limit("10/s"), *(number / 10 for number in range(100))) == 0
    assert over(limit("10/s"), *(number / 11 for number in range(110))) > 5


def test_an_arrival_above_the_limit_takes_nothing() -> None:
    assert over(limit("10/s"), 0, 0.05, 0.1) == 1


def test_slack_forgives_what_the_network_pushed_together_and_nothing_more() -> None:
    assert over(limit("10/s"), 0, 0.1, 0.2, 0.2, slack_s=0.1) == 0
    assert over(limit("10/s"), 0, 0.1, 0.2, 0.2, 0.2, slack_s=0.1) == 1


def test_a_sliding_window_counts_any_stretch_of_its_length() -> None:
    assert over(limit("2/s", algorithm="sliding"), 0.9, 0.95, 1.05) == 1
    assert over(limit("2/s", algorithm="sliding"), 0.9, 0.95, 1.9) == 0


def test_a_fixed_window_counts_between_whole_multiples_of_the_wall_clock() -> None:
    assert over(limit("2/s", algorithm="fixed"), 0.9, 0.95, 1.05) == 0
    assert over(limit("2/s", algorithm="fixed"), 0.9, 0.95, 0.97) == 1


def test_a_limit_by_operation_counts_each_operation_for_itself() -> None:
    both = arrivals(0, operation="Get") + arrivals(0, operation="Post")
    assert over_quota([limit("1/s", scope="operation")], both) == {"account": 0}
    assert over_quota([limit("1/s")], both) == {"account": 1}


def test_a_limit_of_some_operations_shares_one_count_among_them_and_ignores_the_rest() -> None:
    searches = limit("1/s", scope="operations", of=("*Search",))
    both = arrivals(0, operation="GetChargesSearch") + arrivals(0, operation="GetCustomersSearch")
    assert over_quota([searches], both) == {"account": 1}
    assert over_quota([searches], arrivals(0, 0, 0, operation="PostCharges")) == {"account": 0}


def test_arrivals_are_put_in_order_first() -> None:
    assert over(limit("10/s"), 0.2, 0.1, 0.0) == 0


def possible(one: Limit, *at_s: float, wait_s: float, depth: int = 100) -> int:
    return sum(feasible([one], arrivals(*at_s), wait_s=wait_s, depth=depth))


def test_without_limits_everything_is_feasible() -> None:
    assert feasible([], arrivals(0, 0, 0), wait_s=0, depth=0) == [True, True, True]


def test_what_waits_longer_than_it_may_is_not_feasible() -> None:
    assert possible(limit("10/s"), *[0.0] * 50, wait_s=2) == 21


def test_a_full_bucket_serves_its_burst_without_waiting() -> None:
    assert possible(limit("10/s", burst=5), *[0.0] * 50, wait_s=0) == 5
    assert possible(limit("10/s", burst=5), *[0.0] * 50, wait_s=1) == 15


def test_a_bucket_is_full_again_after_a_pause() -> None:
    assert possible(limit("10/s", burst=5), *[0.0] * 5, *[9.0] * 6, wait_s=0) == 10


def test_no_more_may_wait_than_the_queue_holds() -> None:
    assert possible(limit("10/s"), *[0.0] * 50, wait_s=100, depth=10) == 11


def test_a_call_needs_a_permit_of_every_limit() -> None:
    limits = [limit("100/s", name="account"), limit("10/s", name="endpoint", scope="operation")]
    assert sum(feasible(limits, arrivals(*[0.0] * 50), wait_s=1, depth=100)) == 11


@pytest.mark.parametrize("wait_s", [0.0, 1.0, 5.0])
def test_what_is_feasible_stays_within_the_limit(wait_s: float) -> None:
    """As many as were found possible could be sent: the rate times the time, and the burst."""
    at = [number / 50 for number in range(200)]
    assert possible(limit("20/s", burst=4), *at, wait_s=wait_s) <= 4 + 20 * (4 + wait_s)
    assert possible(limit("20/s", burst=4), *at, wait_s=wait_s) >= 20 * min(4, 4 + wait_s) - 4
