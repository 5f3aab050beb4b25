"""The magnitude of a field's numbers, before and lately: a shift by a hundred, sixty or a thousand is another unit.

Numbers of a vendor are spread over decades and drift by themselves, so their values are not compared but the quartiles
of their logarithms: all three must have moved by about the same, and by more than chance moves them.
"""

from array import array
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import log10, sqrt

from tidegate.drift.tally import BLOCK, BLOCKS_MAX, PAST_MIN

STEPS = 8
"""Bins of a histogram in a decade."""
DECADES_MAX = 18
SHIFT_MIN = 1.7
"""Decades; seconds to minutes are 1.78."""
APART_MAX = 0.6
"""Decades by which the quartiles may have moved less or more than the median."""
CHANCE = 6.0
"""Standard errors of the median."""
DISTINCT_MIN = 8
"""Different numbers in a window; with fewer one object that is asked after again would be a change."""
NUMBERS_MIN = 20
"""Numbers in a window."""

Histogram = dict[int, int]


@dataclass(slots=True)
class Magnitude:
    """The histogram of all time, and the bins of the last blocks."""

    past: Histogram = field(default_factory=dict)
    blocks: deque["tuple[array[int], int]"] = field(default_factory=deque)
    """The bins of a block's numbers, and how many of the numbers were different."""
    block: "array[int]" = field(default_factory=lambda: array("h"))
    distinct: set[float] = field(default_factory=set)

    def mark(self, number: float) -> None:
        """Count a number. Zero has no magnitude."""
        if number == 0.0:
            return
        self.block.append(round(max(min(log10(abs(number)), DECADES_MAX), -DECADES_MAX) * STEPS))
        if len(self.distinct) < DISTINCT_MIN * 4:
            self.distinct.add(number)

    def turn(self) -> None:
        """A block is full."""
        self.blocks.append((self.block, len(self.distinct)))
        self.block, self.distinct = array("h"), set()
        if len(self.blocks) > BLOCKS_MAX:
            _add(self.past, self.blocks.popleft()[0])

    def forget(self) -> None:
        """The last block is all that is known."""
        self.past = {}
        self.blocks = deque([self.blocks[-1]] if self.blocks else [])

    def shift(self) -> float | None:
        """Decades by which the numbers have moved for certain; None where they have not."""
        for size in (1, 4):
            if size >= len(self.blocks):
                return None
            distinct = sum(number for _, number in [*self.blocks][-size:])
            if distinct < DISTINCT_MIN * size:
                continue
            before, lately = dict(self.past), Histogram()
            for at, (block, _) in enumerate(self.blocks):
                _add(before if at < len(self.blocks) - size else lately, block)
            moved = _moved(before, lately)
            if moved is not None:
                return moved
        return None


def _add(to: Histogram, bins: Iterable[int]) -> None:
    for bin_ in bins:
        to[bin_] = to.get(bin_, 0) + 1


def _moved(before: Histogram, lately: Histogram) -> float | None:
    before_n, lately_n = sum(before.values()), sum(lately.values())
    if before_n < PAST_MIN - BLOCK or lately_n < NUMBERS_MIN:
        return None
    old, new = _quartiles(before, before_n), _quartiles(lately, lately_n)
    shift = new[1] - old[1]
    apart = max(abs(new[0] - old[0] - shift), abs(new[2] - old[2] - shift))
    spread = max(old[2] - old[0], new[2] - new[0]) / 1.35
    chance = 1.25 * spread / sqrt(lately_n)
    return shift if abs(shift) >= max(SHIFT_MIN, CHANCE * chance) and apart <= APART_MAX + 3 * chance else None


def _quartiles(histogram: Histogram, total: int) -> tuple[float, float, float]:
    marks, seen = [0.25 * total, 0.5 * total, 0.75 * total], 0
    found: list[float] = []
    for bin_ in sorted(histogram):
        seen += histogram[bin_]
        while len(found) < 3 and seen >= marks[len(found)]:
            found.append(bin_ / STEPS)
    return found[0], found[1], found[2]
