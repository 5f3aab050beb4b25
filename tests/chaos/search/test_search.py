"""The search plays every seed, tells of each, and hands back failures that are small and can be repeated."""

from dataclasses import replace
from unittest.mock import patch

import pytest

from tests.chaos.hunt import hunt
from tidegate.chaos.play.trial_verdict import TrialVerdict, judged
from tidegate.chaos.search import search as searching
from tidegate.chaos.search.search import Failure, SearchResult, replay, search

MINUTES = 1.0


def test_every_seed_is_played_and_told_of_in_order() -> None:
    told: list[tuple[int, int]] = []
    found = search(range(3, 7), MINUTES, lambda: 0.0, lambda count, verdict: told.append((count, verdict.seed)))
    assert told == [(1, 3), (2, 4), (3, 5), (4, 6)]
    described = found.described()
    assert (described["seeds"], described["violations"], described["worst"]) == (4, 0, [])
    assert described["virtual_hours"] > 4 * MINUTES / 60
    assert described["cpu_s"] > 0


def test_a_failure_says_how_it_is_repeated() -> None:
    failure = Failure(9, 10.0, ("lost: x",), (1, 4), ({"kind": "hang"},), small=True)
    assert failure.command == "tidegate chaos replay 9 --minutes 10 --keep 1,4"
    assert replace(failure, small=False).command == "tidegate chaos replay 9 --minutes 10"


def test_replay_plays_the_whole_seed_or_some_of_its_pieces() -> None:
    whole, verdict = replay(2, MINUTES, None)
    assert verdict == judged(whole)
    some, fewer = replay(2, MINUTES, [0])
    assert some.pieces == whole.pieces[:1]
    assert 0 < fewer.calls < verdict.calls


def test_the_worst_come_first_and_the_figures_add_up() -> None:
    verdicts = [TrialVerdict(1, (), 1800.0, 10, 12), TrialVerdict(2, ("late: a", "lost: b"), 1800.0, 20, 22)]
    found = SearchResult(verdicts, [], 2.0, 1.0)
    assert found.virtual_hours == 1.0
    assert found.described()["violations"] == 2
    assert found.described()["calls_min"] == 10


@pytest.mark.slow
def test_a_planted_bug_is_found_made_small_and_repeated() -> None:
    found = hunt("unknown_is_taken_for_not_applied", range(12, 20))
    assert found.seed is not None
    with patch.object(searching, "_whole"):
        from tests.chaos.hunt import named
        from tests.chaos.mutants import planted

        with planted(named("unknown_is_taken_for_not_applied")):
            small = searching._made_small(TrialVerdict(found.seed, (found.broken,), 0.0, 0, 0), 10.0)
            assert len(small.pieces) <= 5
            assert replay(found.seed, 10.0, small.places)[1].broken == small.broken
    assert replay(found.seed, 10.0, small.places)[1].broken == ()
