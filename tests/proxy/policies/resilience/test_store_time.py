"""Tests of tidegate.proxy.policies.resilience.store_time: what a restart is worth, and what is a jump."""

import pytest

from tidegate.proxy.policies.resilience.store_time import (
    STEP_S,
    UNTOLD_S,
    SavedClock,
    StoreTime,
    agreed,
    continued,
    jumped_s,
)

WALL, DAY_S = 1_700_000_000.0, 86_400.0
SAVED = SavedClock(least=1000.0, most=1500.0, boot="b1", uptime=50.0, wall=WALL)


def test_a_store_begins_at_no_age() -> None:
    assert continued(None, "b1", 50.0, WALL) == StoreTime(0.0, 0.0, WALL)


@pytest.mark.parametrize("jump_s", [0.0, 2 * DAY_S, -2 * DAY_S, -WALL])
def test_on_one_start_of_a_machine_the_uptime_tells_what_passed_whatever_the_wall_clock_says(jump_s: float) -> None:
    wall = WALL + 7.0 + jump_s
    assert continued(SAVED, "b1", 57.0, wall) == StoreTime(1007.0, 1507.0, wall)


@pytest.mark.parametrize(
    ("wall_passed_s", "may_have_s"),
    [
        pytest.param(3 * DAY_S, 3 * DAY_S + STEP_S, id="the wall clock says three days"),
        pytest.param(0.0, STEP_S, id="it says none"),
        pytest.param(-STEP_S + 1, 1.0, id="it was put right by less than is believed"),
        pytest.param(-STEP_S, UNTOLD_S, id="it went back, and says nothing"),
        pytest.param(-WALL, UNTOLD_S, id="it began anew in 1970"),
    ],
)
@pytest.mark.parametrize(
    ("boot", "uptime"),
    [
        pytest.param("b2", 5.0, id="another start"),
        pytest.param("b2", 5000.0, id="another machine, longer up"),
        pytest.param("b1", 49.0, id="the same name, but less uptime"),
        pytest.param("", 57.0, id="a machine that does not tell"),
    ],
)
def test_over_another_start_no_time_is_sure_and_as_much_as_can_be_may_have_passed(
    boot: str, uptime: float, wall_passed_s: float, may_have_s: float
) -> None:
    wall = WALL + wall_passed_s
    assert continued(SAVED, boot, uptime, wall) == StoreTime(1000.0, 1500.0 + may_have_s, wall)


def test_two_starts_that_nobody_can_name_are_not_the_same() -> None:
    nameless = SAVED._replace(boot="")
    assert continued(nameless, "", 57.0, WALL + 7.0).least == 1000.0


@pytest.mark.parametrize(
    ("boot", "uptime", "wall", "jump_s"),
    [
        pytest.param("b1", 60.0, WALL + 10.0, 0.0, id="none"),
        pytest.param("b1", 60.0, WALL + 10.5, 0.0, id="slewed"),
        pytest.param("b1", 60.0, WALL + 10.0 + 7200.0, 7200.0, id="two hours on"),
        pytest.param("b1", 60.0, WALL + 10.0 - 7200.0, -7200.0, id="two hours back"),
        pytest.param("b1", DAY_S + 50.0, WALL + DAY_S, 0.0, id="a machine that slept"),
        pytest.param("b2", 5.0, WALL + 3 * DAY_S, 0.0, id="off for three days, as it seems"),
        pytest.param("b2", 5.0, WALL - 3600.0, -3600.0, id="back over another start: that is no passing of time"),
    ],
)
def test_a_jump_is_told_where_it_can_be(boot: str, uptime: float, wall: float, jump_s: float) -> None:
    assert jumped_s(SAVED, boot, uptime, wall) == jump_s


@pytest.mark.parametrize(
    ("other", "least", "most"),
    [
        (SavedClock(90.0, 130.0, "m2", 7.0, 0.0), 95.0, 130.0),
        (SavedClock(98.0, 90.0, "m2", 7.0, 0.0), 100.0, 110.0),
        (SavedClock(90.0, 120.0, "m1", 40.0, 0.0), 100.0, 130.0),
        (SavedClock(80.0, 90.0, "m1", 40.0, 0.0), 90.0, 110.0),
    ],
    ids=["another machine, further apart", "another machine, nearer", "the same start", "the same start, behind"],
)
def test_two_that_share_a_store_err_to_the_safe_side_of_each_other(
    other: SavedClock, least: float, most: float
) -> None:
    assert agreed(StoreTime(100.0, 110.0, 5.0), other, "m1", 50.0, since_s=5.0) == (least, most, 5.0)
