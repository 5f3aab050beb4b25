"""How many calls of a burst are possible under limits."""

from typing import Any

import pytest

from tidegate.loadtests.feasible_calls import feasible_calls
from tidegate.scenario.limit_meter import Arrival
from tidegate.vendor.vendor import Limit


def limit(rate: str, **more: Any) -> Limit:
    return Limit.model_validate({"name": "account", "rate": rate} | more)


def arrivals(*at_s: float, operation: str = "Get") -> list[Arrival]:
    return [Arrival(at, operation, wall_s=1000 + at) for at in at_s]


def possible(one: Limit, *at_s: float, wait_s: float, depth: int = 100) -> int:
    return sum(feasible_calls([one], arrivals(*at_s), wait_s=wait_s, depth=depth))


def test_without_limits_everything_is_feasible() -> None:
    assert feasible_calls([], arrivals(0, 0, 0), wait_s=0, depth=0) == [True, True, True]


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
    assert sum(feasible_calls(limits, arrivals(*[0.0] * 50), wait_s=1, depth=100)) == 11


@pytest.mark.parametrize("wait_s", [0.0, 1.0, 5.0])
def test_what_is_feasible_stays_within_the_limit(wait_s: float) -> None:
    """As many as were found possible could be sent: the rate times the time, and the burst."""
    at = [number / 50 for number in range(200)]
    assert possible(limit("20/s", burst=4), *at, wait_s=wait_s) <= 4 + 20 * (4 + wait_s)
    assert possible(limit("20/s", burst=4), *at, wait_s=wait_s) >= 20 * min(4, 4 + wait_s) - 4


def test_a_bucket_that_was_used_up_fills_before_it_lends() -> None:
    slow = limit("60/m", burst=10)
    at_once = arrivals(*[0.0] * 10)
    assert sum(feasible_calls([slow], at_once, wait_s=0, depth=100)) == 10
    assert sum(feasible_calls([slow], at_once, wait_s=0, depth=100, used_up_at_s=-4.0)) == 4
    assert sum(feasible_calls([slow], at_once, wait_s=3, depth=100, used_up_at_s=-4.0)) == 7
    assert sum(feasible_calls([slow], at_once, wait_s=0, depth=100, used_up_at_s=-60.0)) == 10
