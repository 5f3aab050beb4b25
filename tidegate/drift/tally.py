"""How often each of a few categories came, before and lately, and how surprising the difference is.

Counts are of answers: a category counts once for an answer, however often it stands in it, because what stands in one
answer belongs together. Lately is a window of one, four or eight blocks; all before it is its past. The surprise is
half of the likelihood-ratio statistic of two binomials (Wilks 1938): for answers in any order, a difference of s or
more comes by chance with a probability of about e⁻ˢ (Chernoff's bound). At 20 that is 2·10⁻⁹, so a thousand fields,
looked at in every block, stay quiet.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import log

BLOCK = 25
"""Answers in a block."""
WINDOWS = (1, 4, 8)
"""Blocks that are looked at together: what changes at once is seen soon, what comes now and then is seen at all."""
BLOCKS_MAX = max(WINDOWS)
CATEGORIES_MAX = 32
"""With more categories it is open: anything may come, and nothing is a surprise."""
PAST_MIN = 200
"""Answers before a window; with fewer nothing is said."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One category, before and in a window: its shares, and the surprise."""

    category: str
    before: float
    lately: float
    surprise: float
    new: bool
    """It never came before."""


@dataclass(slots=True)
class CategoryCount:
    """One category: how often before the blocks, in each of them, and in the one that is not full; and where last."""

    past: int = 0
    last: int = -1
    now: int = 0
    blocks: bytearray = field(default_factory=bytearray)
    """A count a block fits into a byte: a block has few answers."""


@dataclass(slots=True)
class Tally:
    """The counts of one aspect of one field. `turns` is how many blocks are told apart."""

    seen: dict[str, CategoryCount] = field(default_factory=dict)
    turns: int = 0
    open: bool = False

    def mark(self, category: str, answer: int) -> None:
        """Count a category, once for each answer."""
        count = self.seen.get(category)
        if count is None:
            if self.open:
                return
            if len(self.seen) >= CATEGORIES_MAX:
                self.give_up()
                return
            count = self.seen[category] = CategoryCount(blocks=bytearray(self.turns))
        if count.last != answer:
            count.last = answer
            count.now += 1

    def give_up(self) -> None:
        """Keep nothing more: there are too many categories."""
        self.open, self.seen = True, {}

    def turn(self, turns: int) -> None:
        """A block is full, after `turns` others: those of before it began were empty."""
        missing = min(turns, BLOCKS_MAX) - self.turns
        for count in self.seen.values():
            if missing > 0:
                count.blocks[:0] = bytes(missing)
            count.blocks.append(min(count.now, 255))
            count.now = 0
            if len(count.blocks) > BLOCKS_MAX:
                count.past += count.blocks.pop(0)
        self.turns = min(max(turns, self.turns) + 1, BLOCKS_MAX)

    def forget(self) -> None:
        """The last block is all that is known from now on: what came with it is no news any more."""
        self.seen = {
            category: CategoryCount(0, count.last, 0, count.blocks[-1:])
            for category, count in self.seen.items()
            if count.blocks and count.blocks[-1]
        }
        self.turns = min(self.turns, 1)

    def shifts(self, past_answers: int) -> Iterator[Shift]:
        """Each category that came in a window, or before it, by each window. `past_answers` are those before blocks."""
        for size in WINDOWS:
            if size > self.turns:
                return
            older = self.turns - size
            before_n, lately_n = past_answers + older * BLOCK, size * BLOCK
            if before_n < PAST_MIN:
                return
            for category, count in self.seen.items():
                before, lately = count.past + sum(count.blocks[:older]), sum(count.blocks[older:])
                yield Shift(category, before / before_n, lately / lately_n,
                            surprise(before, before_n, lately, lately_n), new=before == 0)  # fmt: skip

    def categories(self) -> dict[str, int]:
        """The counts of all time, the block that is not full left out."""
        return {category: count.past + sum(count.blocks) for category, count in self.seen.items()}


def surprise(before: int, before_n: int, lately: int, lately_n: int) -> float:
    """Minus the natural logarithm, about, of the probability that shares differ so by chance."""
    share = (before + lately) / (before_n + lately_n)
    return _divergence(before, before_n, share) + _divergence(lately, lately_n, share)


def _divergence(count: int, of: int, share: float) -> float:
    """`of` times the relative entropy of count/of against a share, both as binomials."""
    if share in {0.0, 1.0}:
        return 0.0
    result = 0.0
    if count:
        result += count * log(count / of / share)
    if count < of:
        result += (of - count) * log((of - count) / of / (1 - share))
    return max(result, 0.0)
