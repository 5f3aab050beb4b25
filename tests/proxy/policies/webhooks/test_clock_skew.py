"""The alarm begins when clocks are apart, and not for delays, replays or a single odd webhook."""

from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.policies.webhooks.clock_skew import (
    SKEW_AGE_MAX_S,
    SKEW_ALARM_S,
    SKEW_SAMPLES_MAX,
    ClockSkew,
    SkewChange,
)


def play(skews: list[float], clock: ClockSkew | None = None, begin: float = 0.0) -> list[SkewChange]:
    clock = clock or ClockSkew()
    changes = [clock.record(skew_s, begin + n) for n, skew_s in enumerate(skews)]
    return [change for change in changes if change is not None]


def test_a_clock_that_is_apart_by_a_minute_alarms_once() -> None:
    assert play([60.0] * 20) == [SkewChange("begins", 60.0)]
    assert play([-75.0] * 20) == [SkewChange("begins", -75.0)]


def test_few_webhooks_say_nothing() -> None:
    clock = ClockSkew()
    assert play([500.0] * 4, clock) == []
    assert clock.skew_s() is None


def test_the_alarm_ends_well_below_where_it_began() -> None:
    clock = ClockSkew()
    play([70.0] * SKEW_SAMPLES_MAX, clock)
    assert play([50.0] * SKEW_SAMPLES_MAX, clock) == []
    assert play([2.0] * SKEW_SAMPLES_MAX, clock) == [SkewChange("ends", 2.0)]
    assert not clock.is_alarming


@given(st.lists(st.floats(0, 100_000), min_size=10, max_size=10))
def test_delays_and_replays_of_a_third_raise_no_alarm(late: list[float]) -> None:
    assert play([0.2, *late[:1], 0.3, 0.1, *late[1:2], 0.2] * 5) == []


def test_a_backlog_that_is_most_of_what_comes_raises_no_alarm() -> None:
    assert play([0.2, 500.0, 500.0, 0.1, 500.0] * 8) == []


def test_one_vendors_odd_server_raises_no_alarm() -> None:
    assert play([0.1, 0.2, 0.1, 0.3, 0.2, -400.0, 0.1, 0.2]) == []


def test_old_webhooks_are_forgotten() -> None:
    clock = ClockSkew()
    play([SKEW_ALARM_S] * 10, clock)
    assert clock.is_alarming
    assert play([0.0] * 5, clock, begin=SKEW_AGE_MAX_S + 100) == [SkewChange("ends", 0.0)]
