"""The reports of chaos as pages with pictures: scenarios, a search, outages, the demo. They judge nothing."""

from collections.abc import Mapping, Sequence

from tidegate.chaos.judge.invariants import RunFigures
from tidegate.chaos.report.report import BAD, ROWS, JudgedScenario, as_verdict, contrast, duration
from tidegate.chaos.report.run_charts import RunCharts
from tidegate.chaos.report.vendor_table import VENDOR_ROWS, JudgedVendors, told_apart
from tidegate.chaos.search.recovery import Recovery
from tidegate.chaos.search.search import Failure, SearchResult
from tidegate.report.charts import Chart, ChartCeiling, ChartSeries, ChartSpan, CourseChart, Tone
from tidegate.report.report_page import KeyFigure, ReportPage, ReportSection, ReportTable, ReportVerdict
from tidegate.scenario.timeline import timeline
from tidegate.verdict import CaseVerdict

FAILURES_MAX = 50
"""So many failing seeds have a section of their own; the verdict names them all."""


def run_page(results: Sequence[JudgedScenario | JudgedVendors], command: str) -> ReportPage:
    """The page of `chaos run`."""
    names = ", ".join(result.name for result in results)
    return ReportPage(
        f"Chaos: {names}",
        ReportVerdict.of([as_verdict(result) for result in results]),
        sections=[section for result in results for section in _sections(result)],
        facts=[("seed", ", ".join(f"{result.seed}" for result in results))],
        repeat=[command],
    )


def _sections(result: JudgedScenario | JudgedVendors) -> list[ReportSection]:
    return vendor_sections(result) if isinstance(result, JudgedVendors) else [run_section(result)]


def vendor_sections(result: JudgedVendors) -> list[ReportSection]:
    """A scenario about somebody's own vendors: pictures and figures of each."""
    head = f"{result.name}: {duration(result.seconds)} of virtual time, seed {result.seed}"
    sections = [
        ReportSection(
            f"{head}, {vendor}",
            [told_apart(*columns.values())] if len(columns) > 1 else [],
            _vendor_charts(result, vendor),
            [figures_table(columns, VENDOR_ROWS)],
        )
        for vendor, columns in result.columns().items()
    ]
    return sections or [ReportSection(head, [*result.untried])]


def _vendor_charts(result: JudgedVendors, vendor: str) -> list[Chart]:
    plays = result.run.plays.get(vendor, {}) if result.run is not None else {}
    return RunCharts(result.pieces, result.seconds, plays).charts(payments=False) if plays else []


def run_section(result: JudgedScenario) -> ReportSection:
    """A scenario: its pictures and its figures."""
    head = f"{result.name}: {duration(result.seconds)} of virtual time, seed {result.seed}"
    if result.naive is None or result.tidegate is None:
        return ReportSection(head, [*result.untried])
    charts = RunCharts(result.pieces, result.seconds, result.runs).charts() if result.runs else []
    columns = {"naive": result.naive, "Tidegate": result.tidegate}
    return ReportSection(head, [contrast(result.naive, result.tidegate)], charts, [figures_table(columns)])


def figures_table(columns: Mapping[str, RunFigures], said: Sequence[tuple[str, str, str]] = ROWS) -> ReportTable:
    """The figures of the judge side by side. `said` is each field's name for people, and what it means."""
    described = {name: figures.described() for name, figures in columns.items()}
    rows = [(name, *(f"{one[field]:,}" for one in described.values()), meaning) for field, name, meaning in said]
    return ReportTable("The judge's figures", ("what", *columns, "meaning"), rows)


def key_figures(naive: RunFigures, ours: RunFigures) -> list[KeyFigure]:
    """The figures that are looked for first, each beside the naive client's."""
    shown = []
    for field, name, meaning in ROWS:
        value, other = ours.described()[field], naive.described()[field]
        tone: Tone = "quiet" if field not in BAD else "bad" if value else "good"
        shown.append(KeyFigure(name, f"{value:,}", f"{meaning}; naive {other:,}", tone))
    return shown


def search_page(result: SearchResult, command: str) -> ReportPage:
    """The page of `chaos search`: how much was played, and each failure with its pieces as a picture."""
    verdicts, calls = result.verdicts, sum(verdict.calls for verdict in result.verdicts)
    cases = [CaseVerdict(f"seed {failure.seed}", failure.broken) for failure in result.failures]
    first = verdicts[0].seed if verdicts else 0
    lines = [
        ChartSeries("orders and other wishes", [float(verdict.calls) for verdict in verdicts], "first"),
        ChartSeries("requests at the vendors", [float(verdict.attempts) for verdict in verdicts], "second"),
    ]
    says = f"{len(verdicts):,} scenarios: how much was wanted in each, and what reached the vendors."
    chart = CourseChart(
        "What was played", says, max(len(verdicts), 1), "", lines, across="seed", first=first
    )  # fmt: skip
    sections = [ReportSection("The scenarios", [], [chart]), *map(_failure, result.failures[:FAILURES_MAX])]
    return ReportPage(
        "Chaos: a search for a broken promise",
        ReportVerdict.of(cases or [CaseVerdict("every seed")]),
        figures=[
            KeyFigure("scenarios", f"{len(verdicts):,}", f"seeds {first} to {first + len(verdicts) - 1}"),
            KeyFigure("broken", f"{len(cases):,}", "scenarios that broke a promise", "bad" if cases else "good"),
            KeyFigure("virtual hours", f"{result.virtual_hours:,.1f}", f"in {result.real_s:,.1f} s"),
            KeyFigure("calls", f"{calls:,}", "wanted by the apps"),
        ],
        sections=sections,
        facts=[("processor time", f"{result.cpu_s:,.1f} s")],
        repeat=[command, *(failure.command for failure in result.failures[:FAILURES_MAX])],
    )


