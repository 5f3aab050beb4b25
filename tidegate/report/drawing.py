"""Draws the charts of a report as SVG, with pygal.

Every chart is drawn for a column 480 units wide, so that two stand beside each other on a desk and one alone on a
phone, in letters that can be read on both.
"""

from collections.abc import Iterator, Sequence
from functools import singledispatch
from itertools import zip_longest
from math import floor, log10
from typing import TypeAlias

from tidegate.report.charts import LANES_MAX, SPANS_MAX, Chart, ChartSpan, CourseChart, LaneChart, RowChart, Tone
from tidegate.report.framed_chart import ChartFrame, FramedBars, FramedLines, FrameSpan, FrameText, settings
from tidegate.report.numerals import duration, shown, step, step_s, tick
from tidegate.report.plain_svg import plain

WIDTH = 480
COURSE_PX = 210
TICKS_MAX = 6
SPARE = 1.12
"""The axis goes so much beyond the highest value."""
LANE_PX = 29
"""The height of a lane: its name, and its stretches below that."""
LANE_STROKE = 9.0
LINE_STROKE = 2.0
POWERS_MIN = 30
"""An axis counts in powers of ten where the highest value is more than so many times the lowest."""
OVERLAP = 0.06
"""So much of its width a bar is drawn into the next one, or a seam would be seen between them."""
SEEN_SHARE = 1 / 160
"""A stretch of a lane is drawn this long at least, as a share of the axis: about three units."""
NAME_MAX = 64

_Point: TypeAlias = tuple[float, ...]


@singledispatch
def drawn(chart: Chart, name: str) -> str:
    """The chart as the markup of an `svg` element. `name` is unique in its page."""
    raise TypeError(f"no way to draw {chart!r} as {name}")


@drawn.register
def _course(chart: CourseChart, name: str) -> str:
    frame = ChartFrame(WIDTH, COURSE_PX, 8, 26, 26, 50)
    layers = _layers(chart)
    ceiling = chart.ceiling.value if chart.ceiling is not None else None
    highest = max((value for layer in layers for value in layer if value is not None), default=0.0)
    low, top = _range(chart, layers, max(highest, ceiling or 0.0))
    told = settings(frame, _ticks(chart)) | {"range": (low, top), "xrange": (0, chart.span), "value_formatter": tick}
    if low:
        told |= {"logarithmic": True, "y_labels": _powers(low, top)}
    plot = FramedBars(**told) if chart.stacked else FramedLines(**told)
    plot.frame, plot.ceiling = frame, ceiling
    plot.bands = [FrameSpan(band.begin, band.end, band.says) for band in chart.bands]
    plot.add(
        "", [(0, 0, 0)] if chart.stacked else [(0, 1), (0, 1)]
    )  # is not seen; without a series, pygal draws no plot
    tones: list[Tone] = ["quiet"]
    for tone, points in _bars_of(chart, layers) if chart.stacked else _lines_of(chart, layers):
        plot.add("", points)
        tones.append(tone)
    return plain(plot.render_tree(), tones, [0, *[LINE_STROKE] * (len(tones) - 1)], name, _words(chart))


@drawn.register
def _lanes(chart: LaneChart, name: str) -> str:
    lanes = chart.lanes[:LANES_MAX]
    ticks = _ticks_of_time(chart.span)
    return _rows([(lane.name, lane.spans) for lane in lanes], chart.span, ticks, name, _words(chart), left=50)


@drawn.register
def _bars(chart: RowChart, name: str) -> str:
    rows = chart.bars[:LANES_MAX]
    span = max((row.value for row in rows), default=0.0) * SPARE or 1.0
    size = step(span, TICKS_MAX) if span > TICKS_MAX else step_s(span, TICKS_MAX)
    ticks = [(place * size, tick(place * size)) for place in range(int(span / size) + 1)]
    named = [
        (
            f"{row.name}: {shown(row.value)}{', ' if row.says else ''}{row.says}",
            [ChartSpan(0, row.value, "", row.tone)] if row.value > 0 else [],
        )
        for row in rows
    ]
    return _rows(named, span, ticks, name, _words(chart), left=8)


