"""Tests of tidegate.proxy.policies.breaker_states; the breaker that walks them is in test_breaker.py."""

from tidegate.proxy.policies.breaker_states import TARGETS, TRANSITIONS, State, Trigger, diagram


def test_the_table_has_one_target_for_each_state_and_trigger() -> None:
    assert len(TARGETS) == len(TRANSITIONS)


def test_an_operator_can_hold_a_breaker_from_every_state_and_let_it_go_again() -> None:
    for trigger, held in ((Trigger.HELD_OPEN, State.FORCED_OPEN), (Trigger.HELD_CLOSED, State.FORCED_CLOSED)):
        assert all(TARGETS[state, trigger] is held for state in State if state is not held)
        assert TARGETS[held, Trigger.LET_GO] is State.CLOSED


def test_its_names_are_names_of_the_diagram() -> None:
    assert all(" " not in line.split(" --> ")[1].split(":")[0] for line in diagram().splitlines()[1:])
