"""pygal's charts in a frame of our own: margins that are fixed, bands, a ceiling, names of lanes.

So charts under each other share their axis. pygal is asked for its tree of elements alone; what of it comes on a page
is plain_svg.py's to say.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from tidegate.look.plotting import pygal

Style, LogView, Margin = pygal.style.Style, pygal.view.LogView, pygal.view.Margin

FONT_PX = 13
_STYLE = Style(label_font_size=FONT_PX, major_label_font_size=FONT_PX)


class FrameSpan(NamedTuple):
    """A band from `begin` to `end` of the axis, named by the words in it where there is room."""

    begin: float
    end: float
    says: str


class FrameText(NamedTuple):
    """Words at a place of the plot."""

    x: float
    y: float
    says: str


class ChartFrame(NamedTuple):
    """The size of a chart and of the margins around its plot, in units of the drawing."""

    width: int
    height: int
    top: int
    right: int
    bottom: int
    left: int


class FramedPlot:
    """What both charts have in common. It overrides steps of pygal's rendering: see `Graph._draw` there."""

    frame: ChartFrame
    bands: Sequence[FrameSpan] = ()
    ceiling: float | None = None
    texts: Sequence[FrameText] = ()

    def _compute(self: Any) -> None:
        super()._compute()  # type: ignore[misc]  # pygal's Graph stands beside it in each class below
        self._box.margin = 0  # pygal leaves 2 % around what is drawn, and the axis would not begin at 0

    def _compute_margin(self: Any) -> None:
        super()._compute_margin()  # type: ignore[misc]  # as above
        frame = self.frame
        self.margin_box = Margin(frame.top, frame.right, frame.bottom, frame.left)

    def _plot(self: Any) -> None:
        plot, view = self.nodes["plot"], self.view
        for band in self.bands:
            begin, end = view.x(band.begin), view.x(band.end)
            self.svg.node(plot, "rect", x=begin, y=0, width=max(end - begin, 1.0), height=view.height, class_="band")
            if end - begin > len(band.says) * FONT_PX / 2:
                node = self.svg.node(plot, "text", x=begin + 3, y=FONT_PX, class_="said")
                node.text = band.says
        super()._plot()  # type: ignore[misc]  # as above
        if self.ceiling is not None:
            y = view.y(self.ceiling)
            self.svg.node(plot, "path", d=f"M0 {y} h{view.width}", class_="ceiling")
        for text in self.texts:
            self.svg.node(plot, "text", x=view.x(text.x), y=view.y(text.y), class_="said").text = text.says


class FramedBars(FramedPlot, pygal.Histogram):  # type: ignore[misc]  # pygal has no types
    """Bars from a place of the axis to another."""


class FramedLines(FramedPlot, pygal.XY):  # type: ignore[misc]  # as above
    """Lines through points; a logarithmic one counts its vertical axis alone in powers of ten."""

    def _set_view(self: Any) -> None:
        super()._set_view()
        if self.logarithmic:
            box = self.margin_box
            self.view = LogView(self.width - box.x, self.height - box.y, self._box)


def settings(frame: ChartFrame, ticks: Sequence[tuple[float, str]]) -> dict[str, Any]:
    """What pygal is told for every chart; `ticks` are the places and words of the horizontal axis."""
    return {
        "js": (), "css": (), "style": _STYLE, "width": frame.width, "height": frame.height, "show_legend": False,
        "truncate_label": 60, "no_data_text": "", "x_labels": [{"value": at, "label": says} for at, says in ticks],
        "min_scale": 3, "max_scale": 5, "show_dots": False, "allow_interruptions": True,
    }  # fmt: skip
