"""The order flow's report as a page: what was kept, and how shop and warehouse went apart and together again."""

from collections.abc import Mapping, Sequence

from tidegate.chaos.judge.order_promises import OrderEvidence, OrderFigures
from tidegate.chaos.play.order_flow import PlayedOrders
from tidegate.chaos.report.order_table import ROWS, ZERO
from tidegate.report.charts import Chart, ChartLane, ChartSeries, ChartSpan, CourseChart, LaneChart
from tidegate.report.course import Course
from tidegate.report.numerals import duration, shown
from tidegate.report.report_page import KeyFigure, ReportPage, ReportSection, ReportTable, ReportVerdict
from tidegate.verdict import CaseVerdict


def order_words(figures: OrderFigures) -> list[str]:
    """What the inbox and the outbox saved, and what it cost, a sentence each."""
    held_up = (
        f"Saved: {figures.met_outage:,} webhooks that the warehouse's outage held up were delivered afterwards, the "
        f"last {duration(figures.drained_s)} after its end; {figures.lost:,} orders were lost."
    )
    twice = (
        f"Saved: {figures.posts - figures.changes:,} copies and repeated posts of {figures.changes:,} changes did "
        f"nothing twice; {figures.backwards:,} times an older revision came after a newer one."
    )
    cost = (
        f"Cost: half of the changes were at the warehouse within {duration(figures.p50_s)}, 99 % within "
        f"{duration(figures.p99_s)}, where nothing held them up; {figures.requests:,} requests put "
        f"{figures.effects:,} revisions into force."
    )
    return [held_up, twice, cost]


def orders_page(
    runs: Mapping[str, OrderFigures], played: PlayedOrders, broken: Sequence[str], seed: int, command: str
) -> ReportPage:
    """The page of `demo orders`: `runs` by their names, of which `played` is the one with its evidence."""
    return ReportPage(
        "Demo: orders from a shop to a warehouse",
        ReportVerdict.of([CaseVerdict("orders", broken)]),
        lead=order_words(played.figures),
        figures=[_key(field, name, says, played.figures) for field, name, says in ROWS],
        sections=[
            ReportSection("At full length", [], order_charts(played.evidence)),
            ReportSection("Figures", [], [], [orders_table(runs)]),
        ],
        facts=[("seed", f"{seed}")],
        repeat=[command],
    )


def orders_table(runs: Mapping[str, OrderFigures]) -> ReportTable:
    """The figures side by side."""
    rows = [(name, *(shown(getattr(one, field)) for one in runs.values()), says) for field, name, says in ROWS]
    return ReportTable("The judge's figures", ("what", *runs, "meaning"), rows)


def order_charts(evidence: OrderEvidence) -> list[Chart]:
    """When shop and warehouse changed."""
    moments = [*(one.at for one in evidence.changes), *(one.at for one in evidence.effects)]
    course = Course.of(max(moments, default=1.0))
    changes = course.sums(change.at for change in evidence.changes if not change.forged)
    first = {(effect.order, effect.revision): effect.at for effect in reversed(evidence.effects)}
    effects = course.sums(first.values())
    waits = [
        (one.at, first[one.order, one.revision] - one.at)
        for one in evidence.accepted
        if (one.order, one.revision) in first
    ]
    away = [ChartSpan(*evidence.outage, "outage", "bad")] if evidence.outage is not None else []
    other = [ChartSpan(begin, end, "trouble", "wait") for begin, end in evidence.troubles]
    lanes = [ChartLane("the warehouse is away", away), ChartLane("something else holds orders up", other)]
    return [
        CourseChart(
            "Changes at the shop, and at the warehouse", "Counted from the beginning; the warehouse catches up.",
            course.span_s, "changes",
            [ChartSeries("made at the shop", changes, "second"),
             ChartSeries("in force at the warehouse", effects, "first")],
            bands=away,
        ),
        CourseChart(
            "From the webhook to the warehouse", "The slowest of each part of the run, by when the webhook came.",
            course.span_s, "s", [ChartSeries("slowest", course.highest(waits), "first")], bands=away,
        ),
        LaneChart("What happened, and when", "The times in which orders could not go through.", course.span_s, lanes),
    ]  # fmt: skip


def _key(field: str, name: str, says: str, figures: OrderFigures) -> KeyFigure:
    value = getattr(figures, field)
    return KeyFigure(name, shown(value), says, ("bad" if value else "good") if field in ZERO else "quiet")