def _failure(failure: Failure) -> ReportSection:
    chart = timeline(failure.pieces, failure.minutes * 60)
    small = "These pieces are enough to break it." if failure.small else "The whole scenario; it was not made smaller."
    return ReportSection(f"Seed {failure.seed}", [*failure.broken, small, f"Repeat it: {failure.command}"], [chart])


def outage_page(recoveries: Sequence[Recovery], command: str) -> ReportPage:
    """The page of `chaos outage`: how each outage ended, beside what was promised."""
    cases = [CaseVerdict(f"seed {recovery.seed}", recovery.broken) for recovery in recoveries]
    worst = min((one.goodput_after / max(one.goodput_before, 0.001) for one in recoveries), default=0.0)
    heads = ("seed", "mode", "done/s before", "done/s after", "retries", "allowed", "probes", "peak/s")
    rows = [
        (f"{one.seed}", one.mode, f"{one.goodput_before:g}", f"{one.goodput_after:g}", f"{one.retries_max}",
         f"{one.retries_allowed}", f"{one.probes_max}", f"{one.peak}")
        for one in recoveries
    ]  # fmt: skip
    return ReportPage(
        "Chaos: five minutes of outage, and the way back",
        ReportVerdict.of(cases),
        figures=[
            KeyFigure("outages", f"{len(recoveries):,}", "one a seed"),
            KeyFigure("worst recovery", f"{worst:.0%}", "of the calls done a second before, right after the ramp"),
            KeyFigure("probes at once", f"{max((one.probes_max for one in recoveries), default=0)}", "at most"),
            KeyFigure("peak", f"{max((one.peak for one in recoveries), default=0)}/s", "after the vendor's return"),
        ],
        sections=[
            ReportSection("Each outage", [], _recovery_charts(recoveries), [ReportTable("Outages", heads, rows)]),
            *(_outage(recovery) for recovery in _shown(recoveries)),
        ],
        repeat=[command],
    )


def _shown(recoveries: Sequence[Recovery]) -> list[Recovery]:
    """The outages whose course is shown: those that broke something, else one for each way of being away."""
    broken = [one for one in recoveries if one.broken]
    return broken[:FAILURES_MAX] or [*{one.mode: one for one in reversed(recoveries)}.values()]


def _outage(recovery: Recovery) -> ReportSection:
    head = f"Seed {recovery.seed}: the vendor is away ({recovery.mode})"
    course = recovery.course
    if course is None:
        return ReportSection(head, [*recovery.broken])
    bands = [ChartSpan(*course.away, "outage")]
    ends = [ChartSeries("done", course.done, "good"), ChartSeries("not done", course.failed, "wait")]
    sent = [ChartSeries("requests", course.attempts, "first")]
    charts = [
        CourseChart(
            "Calls by what became of them", "By the moment at which each began.", course.span_s, "calls", ends,
            stacked=True, bands=bands,
        ),
        CourseChart(
            "Requests on their way to the vendor", "Few probes while it is away, and no herd after it.", course.span_s,
            "requests", sent, stacked=True, bands=bands,
        ),
    ]  # fmt: skip
    return ReportSection(head, [*recovery.broken], charts)


def _recovery_charts(recoveries: Sequence[Recovery]) -> list[Chart]:
    first = recoveries[0].seed if recoveries else 0

    def chart(title: str, says: str, unit: str, lines: Sequence[ChartSeries], top: float | None = None) -> Chart:
        ceiling = ChartCeiling(top, "allowed") if top is not None else None
        return CourseChart(
            title, says, max(len(recoveries), 1), unit, lines, ceiling=ceiling, across="seed", first=first
        )  # fmt: skip

    def line(name: str, values: Sequence[float], tone: Tone) -> ChartSeries:
        return ChartSeries(name, values, tone)

    return [
        chart(
            "Calls done a second", "Just before the outage, and once the breaker and its ramp must be over.", "calls/s",
            [line("before", [one.goodput_before for one in recoveries], "second"),
             line("after", [one.goodput_after for one in recoveries], "first")],
        ),
        chart(
            "Retries in the worst 10 seconds", "Beside what the budget allows in them.", "retries",
            [line("made", [float(one.retries_max) for one in recoveries], "first"),
             line("allowed", [float(one.retries_allowed) for one in recoveries], "quiet")],
        ),
        chart(
            "Requests in the worst second after the return", "More would be a herd that brings the vendor down again.",
            "requests/s", [line("peak", [float(one.peak) for one in recoveries], "first")],
        ),
        chart(
            "Requests while the vendor was away", "Probes, once the breaker had opened.", "requests",
            [line("requests", [float(one.attempts_away) for one in recoveries], "first"),
             line("at once, at most", [float(one.probes_max) for one in recoveries], "second")],
        ),
    ]  # fmt: skip