def _rows(
    lanes: Sequence[tuple[str, Sequence[ChartSpan]]],
    span: float,
    ticks: Sequence[tuple[float, str]],
    name: str,
    words: tuple[str, str],
    *,
    left: int,
) -> str:
    """Lanes under each other: a thick line for each stretch, and the lane's name above it."""
    frame = ChartFrame(WIDTH, max(len(lanes), 1) * LANE_PX + 34, 4, 26, 26, left)
    plot = FramedLines(**settings(frame, ticks), range=(-max(len(lanes), 1), 0), xrange=(0, span), show_y_labels=False)
    plot.frame = frame
    plot.texts = [FrameText(0, -place - 0.42, _cut(lane)) for place, (lane, _) in enumerate(lanes)]
    plot.add("", [(0, 0), (0, 0)])
    tones: list[Tone] = ["quiet"]
    for place, (_, spans) in enumerate(lanes):
        for one in spans[:SPANS_MAX]:
            end = min(max(one.end, one.begin + span * SEEN_SHARE), span)
            plot.add("", [(min(one.begin, end - span * SEEN_SHARE), -place - 0.75), (end, -place - 0.75)])
            tones.append(one.tone)
    return plain(plot.render_tree(), tones, [0, *[LANE_STROKE] * (len(tones) - 1)], name, words)


def _range(chart: CourseChart, layers: Sequence[Sequence[float | None]], highest: float) -> tuple[float, float]:
    """The lowest and highest value of the axis; the lowest is above 0 where it counts in powers of ten."""
    lowest = min((value for layer in layers for value in layer if value), default=0.0)
    if chart.powers and lowest > 0 and highest > POWERS_MIN * lowest:
        return 10.0 ** floor(log10(lowest)), highest * 1.6  # so much is the usual spare part of a power
    return 0.0, (chart.top or highest) * SPARE or 1.0


def _layers(chart: CourseChart) -> list[list[float | None]]:
    """The values to draw: as they are, or each series on top of those before it."""
    if not chart.stacked:
        return [[*one.points] for one in chart.series]
    sums: list[list[float | None]] = []
    for one in chart.series:
        below = sums[-1] if sums else []
        sums.append([(under or 0.0) + (value or 0.0) for under, value in zip_longest(below, one.points)])
    return sums


def _bars_of(chart: CourseChart, layers: Sequence[Sequence[float | None]]) -> Iterator[tuple[Tone, list[_Point]]]:
    """The bars of each layer as pygal wants them: height, begin, end. What is below is drawn over what is above."""
    for one, layer in reversed([*zip(chart.series, layers, strict=True)]):
        width = chart.span / max(len(layer), 1)
        ends = [(place * width, min((place + 1 + OVERLAP) * width, chart.span)) for place in range(len(layer))]
        yield one.tone, [(value or 0.0, *end) for value, end in zip(layer, ends, strict=True)]


def _lines_of(chart: CourseChart, layers: Sequence[Sequence[float | None]]) -> Iterator[tuple[Tone, list[_Point]]]:
    """The unbroken stretches of each line as pygal wants them: places and values."""
    for one, layer in zip(chart.series, layers, strict=True):
        width, stretch = chart.span / max(len(layer), 1), list[_Point]()
        for place, value in enumerate((*layer, None)):
            if value is not None:
                stretch.append(((place + 0.5) * width, value))
            elif stretch:
                yield one.tone, stretch if len(stretch) > 1 else _dash(stretch[0], width)
                stretch = []


def _dash(point: _Point, width: float) -> list[_Point]:
    """A point alone: of one point there is no line."""
    at, value = point
    return [(at - 0.3 * width, value), (at + 0.3 * width, value)]


def _powers(low: float, top: float) -> list[float]:
    """The powers of ten of an axis, its marks."""
    return [10.0**power for power in range(round(log10(low)), floor(log10(top)) + 1)]


def _ticks(chart: CourseChart) -> list[tuple[float, str]]:
    if not chart.across:
        return _ticks_of_time(chart.span)
    size = step(chart.span, TICKS_MAX)
    half = 0.5  # a thing that is counted stands in the middle of its part of the axis
    return [
        (place * size + half, tick(chart.first + place * size)) for place in range(int((chart.span - 1) / size) + 1)
    ]


def _ticks_of_time(span_s: float) -> list[tuple[float, str]]:
    size = step_s(span_s, TICKS_MAX)
    return [(place * size, duration(place * size)) for place in range(int(span_s / size + 1e-9) + 1)]


def _words(chart: Chart) -> tuple[str, str]:
    return chart.title, chart.says


def _cut(text: str) -> str:
    return text if len(text) <= NAME_MAX else f"{text[: NAME_MAX - 1]}…"
