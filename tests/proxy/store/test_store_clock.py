"""Tests of tidegate.proxy.store.store_clock, with a machine whose clocks are moved."""

from tests.proxy.store.machine import Machine
from tests.proxy.store.places import NOW
from tidegate.proxy.policies.resilience.store_time import STEP_S, SavedClock
from tidegate.proxy.store.store_clock import StoreClock


def test_it_counts_uptime_and_shows_the_wall_clock() -> None:
    machine = Machine()
    clock = StoreClock(machine)
    clock.go_on(None)
    machine.passes(5.0)
    machine.jump(-1e6)
    assert clock.now() == (5.0, 5.0, NOW + 5.0 - 1e6)


def test_a_reading_is_where_the_next_life_goes_on() -> None:
    machine = Machine()
    first = StoreClock(machine)
    first.go_on(None)
    machine.passes(5.0)
    reading = first.reading()
    machine.passes(3.0)
    second = StoreClock(machine)
    second.go_on(reading)
    machine.passes(1.0)
    assert (second.now().least, second.now().most) == (9.0, 9.0)


def test_a_jump_is_told_once_that_before_the_start_too() -> None:
    machine = Machine()
    clock = StoreClock(machine)
    clock.go_on(None)
    reading = clock.reading()
    machine.passes(60.0)
    machine.jump(3600.0)
    again = StoreClock(machine)
    again.go_on(reading)
    assert (again.jump_s(), again.jump_s()) == (3600.0, 0.0)
    machine.passes(60.0)
    machine.jump(-7200.0)
    assert (again.jump_s(), again.jump_s()) == (-7200.0, 0.0)


def test_the_wall_clock_of_a_store_that_machines_share_is_not_this_machines() -> None:
    machine = Machine()
    clock = StoreClock(machine)
    clock.go_on(SavedClock(10.0, 20.0, "another", 5.0, 1e6), wall=1e6 + 60.0)
    assert clock.now() == (10.0, 20.0 + 60.0 + STEP_S, NOW)
    assert clock.jump_s() == 0.0


def test_it_errs_to_the_safe_side_of_anothers_reading_too() -> None:
    machine = Machine()
    clock = StoreClock(machine)
    clock.go_on(None)
    machine.passes(100.0)
    clock.agree(SavedClock(90.0, 130.0, "another", 7.0, NOW), 5.0)
    assert clock.now() == (95.0, 130.0, NOW + 100.0)
    machine.passes(1.0)
    assert clock.now() == (96.0, 131.0, NOW + 101.0)
