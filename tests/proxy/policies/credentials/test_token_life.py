"""A token is used while it is good and never after; a refresh takes each step once, and gives up in time."""

import random

from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.policies.credentials.token_answer import NoGrant
from tidegate.proxy.policies.credentials.token_life import (
    ADOPT,
    COOL_DOWN_MAX_S,
    COOL_DOWN_S,
    FLIGHT_S,
    MARGIN_MIN_S,
    REJECTIONS_EVERY_S,
    Adopt,
    Ask,
    RefreshSteps,
    TokenLife,
    times_of,
)

LIVES = st.floats(0.001, 10**7)
SEEDS = st.integers(0, 2**32)
GONE = NoGrant("invalid-grant", "invalid_grant")
LATER = NoGrant("transient", "status 503")
REFUSED = NoGrant("client-refused", "invalid_client")


@given(st.floats(0, 1e6), LIVES, SEEDS)
def test_a_token_is_refreshed_before_it_ends_and_not_sent_when_it_does(began: float, life_s: float, seed: int) -> None:
    times = times_of(began, life_s, random.Random(seed))
    assert began <= times.refresh_at <= times.expires_at <= began + life_s
    assert began + life_s - times.expires_at <= FLIGHT_S + 1e-6


@given(st.floats(600, 10**7), SEEDS)
def test_the_margin_is_a_tenth_of_the_life_or_a_minute_and_at_most_a_tenth_more(life_s: float, seed: int) -> None:
    margin_s = life_s - times_of(0.0, life_s, random.Random(seed)).refresh_at
    wanted_s = max(0.1 * life_s, MARGIN_MIN_S)
    assert wanted_s - 1e-3 <= margin_s <= 1.1 * wanted_s + 1e-3


@given(LIVES, SEEDS)
def test_a_short_token_is_not_refreshed_before_half_of_it_is_over(life_s: float, seed: int) -> None:
    assert times_of(0.0, life_s, random.Random(seed)).refresh_at >= 0.45 * life_s - 1e-9


@given(LIVES, SEEDS, st.lists(st.floats(0, 2), max_size=20))
def test_a_token_stands_fresh_then_due_then_expired(life_s: float, seed: int, steps: list[float]) -> None:
    life = TokenLife(random.Random(seed))
    assert life.standing(0.0) == "none"
    times = times_of(0.0, life_s, random.Random(seed))
    life.granted(1, times)
    order = ["fresh", "due", "expired"]
    seen = [order.index(life.standing(share * life_s)) for share in sorted(steps)]
    assert seen == sorted(seen)
    assert life.standing(times.expires_at) == "expired"


def test_a_token_that_was_asked_for_before_a_401_may_be_refused_at_once_and_the_next_one_not() -> None:
    life = TokenLife(random.Random(1))
    life.granted(1, times_of(0.0, 3600.0, random.Random(1)))
    assert life.rejected(1, 10.0)
    life.granted(2, times_of(9.0, 3600.0, random.Random(1)), asked=9.0)
    assert life.rejected(2, 11.0), "it was revoked with the first"
    life.granted(3, times_of(11.5, 3600.0, random.Random(1)), asked=11.5)
    assert not life.rejected(3, 12.0)


def test_a_401_ends_a_version_once_and_those_that_follow_too_soon_end_none() -> None:
    life = TokenLife(random.Random(1))
    life.granted(1, times_of(0.0, 3600.0, random.Random(1)))
    assert not life.rejected(0, 1.0), "an older one"
    assert life.rejected(1, 1.0)
    assert not life.rejected(1, 1.0), "once"
    assert life.standing(1.0) == "expired"
    life.granted(2, times_of(1.0, 3600.0, random.Random(1)))
    assert not life.rejected(2, 2.0)
    assert life.standing(2.0) == "fresh"
    assert life.rejected(2, 1.0 + REJECTIONS_EVERY_S)


def test_after_refusals_the_pause_doubles_up_to_its_cap_and_a_token_ends_it() -> None:
    life, pauses = TokenLife(random.Random(1)), []
    for _ in range(10):
        life.failed(REFUSED, 0.0)
        pauses.append(life.wait_s(0.0))
    assert pauses[:4] == [COOL_DOWN_S, 2 * COOL_DOWN_S, 4 * COOL_DOWN_S, 8 * COOL_DOWN_S]
    assert pauses[-1] == COOL_DOWN_MAX_S
    assert life.reauthorize is True
    life.granted(1, times_of(0.0, 3600.0, random.Random(1)))
    assert (life.reauthorize, life.wait_s(0.0)) == (False, 0.0)


@given(SEEDS, st.integers(1, 200), st.floats(0, 1e9))
def test_after_a_failure_that_may_heal_the_pause_is_short_and_at_least_what_the_vendor_asks(
    seed: int, failures: int, asked_s: float
) -> None:
    life = TokenLife(random.Random(seed))
    for _ in range(failures):
        life.failed(NoGrant("transient", "x", asked_s), 0.0)
    assert min(asked_s, 300.0) <= life.wait_s(0.0) <= max(330.0, 30.0)
    assert not life.reauthorize


def test_a_failure_leaves_the_token_in_force() -> None:
    life = TokenLife(random.Random(1))
    life.granted(1, times_of(0.0, 3600.0, random.Random(1)))
    life.failed(REFUSED, 3500.0)
    assert life.standing(3500.0) == "due"


def test_a_siblings_token_is_adopted_before_the_vendor_is_asked() -> None:
    steps = RefreshSteps(1, random.Random(1))
    assert isinstance(steps.first(2, usable=True), Adopt)
    assert steps.first(2, usable=False) == Ask()
    assert steps.first(1, usable=True) == Ask()


def test_an_invalid_grant_is_read_again_asked_once_more_then_with_the_token_before_then_given_up() -> None:
    steps = RefreshSteps(1, random.Random(1))
    second = steps.after(GONE, 1, usable=True, previous_allowed=True)
    assert isinstance(second, Ask)
    assert 1.0 <= second.after_s <= 2.0
    assert steps.after(GONE, 1, usable=True, previous_allowed=True) == Ask(previous=True)
    assert steps.after(GONE, 1, usable=True, previous_allowed=True) == GONE


def test_outside_the_grace_the_token_before_is_never_tried() -> None:
    steps = RefreshSteps(1, random.Random(1))
    steps.after(GONE, 1, usable=True, previous_allowed=False)
    assert steps.after(GONE, 1, usable=True, previous_allowed=False) == GONE


def test_an_invalid_grant_that_a_sibling_caused_adopts_what_it_got() -> None:
    steps = RefreshSteps(1, random.Random(1))
    assert steps.after(GONE, 2, usable=True, previous_allowed=True) is ADOPT


def test_other_failures_end_the_refresh() -> None:
    for failure in (LATER, REFUSED):
        assert RefreshSteps(1, random.Random(1)).after(failure, 1, usable=True, previous_allowed=True) == failure


@given(SEEDS, st.lists(st.tuples(st.sampled_from([GONE, LATER, REFUSED]), st.booleans(), st.booleans()), min_size=4))
def test_a_refresh_asks_at_most_three_times(seed: int, answers: list[tuple[NoGrant, bool, bool]]) -> None:
    steps = RefreshSteps(1, random.Random(seed))
    step, asked = steps.first(0, usable=False), 0
    for answer, usable, allowed in answers:
        if not isinstance(step, Ask):
            break
        asked += 1
        step = steps.after(answer, 1, usable=usable, previous_allowed=allowed)
    assert asked <= 3
    assert not isinstance(step, Ask)
