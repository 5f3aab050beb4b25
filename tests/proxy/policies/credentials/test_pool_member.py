"""A credential that is set aside comes back by one trial, and what is said too late counts for nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.policies.credentials.pool_member import (
    COOL_DOWN_FIRST_S,
    COOL_DOWN_MAX_S,
    EXHAUSTED_S,
    TRIAL_MAX_S,
    PoolMember,
)


def test_one_that_is_rejected_is_set_aside_for_a_while() -> None:
    member = PoolMember("a")
    assert member.rejected(10.0, 0)
    assert member.standing == "rejected"
    assert member.wait_s(10.0) == COOL_DOWN_FIRST_S
    assert not member.needs_trial(10.5)
    assert member.needs_trial(10.0 + COOL_DOWN_FIRST_S)


def test_one_call_tries_it_and_the_others_wait_for_its_word() -> None:
    member = PoolMember("a")
    member.rejected(10.0, 0)
    trial = member.worn(20.0)
    assert trial == 1
    assert member.wait_s(20.0) == TRIAL_MAX_S
    assert member.answered(trial)
    assert (member.standing, member.wait_s(20.0), member.cool_down_s) == ("in force", 0.0, COOL_DOWN_FIRST_S)


def test_who_has_not_left_when_it_is_set_aside_stays() -> None:
    member = PoolMember("a")
    assert member.may_leave(0)
    member.rejected(10.0, 0)
    assert not member.may_leave(0)
    trial = member.worn(20.0)
    assert (member.may_leave(trial), member.may_leave(0)) == (True, False)


def test_each_trial_that_fails_doubles_the_wait_up_to_a_bound() -> None:
    member, now, waits = PoolMember("a"), 0.0, list[float]()
    member.rejected(now, 0)
    for _ in range(12):
        waits.append(member.wait_s(now))
        now = member.until
        assert member.rejected(now, 0, member.worn(now))
    assert waits[:4] == [1.0, 2.0, 4.0, 8.0]
    assert waits[-1] == COOL_DOWN_MAX_S


def test_a_crowd_of_refusals_counts_as_one() -> None:
    member = PoolMember("a")
    assert [member.rejected(10.0 + n / 100, 0) for n in range(5)] == [True, False, False, False, False]
    assert member.until == 10.0 + COOL_DOWN_FIRST_S


def test_a_refusal_of_an_earlier_value_says_nothing_of_the_new_one() -> None:
    member = PoolMember("a")
    member.rejected(10.0, 0)
    assert member.renewed(1)
    assert not member.rejected(10.1, 0)
    assert member.standing == "in force"


def test_an_answer_to_a_call_that_left_before_brings_nothing_back() -> None:
    member = PoolMember("a")
    member.rejected(10.0, 0)
    assert not member.answered(0)
    trial = member.worn(20.0)
    assert not member.answered(0)
    assert not member.rejected(20.1, 0, trial=0), "a late word about an earlier call must not end the trial"
    assert member.answered(trial)


def test_one_that_is_exhausted_waits_for_its_reset() -> None:
    member = PoolMember("a")
    assert member.exhausted(10.0, 0, reset_s=3600.0)
    assert (member.standing, member.wait_s(10.0)) == ("exhausted", 3600.0)


def test_and_for_a_minute_where_the_vendor_does_not_say_when_that_is() -> None:
    member = PoolMember("a")
    member.exhausted(10.0, 0)
    assert member.wait_s(10.0) == EXHAUSTED_S


def test_a_trial_without_a_word_lets_another_begin() -> None:
    member = PoolMember("a")
    member.rejected(10.0, 0)
    trial = member.worn(20.0)
    member.given_up(21.0, trial)
    assert member.needs_trial(21.0)
    assert member.worn(21.0) == trial + 1
    member.given_up(22.0, trial)
    assert not member.needs_trial(22.0), "the earlier trial has no say any more"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["rejected", "exhausted", "worn", "answered", "given up", "renewed"]),
            st.floats(0.0, 400.0),
            st.integers(0, 2),
            st.integers(0, 3),
        ),
        max_size=40,
    )
)
def test_whatever_happens_one_trial_runs_at_a_time_and_every_wait_ends(
    steps: list[tuple[str, float, int, int]],
) -> None:
    member, now, on_trial_until = PoolMember("a"), 0.0, 0.0
    for what, after_s, version, trial in steps:
        now += after_s
        if what == "rejected":
            member.rejected(now, version, trial)
        elif what == "exhausted":
            member.exhausted(now, version, trial)
        elif what == "worn":
            if member.wait_s(now) == 0.0 and member.worn(now):
                assert now >= on_trial_until, "two calls tried it at once"
                on_trial_until = member.until
        elif what == "answered":
            member.answered(trial)
        elif what == "given up":
            member.given_up(now, trial)
        else:
            member.renewed(version)
        if member.standing != "on trial" or member.until <= now:
            on_trial_until = 0.0
        assert 0.0 <= member.wait_s(now) <= max(COOL_DOWN_MAX_S, TRIAL_MAX_S, EXHAUSTED_S)
        assert COOL_DOWN_FIRST_S <= member.cool_down_s <= COOL_DOWN_MAX_S
    assert member.wait_s(now + COOL_DOWN_MAX_S) == pytest.approx(0.0)


def test_a_rest_that_no_clock_can_measure_is_no_wait() -> None:
    member = PoolMember("a")
    member.rejected(10.0, 0)
    assert member.wait_s(10.0 + COOL_DOWN_FIRST_S - 1e-12) == 0.0
    assert member.needs_trial(10.0 + COOL_DOWN_FIRST_S - 1e-12)


def test_one_without_a_token_is_set_aside_until_there_is_one_or_one_may_be_asked_for() -> None:
    member = PoolMember("a")
    assert member.unavailable(10.0, 0, 0, 30.0)
    assert (member.standing, member.wait_s(10.0), member.without_token) == ("unavailable", 30.0, True)
    assert not member.unavailable(11.0, 0, 0, 30.0), "it is set aside already"
    trial = member.worn(40.0)
    assert member.without_token
    assert member.unavailable(41.0, 0, trial, 60.0)
    assert member.wait_s(41.0) == 60.0
    assert member.renewed(1)
    assert (member.standing, member.without_token) == ("in force", False)
