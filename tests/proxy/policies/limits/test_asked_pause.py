"""A pause lends nothing before its end, and then one after the other; long after it, it is as if it had never been."""

import pytest

from tidegate.proxy.policies.limits.asked_pause import PACE_PER_S, AskedPause


def test_nothing_is_lent_before_the_end_and_then_one_after_the_other() -> None:
    pause = AskedPause()
    assert pause.ready_in(0.0) == 0.0
    pause.pause_until(5.0)
    pause.pause_until(3.0)
    assert (pause.ready_in(1.0), pause.used(1.0)) == (4.0, 1.0)
    assert pause.ready_in(5.0) == 0.0
    for turn in range(1, 4):
        pause.charge(5.0)
        assert pause.ready_in(5.0) == pytest.approx(turn / PACE_PER_S)
    assert pause.expected_s(5.0, 1.0, 2.0) == pytest.approx(5 / PACE_PER_S)


def test_long_after_it_nobody_waits_for_anybody() -> None:
    pause = AskedPause()
    pause.pause_until(5.0)
    for _ in range(3):
        pause.charge(9.0)
    assert (pause.ready_in(9.0), pause.used(9.0)) == (0.0, 0.0)


def test_what_was_not_sent_changes_nothing_and_a_pause_that_is_lifted_is_over() -> None:
    pause = AskedPause()
    pause.pause_until(5.0)
    pause.give_back(1.0, 1.0)
    assert pause.ready_in(1.0) == 4.0
    pause.lift(2.0)
    assert pause.ready_in(2.0) == 0.0
    assert repr(pause) == "AskedPause()"
