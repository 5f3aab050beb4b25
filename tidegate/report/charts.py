"""The charts of a report as data: what is drawn, and the same in words and as a table.

A chart says nothing by colour alone: each has a sentence, a legend and a table beside it. How it is drawn is
drawing.py's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tidegate.report.numerals import duration, shown

Tone = Literal["good", "wait", "bad", "first", "second", "third", "quiet"]
"""Good, to be waited for, bad; the first, second and third of things compared; what is only told for the record."""

LANES_MAX = 30
"""So many lanes or rows are drawn; the table has more of them."""
SPANS_MAX = 300
"""So many stretches of a lane are drawn."""


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """One line, or one layer of bars. A point that is None is not drawn."""

    name: str
    points: Sequence[float | None]
    tone: Tone


@dataclass(frozen=True, slots=True)
class ChartSpan:
    """A stretch of the horizontal axis. `says` names it."""

    begin: float
    end: float
    says: str = ""
    tone: Tone = "quiet"


@dataclass(frozen=True, slots=True)
class ChartCeiling:
    """A line that values should stay below."""

    value: float
    says: str


@dataclass(frozen=True, slots=True)
class CourseChart:
    """The course of something: each series has a point for each of as many equal parts of the axis, which begins at 0.

    `stacked` draws bars one upon the other, else lines. `top` is the highest value of the vertical axis, so that two
    charts beside each other have the same one. `across` is what the axis counts: seconds where it is empty.
    """

    title: str
    says: str
    span: float
    unit: str
    series: Sequence[ChartSeries]
    stacked: bool = False
    bands: Sequence[ChartSpan] = ()
    ceiling: ChartCeiling | None = None
    top: float | None = None
    across: str = ""
    powers: bool = False
    """The vertical axis counts in powers of ten, where the values differ by so much."""
    first: float = 0.0
    """The number of the axis' beginning."""

    @property
    def heads(self) -> tuple[str, ...]:
        """The heads of its table."""
        return (self.across or "from", *(f"{one.name} ({self.unit})" if self.unit else one.name for one in self.series))

    @property
    def rows(self) -> Iterator[tuple[str, ...]]:
        """Its table, a row a part of the axis; what is not known is empty."""
        parts = max((len(one.points) for one in self.series), default=0)
        for place in range(parts):
            begin = self.first + place * self.span / parts
            values = (one.points[place] if place < len(one.points) else None for one in self.series)
            yield (
                shown(begin) if self.across else duration(begin),
                *("" if value is None else shown(value) for value in values),
            )


@dataclass(frozen=True, slots=True)
class ChartLane:
    """One line of a chart of lanes: a name, and the stretches in which it was so."""

    name: str
    spans: Sequence[ChartSpan]


@dataclass(frozen=True, slots=True)
class LaneChart:
    """Stretches of time under each other, on the same axis of `span` seconds."""

    title: str
    says: str
    span: float
    lanes: Sequence[ChartLane]

    @property
    def heads(self) -> tuple[str, ...]:
        """The heads of its table."""
        return ("what", "from", "until", "how")

    @property
    def rows(self) -> Iterator[tuple[str, ...]]:
        """Its table, a row a stretch."""
        for lane in self.lanes:
            for span in lane.spans:
                yield lane.name, duration(span.begin), duration(span.end), span.says


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One value of a comparison."""

    name: str
    value: float
    tone: Tone = "first"
    says: str = ""


@dataclass(frozen=True, slots=True)
class RowChart:
    """Values beside each other, as bars from 0."""

    title: str
    says: str
    unit: str
    bars: Sequence[ChartRow]

    @property
    def heads(self) -> tuple[str, ...]:
        """The heads of its table."""
        return "what", self.unit or "count", "with it"

    @property
    def rows(self) -> Iterator[tuple[str, ...]]:
        """Its table, a row a bar."""
        yield from ((row.name, shown(row.value), row.says) for row in self.bars)


Chart: TypeAlias = CourseChart | LaneChart | RowChart
