"""The judge of a pool finds who was turned away, and a key that is asked again and again, and leaves the rest alone."""

from dataclasses import replace

from tests.chaos.judge.good_run import GOOD, asked, entry, pooled
from tidegate.chaos.judge.credentials.pool_promises import TRIALS_MAX, knocking, turned_away
from tidegate.chaos.judge.evidence import Evidence


def refused_at(*moments: float) -> Evidence:
    late = [{**entry(90 + n, at=at, effects=[]), "status": 401, "app": "***0002"} for n, at in enumerate(moments)]
    return replace(GOOD, entries=[*GOOD.entries, *late])


def test_a_good_run_passes() -> None:
    assert [*turned_away(pooled(GOOD)), *knocking(pooled(GOOD))] == []


def test_a_call_that_is_told_that_the_credential_was_refused_is_turned_away() -> None:
    told = replace(GOOD, calls=[*GOOD.calls, asked(39, status=502, problem="credential-rejected")])
    (flaw,) = turned_away(pooled(told))
    assert flaw == "call order-39/1 was told credential-rejected at 39.1 s, and a member was good"
    assert list(turned_away(told)) == [], "there is no other to be worn"


def test_trials_further_and_further_apart_are_no_knocking() -> None:
    assert list(knocking(pooled(refused_at(20.0, 20.1, 20.2, 21.2, 23.3, 27.5, 36.0, 52.0)))) == []


def test_a_key_that_is_refused_second_after_second_is_knocking() -> None:
    often = [20.0, *(30.0 + n for n in range(TRIALS_MAX + 1))]
    assert list(knocking(pooled(refused_at(*often)))) == [
        f"***0002 was asked {TRIALS_MAX + 1} times within 30 s at 35.0 s, and was refused"
    ]
    assert list(knocking(refused_at(*often))) == []
