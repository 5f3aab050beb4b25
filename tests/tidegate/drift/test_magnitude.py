"""Magnitudes."""

from random import Random

import pytest

from tidegate.drift.magnitude import Magnitude
from tidegate.drift.tally import BLOCK


def shifts(*numbers: float) -> list[float]:
    magnitude, found = Magnitude(), []
    for at, number in enumerate(numbers, 1):
        magnitude.mark(number)
        if at % BLOCK == 0:
            magnitude.turn()
            shift = magnitude.shift()
            found += [shift] if shift is not None else []
    return found


@pytest.mark.parametrize(
    ("factor", "spread"), [(100, 0.1), (100, 0.8), (1_000, 0.8), (0.01, 0.8), (1e6, 0.8), (60, 0.1)]
)
def test_another_unit_is_seen_in_the_next_block(factor: float, spread: float) -> None:
    rng = Random(3)
    before = [10 ** rng.gauss(3, spread) for _ in range(1_000)]
    found = shifts(*before, *[number * factor for number in before[:BLOCK]])
    assert len(found) == 1


@pytest.mark.parametrize("spread", [0.0, 0.5, 2.0])
def test_numbers_that_are_spread_wide_or_grow_are_not(spread: float) -> None:
    rng = Random(4)
    assert shifts(*(10 ** rng.gauss(3, spread) for _ in range(5_000))) == []
    assert shifts(*(float(number) for number in range(1, 5_000))) == []


def test_one_number_that_stays_says_nothing_when_it_changes_once() -> None:
    """A balance that is asked for again and again, until it is paid in."""
    assert shifts(*[500.0] * 1_000, *[50_000.0] * 1_000) == []


def test_zero_has_no_magnitude() -> None:
    assert shifts(*[0.0] * 500, *[1.0] * 500) == []
