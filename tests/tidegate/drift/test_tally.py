"""Counts, and how surprising they are."""

from math import comb, exp

import pytest

from tidegate.drift.tally import BLOCK, BLOCKS_MAX, CATEGORIES_MAX, PAST_MIN, Tally, surprise


@pytest.mark.parametrize(("n", "w", "k"), [(300, 25, 10), (300, 100, 15), (1_000, 200, 12), (5_000, 25, 5)])
def test_a_surprise_is_about_the_chance_that_all_of_a_category_come_last(n: int, w: int, k: int) -> None:
    """For answers in any order: all k among the last w of n + w."""
    chance = comb(w, k) / comb(n + w, k)
    assert exp(-surprise(0, n, k, w)) == pytest.approx(chance, rel=0.25)
    assert surprise(0, n, k, w) > 10


def test_equal_shares_are_no_surprise() -> None:
    assert surprise(100, 1_000, 10, 100) == pytest.approx(0)
    assert surprise(0, 1_000, 0, 100) == 0
    assert surprise(1_000, 1_000, 100, 100) == 0


def filled(tally: Tally, category: str, blocks: int, first: int = 0) -> None:
    for block in range(blocks):
        for at in range(BLOCK):
            tally.mark(category, first + block * BLOCK + at)
        tally.turn(tally.turns)


def test_what_is_older_than_the_blocks_is_summed_up() -> None:
    tally = Tally()
    filled(tally, "a", BLOCKS_MAX + 3)
    assert tally.seen["a"].past == 3 * BLOCK
    assert tally.categories() == {"a": (BLOCKS_MAX + 3) * BLOCK}


def test_a_category_counts_once_for_an_answer() -> None:
    tally = Tally()
    for _ in range(5):
        tally.mark("a", 1)
    assert tally.seen["a"].now == 1


def test_windows_wait_for_a_past() -> None:
    tally = Tally()
    filled(tally, "a", 4)
    assert [*tally.shifts(0)] == []
    (shift, *_) = tally.shifts(PAST_MIN)
    assert (shift.lately, shift.new) == (1.0, False)


def test_with_too_many_categories_it_is_open() -> None:
    tally = Tally()
    for at in range(CATEGORIES_MAX + 1):
        tally.mark(str(at), at)
    tally.turn(0)
    assert tally.open
    assert [*tally.shifts(10_000)] == []
    assert tally.categories() == {}


def test_what_is_forgotten_is_no_news_when_it_stays() -> None:
    tally = Tally()
    filled(tally, "a", 4)
    filled(tally, "b", 1, first=1_000)
    tally.forget()
    assert tally.categories() == {"b": BLOCK}


def test_one_that_began_later_had_empty_blocks_before() -> None:
    tally = Tally()
    tally.mark("a", 100)
    tally.turn(4)
    assert tally.turns == 5
    assert [*tally.seen["a"].blocks] == [0, 0, 0, 0, 1]
