"""Cuts the time of a run into equal parts, and sums up what fell into each. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Self

from tidegate.report.numerals import step_s

PARTS_MAX = 60
"""So many parts a chart has at most: more are too narrow to be seen."""


@dataclass(frozen=True, slots=True)
class Course:
    """`parts` parts of `width_s` seconds, from 0 on. What falls outside counts for the part that is nearest."""

    width_s: float
    parts: int

    @classmethod
    def of(cls, seconds: float, parts_max: int = PARTS_MAX) -> Self:
        """Parts of a usual length that cover so many seconds."""
        seconds = max(seconds, 0.01)
        width_s = step_s(seconds, parts_max)
        return cls(width_s, max(1, ceil(seconds / width_s - 1e-9)))

    @property
    def span_s(self) -> float:
        """The whole length."""
        return self.width_s * self.parts

    def sorted(self, points: Iterable[tuple[float, float]]) -> list[list[float]]:
        """The values of points (time, value), by the part that their times fall into."""
        boxes: list[list[float]] = [[] for _ in range(self.parts)]
        for at_s, value in points:
            boxes[min(max(int(at_s / self.width_s), 0), self.parts - 1)].append(value)
        return boxes

    def counts(self, times_s: Iterable[float]) -> list[float]:
        """The number of moments in each part."""
        return [float(len(box)) for box in self.sorted((at_s, 0.0) for at_s in times_s)]

    def sums(self, times_s: Iterable[float]) -> list[float]:
        """The number of moments until the end of each part."""
        total, sums = 0.0, []
        for count in self.counts(times_s):
            total += count
            sums.append(total)
        return sums

    def highest(self, points: Iterable[tuple[float, float]]) -> list[float | None]:
        """The highest value of each part; None where there is none."""
        return [max(box, default=None) for box in self.sorted(points)]

    def carried(self, points: Iterable[tuple[float, float]]) -> list[float | None]:
        """The highest value of each part, and, where nobody looked, that of the part before; None before the first."""
        last: float | None = None
        values = []
        for value in self.highest(points):
            last = value if value is not None else last
            values.append(last)
        return values

    def percentiles(self, points: Iterable[tuple[float, float]], share: float) -> list[float | None]:
        """The value below which this share of each part's values lie, nearest rank; None where there are none."""
        return [percentile(box, share) if box else None for box in self.sorted(points)]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that is not below `share` of them (nearest rank); 0 of nothing."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)] if values else 0.0
