"""The report of a load as a page: what was offered, what came of it, and how the promises did."""

from tidegate.loadtests.burst_verdict import BurstVerdict
from tidegate.loadtests.load_charts import LoadCharts, PlayedLoad
from tidegate.loadtests.promise import PromisesVerdict
from tidegate.report.numerals import duration
from tidegate.report.report_page import KeyFigure, ReportPage, ReportSection, ReportTable, ReportVerdict


def burst_page(verdict: BurstVerdict, played: PlayedLoad, name: str, command: str) -> ReportPage:
    """The page of `load burst`, of a scenario of this name."""
    figures = verdict.figures
    latest = duration(figures.latest_start_ms / 1000)
    asked = played.evidence.journals is not None
    return ReportPage(
        f"Load: {name}",
        ReportVerdict.of([verdict.case(name)]),
        figures=[
            KeyFigure("offered", f"{figures.offered:,}", f"peak {figures.offered_peak_per_s:g}/s"),
            KeyFigure("done", f"{figures.done:,}", f"of {figures.feasible:,} feasible"),
            KeyFigure("told to come back", f"{figures.refused:,}", "429 or 503 with Retry-After"),
            KeyFigure("unexplained", f"{figures.unexplained:,}", "neither", "bad" if figures.unexplained else "good"),
            *([KeyFigure("over quota", f"{figures.over_quota:,}", "requests beyond the vendors' limits",
                         "bad" if figures.over_quota else "good")] if asked else []),
            KeyFigure("half within", duration(figures.p50_ms / 1000), "from the planned start to the answer"),
            KeyFigure("99 % within", duration(figures.p99_ms / 1000), "from the planned start to the answer"),
            KeyFigure("late starts", f"{figures.late_starts:,}", f"the latest {latest}"),
        ],
        sections=[
            ReportSection("The course of it", [], LoadCharts(played).charts()),
            ReportSection("The promises", [*verdict.turned_down], [], [promises_table(verdict)]),
        ],
        facts=[("vendors", ", ".join(played.evidence.terms))],
        repeat=[command],
    )  # fmt: skip


def promises_table(verdict: PromisesVerdict) -> ReportTable:
    """Each promise, and what was seen of it."""
    rows = [(one.name, "held" if one.held else "broken", one.found) for one in verdict.promises]
    return ReportTable("Each promise", ("promise", "verdict", "found"), rows)
