"""Makes the page of a report: one HTML file that needs nothing else. No script, no address, no font of anybody's.

jinja2 escapes every text. What is longer than a browser can show is cut, and the page says so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

from tidegate.look.look_files import look_file
from tidegate.report.charts import Chart, ChartSpan, CourseChart, LaneChart
from tidegate.report.drawing import drawn
from tidegate.report.masking import masked
from tidegate.report.plain_svg import COLOURS
from tidegate.report.report_page import ReportPage, ReportSection, ReportTable, VerdictWord

ROWS_MAX: Final = 2_000
"""So many rows of a table are on a page."""
SENTENCES_MAX: Final = 100
"""So many sentences of a verdict."""
TALL_LANES: Final = 8
"""A chart of more lanes takes the height of two."""
SECTIONS_MAX: Final = 80
"""So many parts a page has: some ten megabytes, where each has its pictures."""
CHARTS_MAX: Final = 200
"""So many charts are drawn in a section."""

WORDS: Final[dict[VerdictWord, str]] = {
    "held": "Held: ",
    "broken": "Broken",
    "inconclusive": "Inconclusive: something was not put to the test",
}


def page(report: ReportPage, secrets: Iterable[str] = ()) -> str:
    """The page. `secrets` are masked in it."""
    sections = [
        replace(
            section, charts=section.charts[:CHARTS_MAX], tables=[table.bounded(ROWS_MAX) for table in section.tables]
        )
        for section in report.sections[:SECTIONS_MAX]
    ]
    if len(report.sections) > SECTIONS_MAX:
        sections.append(
            ReportSection("And more", [f"{len(report.sections) - SECTIONS_MAX:,} more parts are not shown."])
        )
    said = [*report.verdict.broken, *(f"not tried: {sentence}" for sentence in report.verdict.inconclusive)]
    verdict = replace(report.verdict, broken=said[:SENTENCES_MAX], inconclusive=())
    shown = masked(replace(report, verdict=verdict, sections=sections), secrets)
    return _template().render(
        heading=f"{verdict.word}: {shown.title}",
        look=Markup(look_file("look.css").decode() + _resource("report.css")),  # noqa: S704 - ours
        report=shown,
        words=WORDS,
        sentences=shown.verdict.broken,
        unsaid=max(len(said) - SENTENCES_MAX, 0),
        sections=[_section(section, place) for place, section in enumerate(shown.sections)],
    )


def _section(section: ReportSection, place: int) -> dict[str, Any]:
    charts = [_chart(chart, f"c{place}-{number}") for number, chart in enumerate(section.charts)]
    return {"title": section.title, "says": section.says, "charts": charts, "tables": section.tables}


def _chart(chart: Chart, name: str) -> dict[str, Any]:
    table = ReportTable(f"{chart.title}: the figures", chart.heads, [*chart.rows], folded=True).bounded(ROWS_MAX)
    tall = isinstance(chart, LaneChart) and len(chart.lanes) > TALL_LANES
    return {
        "title": chart.title, "says": chart.says, "svg": Markup(drawn(chart, name)),  # noqa: S704 - ElementTree's
        "legend": [*_legend(chart)], "table": table, "tall": tall,
    }  # fmt: skip


def _legend(chart: Chart) -> Iterator[tuple[str, str]]:
    """The colour and name of each thing that only its colour tells."""
    if isinstance(chart, CourseChart):
        yield from ((COLOURS[one.tone], one.name) for one in chart.series)
        if chart.ceiling is not None:
            yield COLOURS["bad"], f"dashed: {chart.ceiling.says}"
    elif isinstance(chart, LaneChart):
        spans = [span for lane in chart.lanes for span in lane.spans]
        yield from dict.fromkeys((COLOURS[span.tone], _kind(span)) for span in spans if _kind(span))


def _kind(span: ChartSpan) -> str:
    return span.says.partition(":")[0]


def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, loader=FunctionLoader(_resource))
    return environment.get_template("page.html")
