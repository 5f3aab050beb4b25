"""Tests of tidegate.proxy.telemetry.overview.limit_day."""

from tidegate.proxy.telemetry.overview.limit_day import SLOT_S, SLOTS_MAX, LimitDay


def test_each_slot_keeps_the_greatest_share() -> None:
    day = LimitDay()
    for second, used in ((0, 0.2), (10, 0.7), (20, 0.1), (SLOT_S, 0.3)):
        day.add(1000 * SLOT_S + second, [("daily", used)])
    assert day.shares(["daily"]) == {"daily": [0.7, 0.3]}


def test_a_slot_in_which_nobody_looked_is_empty_and_so_is_a_limit_that_came_later() -> None:
    day = LimitDay()
    day.add(0.0, [("a", 0.5)])
    day.add(3 * SLOT_S, [("a", 0.6), ("b", 0.1)])
    assert day.shares(["a", "b"]) == {"a": [0.5, None, None, 0.6], "b": [None, None, None, 0.1]}


def test_it_is_bounded() -> None:
    day = LimitDay()
    for slot in range(0, 3 * SLOTS_MAX, 2):
        day.add(slot * SLOT_S, [("a", 0.1)])
    assert len(day.shares(["a"])["a"]) == SLOTS_MAX
    day.add(1e9, [("a", 0.9)])
    assert day.shares(["a"])["a"] == [None] * (SLOTS_MAX - 1) + [0.9]


def test_without_a_look_there_is_nothing() -> None:
    assert LimitDay().shares(["a"]) == {"a": []}
