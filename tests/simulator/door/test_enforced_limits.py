"""Limits let through what the vendor documents and not one request more."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tidegate.simulator.door.enforced_limits import EnforcedLimits, EnforcedTokenBucket, reason_of
from tidegate.vendor.vendor import Concurrency, Limit, Quota


def limit(**settings: Any) -> Limit:
    return Limit.model_validate({"name": "account", "rate": "10/s", **settings})


def let_through(
    limits: EnforcedLimits, times: list[float], operation: str = "Get", credential: str = "sk"
) -> list[bool]:
    return [limits.admit(operation, credential, at, at) is None for at in times]


def test_a_bucket_gives_its_burst_at_once_then_the_rate() -> None:
    limits = EnforcedLimits([limit(burst=3)])
    assert let_through(limits, [0.0] * 4) == [True, True, True, False]
    assert let_through(limits, [0.05, 0.1, 0.15, 0.2]) == [False, True, False, True]


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    limits = EnforcedLimits([limit(burst=2)])
    assert let_through(limits, [1000.0] * 3) == [True, True, False]


@given(st.lists(st.floats(0, 5), max_size=200), st.integers(1, 5))
def test_no_stretch_of_time_sees_more_than_burst_and_rate_allow(times: list[float], burst: int) -> None:
    bucket, passed = EnforcedTokenBucket(10.0, burst, 0.0), []
    for at in sorted(times):
        if bucket.has_room(at, at):
            bucket.take(at, at)
            passed.append(at)
    for first, begin in enumerate(passed):
        for last in range(first, len(passed)):
            assert last - first + 1 <= burst + 10.0 * (passed[last] - begin) + 1e-6


def test_a_sliding_window_forgets_each_request_after_its_period() -> None:
    limits = EnforcedLimits([limit(rate="2/s", algorithm="sliding")])
    assert let_through(limits, [0.0, 0.9, 0.95, 1.05, 1.8, 1.95]) == [True, True, False, True, False, True]


def test_a_fixed_window_begins_again_at_whole_periods_of_the_wall_clock() -> None:
    limits = EnforcedLimits([limit(rate="2/m", algorithm="fixed")])
    assert let_through(limits, [58.0, 59.0, 59.9, 60.0, 61.0, 62.0]) == [True, True, False, True, True, False]


def test_a_limit_by_operation_counts_each_operation_apart() -> None:
    limits = EnforcedLimits([limit(scope="operation")])
    assert let_through(limits, [0.0, 0.0], "GetA") == [True, False]
    assert let_through(limits, [0.0, 0.0], "GetB") == [True, False]


def test_a_limit_of_some_operations_is_shared_by_them_and_spares_the_others() -> None:
    limits = EnforcedLimits([limit(scope="operations", of=("*Search",))])
    assert let_through(limits, [0.0], "ASearch") == [True]
    assert let_through(limits, [0.0], "BSearch") == [False]
    assert let_through(limits, [0.0, 0.0], "GetA") == [True, True]


def test_credentials_do_not_share_a_limit() -> None:
    limits = EnforcedLimits([limit()])
    assert let_through(limits, [0.0, 0.0], credential="one") == [True, False]
    assert let_through(limits, [0.0, 0.0], credential="two") == [True, False]


def test_a_refused_request_takes_nothing_from_the_limits_that_had_room() -> None:
    wide, narrow = limit(name="wide", rate="1/h", burst=2), limit(name="narrow", scope="operation")
    limits = EnforcedLimits([wide, narrow])
    assert let_through(limits, [0.0, 0.0, 0.0], "GetA") == [True, False, False]
    assert let_through(limits, [0.0], "GetB") == [True]


def test_the_limit_that_refused_is_named_in_the_vendors_words() -> None:
    account, endpoint = limit(), limit(name="endpoint", scope="operation")
    assert (reason_of(account), reason_of(endpoint)) == ("global-rate", "endpoint-rate")
    limits = EnforcedLimits([account])
    limits.admit("Get", "sk", 0.0, 0.0)
    assert limits.admit("Get", "sk", 0.0, 0.0) is account


def test_a_reset_fills_every_bucket() -> None:
    limits = EnforcedLimits([limit()])
    assert let_through(limits, [0.0, 0.0]) == [True, False]
    limits.reset()
    assert let_through(limits, [0.0]) == [True]


def test_units_are_counted_and_refunded() -> None:
    cost = limit(rate="1/h", burst=100, unit="cost", amount={"fields": ("/cost",), "otherwise": 10})
    limits = EnforcedLimits([cost])
    assert limits.admit("Get", "sk", 0.0, 0.0, b'{"cost": 80}') is None
    assert limits.admit("Get", "sk", 0.0, 0.0, b'{"cost": 80}') is cost
    limits.refund("Get", "sk", 0.0, 0.0, b'{"cost": 80}')
    assert limits.admit("Get", "sk", 0.0, 0.0, b"no JSON") is None
    [reading] = limits.readings("Get", "sk", 0.0, 0.0)
    assert (reading.left, reading.limit, reading.requested) == (50, 100.0, 10.0)


def test_a_calendar_period_ends_at_midnight_of_its_zone() -> None:
    quota = Quota.model_validate({"name": "m", "count": 1, "per": "month", "zone": "+02:00"})
    limits, december = EnforcedLimits([], [quota]), 1_735_682_400.0  # 2024-12-31T22:00Z is midnight there
    assert limits.admit("Get", "sk", 0.0, december - 1.0) is None
    assert limits.admit("Get", "sk", 0.0, december - 0.5) is quota
    assert limits.admit("Get", "sk", 0.0, december) is None


def test_places_are_taken_and_left() -> None:
    limits = EnforcedLimits([], (), [Concurrency(at_once=2, scope="operation")])
    assert [limits.admit("A", "sk", 0.0, 0.0) is None for _ in range(3)] == [True, True, False]
    assert limits.admit("B", "sk", 0.0, 0.0) is None
    limits.leave("A", "sk")
    assert limits.admit("A", "sk", 0.0, 0.0) is None
    assert [reading.remaining for reading in limits.readings("A", "sk", 0.0, 0.0)] == [0.0]
    assert reason_of(Concurrency(at_once=1)) == "global-concurrency"
