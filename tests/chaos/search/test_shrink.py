"""Shrinking keeps what it takes and nothing else, and never returns what it has not seen fail."""

import pytest

from tidegate.chaos.play.trial_verdict import TrialVerdict
from tidegate.chaos.search.shrink import promises, shrunk
from tidegate.chaos.timeline.draw import DrawnScenario, draw

DRAWN = draw(5, 10)


@pytest.mark.parametrize("needed", [(3,), (0, 9), (1, 4, len(DRAWN.pieces) - 1)])
def test_only_the_pieces_that_it_takes_are_kept(needed: tuple[int, ...]) -> None:
    plays = 0

    def judge(drawn: DrawnScenario) -> TrialVerdict:
        nonlocal plays
        plays += 1
        bad = all(DRAWN.pieces[place] in drawn.pieces for place in needed)
        return TrialVerdict(5, ("lost: something",) if bad else (), 0.0, 0, 0)

    assert shrunk(DRAWN, "lost", judge) == needed
    assert plays < 120


def test_another_promise_that_breaks_on_the_way_is_not_taken_for_the_same() -> None:
    def judge(drawn: DrawnScenario) -> TrialVerdict:
        bad = "lost: x" if DRAWN.pieces[2] in drawn.pieces else "late: y"
        return TrialVerdict(5, (bad,), 0.0, 0, 0)

    assert shrunk(DRAWN, "lost", judge) == (2,)


def test_promises_are_named_by_their_first_word() -> None:
    assert promises(TrialVerdict(1, ("late: a", "late: b", "over quota: c"), 0.0, 0, 0)) == {"late", "over quota"}
