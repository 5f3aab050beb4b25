"""Tests of tidegate.proxy.policies.credentials.lease_life."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.policies.credentials.lease_life import AGAIN_S, LeaseLife


def life(ttl_s: float = 900.0, *, renewable: bool = True, can_login: bool = True) -> LeaseLife:
    return LeaseLife.begun(0.0, ttl_s, renewable=renewable, can_login=can_login)


def test_from_two_thirds_of_its_life_on_a_token_is_renewed() -> None:
    assert [life().step(now) for now in (0.0, 599.0, 600.0, 899.0, 900.0)] == ["use", "use", "renew", "renew", "login"]


def test_a_renewal_begins_its_life_anew() -> None:
    lent = life()
    lent.renewed(600.0, 900.0, renewable=True)
    assert (lent.step(1199.0), lent.step(1200.0), lent.ends) == ("use", "renew", 1500.0)


def test_a_renewal_that_gives_less_than_half_ends_in_a_login() -> None:
    lent = life()
    lent.renewed(600.0, 449.0, renewable=True)
    assert lent.step(600.0 + 449.0 * 0.7) == "login"
    lent.renewed(600.0, 451.0, renewable=True)
    assert lent.step(600.0 + 451.0 * 0.7) == "renew"


def test_what_cannot_be_renewed_is_replaced_while_it_works() -> None:
    assert life(renewable=False).step(601.0) == "login"


@pytest.mark.parametrize("renewable", [True, False])
def test_what_was_given_is_used_to_its_end(renewable: bool) -> None:
    lent = life(renewable=renewable, can_login=False)
    assert lent.step(601.0) == ("renew" if renewable else "use")
    assert lent.step(901.0) == "use"
    lent.renewed(601.0, 10.0, renewable=renewable)
    assert lent.step(609.0) == ("renew" if renewable else "use"), "there is no other to be had"


def test_a_token_without_an_end_is_only_used() -> None:
    assert (life(0.0).step(1e9), life(0.0).ends) == ("use", None)


def test_a_failed_renewal_is_tried_again_after_a_while() -> None:
    lent = life()
    lent.failed(600.0)
    assert (lent.step(600.0 + AGAIN_S - 0.1), lent.step(600.0 + AGAIN_S)) == ("use", "renew")
    lent.failed(899.0)
    assert lent.step(900.0) == "login", "what is over is not used because of a pause"


@given(st.floats(1.0, 1e6), st.floats(0.0, 2e6), st.booleans(), st.booleans())
def test_whoever_can_log_in_never_uses_what_is_over(ttl: float, now: float, renewable: bool, can_login: bool) -> None:
    step = life(ttl, renewable=renewable, can_login=can_login).step(now)
    if can_login and now >= ttl:
        assert step == "login"
    if step == "login":
        assert can_login
