"""Shrinking keeps what it takes and nothing else, and never returns what it has not seen fail."""

import pytest

from tidegate.chaos.draw import Drawn, draw
from tidegate.chaos.shrink import promises, shrunk
from tidegate.chaos.trial import Verdict

DRAWN = draw(5, 10)


@pytest.mark.parametrize("needed", [(3,), (0, 9), (1, 4, len(DRAWN.pieces) - 1)])
def test_only_the_pieces_that_it_takes_are_kept(needed: tuple[int, ...]) -> None:
    plays = 0

    def judge(drawn: Drawn) -> Verdict:
        nonlocal plays
        plays += 1
        bad = all(DRAWN.pieces[place] in drawn.pieces for place in needed)
        return Verdict(5, ("lost: something",) if bad else (), 0.0, 0, 0)

    assert shrunk(DRAWN, "lost", judge) == needed
    assert plays < 120


def test_another_promise_that_breaks_on_the_way_is_not_taken_for_the_same() -> None:
    def judge(drawn: Drawn) -> Verdict:
        bad = "lost: x" if DRAWN.pieces[2] in drawn.pieces else "late: y"
        return Verdict(5, (bad,), 0.0, 0, 0)

    assert shrunk(DRAWN, "lost", judge) == (2,)


def test_promises_are_named_by_their_first_word() -> None:
    assert promises(Verdict(1, ("late: a", "late: b", "over quota: c"), 0.0, 0, 0)) == {"late", "over quota"}
