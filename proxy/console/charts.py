"""Charts as SVG in the page, by pygal, with all taken out that the page's policy forbids: styles and scripts.

What a chart shows stands in its label in words as well. Colours come from console.css, so a chart is dark where the
page is. A chart is drawn when a template writes it, which is done in a thread; pygal is imported with the first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

POINTS_MAX = 240
"""Of one line: a screen shows no more. Of more, each so many are one, the greatest of them."""
CHART_WIDTH, CHART_HEIGHT = 560, 150
SPARK_WIDTH, SPARK_HEIGHT = 120, 28
KEPT_MAX = 512
"""Drawn charts that are remembered: several people look at the same, and a vendor that nobody calls stays as it is."""
DRAWN = frozenset({"g", "path", "rect", "line", "circle", "text"})
"""What a chart is made of; all else is left out."""
LAYERS = frozenset({"plot text-overlay", "plot tooltip-overlay", "titles"})
"""Parts of a chart that are nothing without pygal's script."""

Points = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A small line without axes. `most` is the value at its top, where that is known."""

    points: Points
    label: str
    most: float | None = None

    def __html__(self) -> str:
        """What jinja2 puts into a page as it is."""
        return _drawn_spark(self)


@dataclass(frozen=True, slots=True)
class TimeChart:
    """A line over the last minutes, with axes."""

    points: Points
    each_s: float
    """The time from one point to the next."""
    label: str
    heights: tuple[tuple[float, str], ...]
    """The values at the vertical axis, and how they are written."""

    def __html__(self) -> str:
        """See Sparkline."""
        return _drawn_times(self)


def sparkline(values: Sequence[float | None], label: str, most: float | None = None) -> Sparkline:
    """A small line. `label` says it in words."""
    return Sparkline(thinned(values), label, most)


def time_chart(values: Sequence[float | None], step_s: float, label: str, write: Callable[[float], str]) -> TimeChart:
    """A line over the last minutes, `step_s` from value to value. `write` writes a value of the vertical axis."""
    points = thinned(values)
    top = _most(points)
    heights = tuple((value, write(value)) for value in (0.0, top / 2, top))
    return TimeChart(points, step_s * max(-(-len(values) // POINTS_MAX), 1), label, heights)


def thinned(values: Sequence[float | None]) -> Points:
    """At most POINTS_MAX of the values: the greatest of each few, so that no peak is lost."""
    step = -(-len(values) // POINTS_MAX)
    if step <= 1:
        return tuple(values)
    few = (values[start : start + step] for start in range(0, len(values), step))
    return tuple(max((value for value in some if value is not None), default=None) for some in few)


@lru_cache(KEPT_MAX)
def _drawn_spark(spark: Sparkline) -> str:
    chart = _line()(
        width=SPARK_WIDTH, height=SPARK_HEIGHT, explicit_size=True, margin=1, spacing=0, js=(), no_data_text="",
        show_dots=False, show_legend=False, show_x_labels=False, show_y_labels=False,
        range=(0, spark.most or _most(spark.points)),
    )  # fmt: skip
    chart.add("", spark.points)
    return _cleaned(chart, spark.label, "spark")


@lru_cache(KEPT_MAX)
def _drawn_times(times: TimeChart) -> str:
    chart = _line()(
        width=CHART_WIDTH, height=CHART_HEIGHT, explicit_size=True, margin=4, margin_left=18, spacing=2, js=(),
        no_data_text="", show_dots=False, show_legend=False, show_minor_x_labels=False, truncate_label=20,
        range=(0, _most(times.points)),
    )  # fmt: skip
    count = len(times.points)
    minutes = [(count - 1 - place) * times.each_s / 60 for place in range(count)]
    chart.x_labels = [f"−{minute:g} min" if minute else "now" for minute in minutes]
    chart.x_labels_major = [text for text, minute in zip(chart.x_labels, minutes, strict=True) if minute % 2 == 0]
    chart.y_labels = [{"value": value, "label": text} for value, text in times.heights]
    chart.add("", times.points)
    return _cleaned(chart, times.label, "times")


def _most(points: Points) -> float:
    """The value at the top of the plot, which must not be 0."""
    return max((value for value in points if value is not None), default=0.0) or 1.0


@cache
def _line() -> Any:
    """The line of pygal, without the style and the script that would be taken out again, and cost most of the time."""
    from tidegate.look.plotting import pygal

    class BareLine(pygal.Line):  # type: ignore[misc]  # pygal has no types
        """A step of pygal's rendering is overridden: see `BaseGraph.setup` there."""

        def _draw(self) -> None:
            self.svg.add_styles = self.svg.add_scripts = lambda: None
            super()._draw()

    return BareLine


def _cleaned(chart: Any, label: str, kind: str) -> str:
    from pygal.etree import etree

    root: Element = chart.render_tree()
    _strip(root)
    for name in ("id", "{http://www.w3.org/1999/xlink}href"):
        root.attrib.pop(name, None)
    root.set("class", f"chart {kind}")
    root.set("role", "img")
    root.set("aria-label", label)
    text: str = etree.tostring(root, encoding="unicode")
    return text


def _strip(node: "Element") -> None:
    """Take out what is no drawing: comments, what only a script would show."""
    for child in list(node):
        if str(child.tag).rpartition("}")[2] in DRAWN and child.get("class") not in LAYERS:
            child.attrib.pop("style", None)
            _strip(child)
        else:
            node.remove(child)
