"""The judge of a pool finds who was turned away, and a key that is asked again and again, and leaves the rest alone."""

from dataclasses import replace
from typing import Any

import pytest

from tests.chaos.judge.good_run import GOOD, asked, entry, intent, pooled
from tidegate.chaos.judge.credentials.pool_promises import TRIALS_MAX, knocking, turned_away
from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.judge.tap import Tap
from tidegate.chaos.timeline.surroundings import SurroundingEvents


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


LATE = [(39.5, "order-39/1"), (39.8, "order-39/1")]
WAITED = [(tag, at, at + 0.05) for at, tag in LATE]


@pytest.mark.parametrize(
    ("tap", "story", "bound"),
    [
        ({"waits": WAITED, "contentions": [(39.6, "order-39/1")]}, "payment", True),
        ({"waits": WAITED, "failures": [(39.6, "order-39/1")]}, "payment", True),
        ({"waits": WAITED[1:]}, "payment", True),
        ({"waits": WAITED}, "payment", False),
        ({"waits": WAITED, "contentions": [(39.6, "order-38/1")]}, "payment", False),
        ({"waits": WAITED, "contentions": [(39.6, "order-39/1")], "senders": ["0001", "0002"]}, "payment", False),
        ({"waits": WAITED, "contentions": [(39.6, "order-39/1")]}, "read", False),
        ({"waits": WAITED, "contentions": [(39.6, "order-39/1")]}, "member", False),
    ],
)
def test_what_may_have_been_done_under_the_refused_one_cannot_go_under_another(
    tap: dict[str, Any], story: str, bound: bool
) -> None:
    told = asked(39, status=502, problem="credential-rejected", intent=intent(39, story), ended_s=39.9)
    seen = Tap(**{"sends": LATE, "senders": ["0001", "0001"], **tap})
    assert list(turned_away(pooled(replace(GOOD, calls=[told], tap=seen)))) == (
        [] if bound else ["call order-39/1 was told credential-rejected at 39.9 s, and a member was good"]
    )


def test_trials_further_and_further_apart_are_no_knocking() -> None:
    assert list(knocking(pooled(refused_at(20.0, 20.1, 20.2, 21.2, 23.3, 27.5, 36.0, 52.0)))) == []


def test_a_key_that_is_refused_second_after_second_is_knocking() -> None:
    often = [20.0, *(30.0 + n for n in range(TRIALS_MAX + 1))]
    assert list(knocking(pooled(refused_at(*often)))) == [
        f"***0002 was asked {TRIALS_MAX + 1} times within 30 s at 35.0 s, and was refused"
    ]
    assert list(knocking(refused_at(*often))) == []


def test_an_answer_of_another_kind_makes_the_key_good_again() -> None:
    often = refused_at(20.0, *(30.0 + n for n in range(TRIALS_MAX + 1)))
    other = {**entry(99, at=33.5, effects=[]), "status": 429, "app": "***0002"}
    assert list(knocking(pooled(replace(often, entries=[*often.entries, other])))) == []


def test_a_proxy_that_starts_anew_finds_out_anew_though_it_be_long_until_the_vendor_says_so() -> None:
    """The vendor was away when it started: the first refusal comes ten seconds later, and there are several at once."""
    crashed = SurroundingEvents(crashes=[(20.5, 21.0)])
    anew = refused_at(20.0, 31.0, 31.1, 31.2, 32.3, 34.4, 38.5, 46.6)
    assert list(knocking(pooled(replace(anew, happened=crashed)))) == []
    often = refused_at(1.0, *(31.0 + n for n in range(9 + TRIALS_MAX)))
    assert list(knocking(pooled(replace(often, happened=crashed)))) == [], "eight seconds may be under way"
    often = refused_at(1.0, *(31.0 + n for n in range(10 + TRIALS_MAX)))
    assert len(list(knocking(pooled(replace(often, happened=crashed))))) == 1
