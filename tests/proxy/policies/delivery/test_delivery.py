"""The table of a delivery's states."""

from typing import get_args

from tests.proxy.policies.delivery.deliveries import delivery
from tidegate.proxy.policies.delivery.delivery import DUE, FOLLOWS, LIVE, MAY, ByHand, DeliveryState, awaits, may
from tidegate.proxy.policies.resilience.store_time import StoreTime


def test_every_state_has_its_line_and_leads_to_states_that_have_one() -> None:
    states = set(get_args(DeliveryState))
    assert set(FOLLOWS) == states
    assert all(after <= states for after in FOLLOWS.values())


def test_nothing_follows_on_an_end_but_what_a_person_does() -> None:
    ends = set(get_args(DeliveryState)) - set(LIVE)
    assert ends == {"done", "dead", "cancelled"}
    assert not FOLLOWS["done"]
    assert not FOLLOWS["cancelled"]
    assert "dead" in MAY["replay"]


def test_every_live_state_leads_to_an_end() -> None:
    for state in LIVE:
        reached, fresh = {state}, {state}
        while fresh:
            fresh = {after for before in fresh for after in FOLLOWS[before]} - reached
            reached |= fresh
        assert "done" in reached, state


def test_what_a_person_may_do_is_possible_in_the_table() -> None:
    leads_to = {"replay": {"queued", "unknown"}, "redo": {"queued"}, "confirm": {"done"}, "cancel": {"cancelled"},
                "approve": {"queued"}, "refuse": {"dead"}}  # fmt: skip
    assert set(MAY) == set(get_args(ByHand))
    for action, states in MAY.items():
        for state in states:
            assert FOLLOWS[state] & leads_to[action], (action, state)


def test_nothing_is_sent_that_is_not_leased_first() -> None:
    assert [state for state, after in FOLLOWS.items() if "sending" in after] == ["leased"]
    assert all("leased" in FOLLOWS[state] for state in DUE)


def test_nothing_leads_around_an_approval() -> None:
    for action in MAY:
        waiting = may(action, "parked", "", awaits=True)
        assert waiting is (action in ("approve", "refuse", "cancel")), action
        assert may(action, "dead", "refused", awaits=False) is (action == "cancel"), action
        if action in ("approve", "refuse"):
            assert not any(may(action, state, "", awaits=False) for state in FOLLOWS), "it waits for none"


def test_what_waits_for_approval_was_accepted_so_and_never_sent() -> None:
    assert awaits("parked", "parked", ever_sent=False)
    assert not awaits("parked", "parked", ever_sent=True)
    assert not awaits("parked", "queued", ever_sent=False)
    assert not awaits("queued", "parked", ever_sent=False)


def test_it_has_been_tried_for_as_long_as_the_store_says_whatever_the_wall_clock_says() -> None:
    assert delivery(accepted=40.0).tried_for_s(StoreTime(100.0, 900.0, 1e9)) == 60.0
    assert delivery(accepted=140.0).tried_for_s(StoreTime(100.0, 900.0, 1e9)) == 0.0
