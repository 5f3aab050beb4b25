"""The benchmark's report as a page: what each row costs, beside the others. Pure."""

from collections.abc import Sequence

from tidegate.loadtests.bench.figures import BARE_UVLOOP, Row, headline, loose, ratio
from tidegate.report.charts import ChartRow, RowChart, Tone
from tidegate.report.report_page import KeyFigure, ReportPage, ReportSection, ReportTable, ReportVerdict
from tidegate.verdict import CaseVerdict

HEADS = ("row", "us a call", "cheapest", "dearest", "calls/s", "core busy", "p50 us", "p99 us")


def bench_page(rows: Sequence[Row], rounds: int, command: str) -> ReportPage:
    """The page of `bench`. Its verdict is that every call was answered: else there would be no figure."""
    lead = f"{headline(rows)} costs {ratio(rows):.2f} times {BARE_UVLOOP}, medians of {rounds} rounds on one machine."
    calls = sum(row.calls for row in rows)
    return ReportPage(
        "Benchmark: processor time per call",
        ReportVerdict.of([CaseVerdict("bench")], "every call was answered, and reached the upstream once"),
        lead=[lead, "Compare ratios of one run only: absolute times are those of the machine.", *loose(rows)],
        figures=[
            KeyFigure("ratio", f"{ratio(rows):.2f}", f"{headline(rows)} over {BARE_UVLOOP}"),
            KeyFigure("calls", f"{calls:,}", "measured, all rows together"),
        ],
        sections=[ReportSection("The rows", [], _charts(rows), [_table(rows)])],
        repeat=[command],
    )


def _charts(rows: Sequence[Row]) -> list[RowChart]:
    cost = [
        ChartRow(row.name, row.us_per_call, _tone(row), f"{row.spread[0]:.1f} to {row.spread[1]:.1f}") for row in rows
    ]
    late = [ChartRow(row.name, row.p99_us, _tone(row), f"half within {row.p50_us:,.0f}") for row in rows if row.p99_us]
    says = "Processor microseconds that the measured program used for a call; behind it the cheapest and dearest round."
    when = "Microseconds from a call's bytes to its whole answer: 99 % of the calls were answered within that."
    return [RowChart("What a call costs", says, "us", cost), RowChart("How long a call takes", when, "us", late)]


def _tone(row: Row) -> Tone:
    return "first" if row.name.startswith("tidegate") else "quiet"


def _table(rows: Sequence[Row]) -> ReportTable:
    cells = [
        (row.name, f"{row.us_per_call:.1f}", f"{row.spread[0]:.1f}", f"{row.spread[1]:.1f}", f"{row.calls_per_s:,.0f}",
         f"{row.busy:.0%}", f"{row.p50_us:,.0f}", f"{row.p99_us:,.0f}")
        for row in rows
    ]  # fmt: skip
    return ReportTable(f"{len(rows)} rows", HEADS, cells)
