"""A refresh token is used before it ends where that helps, and its end is told before it comes where it does not."""

import math

from tidegate.proxy.policies.credentials.refresh_token_life import ENDING_S, RefreshTokenLife

DAY = 86_400.0


def test_one_without_a_known_end_is_never_due() -> None:
    life = RefreshTokenLife()
    assert not life.is_due(1e12)
    life.granted(10.0, math.inf)
    assert (life.is_due(1e12), life.ends_soon(1e12)) == (False, False)


def test_it_is_used_at_half_of_its_life_as_long_as_that_puts_its_end_off() -> None:
    life = RefreshTokenLife()
    life.granted(0.0, 100 * DAY)
    assert (life.is_due(50 * DAY - 1), life.is_due(50 * DAY)) == (False, True)
    life.granted(50 * DAY, 150 * DAY)
    assert (life.is_due(100 * DAY - 1), life.is_due(100 * DAY)) == (False, True)
    life.granted(100 * DAY, 150 * DAY)
    assert not life.is_due(149 * DAY), "the end stayed where it was: another refresh would not help"
    assert life.ends_soon(150 * DAY - ENDING_S + 1), "and its life is still the whole one"


def test_what_was_taken_from_the_store_leaves_it_due() -> None:
    life = RefreshTokenLife()
    life.granted(0.0, 100 * DAY, renewed=False)
    assert life.is_due(50 * DAY)
    life.granted(0.0, 100 * DAY, renewed=False)
    assert life.is_due(50 * DAY), "the same end, read again"
    life.granted(50 * DAY, 100 * DAY)
    assert not life.is_due(99 * DAY), "a refresh that moved nothing"


def test_its_end_is_told_seven_days_before_or_in_the_last_quarter_of_a_short_life() -> None:
    life = RefreshTokenLife()
    life.granted(0.0, 100 * DAY)
    assert (life.ends_soon(100 * DAY - ENDING_S - 1), life.ends_soon(100 * DAY - ENDING_S + 1)) == (False, True)
    life.granted(0.0, 1800.0)
    assert (life.ends_soon(1300.0), life.ends_soon(1351.0)) == (False, True)
