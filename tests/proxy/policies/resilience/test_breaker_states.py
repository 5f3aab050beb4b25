"""Tests of tidegate.proxy.policies.resilience.breaker_states; the breaker that walks them is in test_breaker.py."""

from tidegate.proxy.policies.resilience.breaker_states import (
    TARGETS,
    TRANSITIONS,
    BreakerState,
    BreakerTrigger,
    diagram,
)


def test_the_table_has_one_target_for_each_state_and_trigger() -> None:
    assert len(TARGETS) == len(TRANSITIONS)


def test_an_operator_can_hold_a_breaker_from_every_state_and_let_it_go_again() -> None:
    for trigger, held in (
        (BreakerTrigger.HELD_OPEN, BreakerState.FORCED_OPEN),
        (BreakerTrigger.HELD_CLOSED, BreakerState.FORCED_CLOSED),
    ):
        assert all(TARGETS[state, trigger] is held for state in BreakerState if state is not held)
        assert TARGETS[held, BreakerTrigger.LET_GO] is BreakerState.CLOSED


def test_its_names_are_names_of_the_diagram() -> None:
    assert all(" " not in line.split(" --> ")[1].split(":")[0] for line in diagram().splitlines()[1:])
