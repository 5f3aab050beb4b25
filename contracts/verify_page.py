"""The report of a verification as a page: how many interactions hold, and what each broken one expected and got."""

from collections import Counter

from tidegate.contracts.verify import Report
from tidegate.report.charts import ChartRow, RowChart
from tidegate.report.report_page import KeyFigure, ReportPage, ReportSection, ReportTable, ReportVerdict
from tidegate.verdict import CaseVerdict

HEADS = ("interaction", "where", "expected", "actual", "in words")


def verify_page(report: Report, address: str, command: str) -> ReportPage:
    """The page of `contracts verify`. `address` is who was asked."""
    broken = Counter(mismatch.interaction for mismatch in report.mismatches)
    kept = max(report.verified - len(broken), 0)
    left = max(report.declared - report.verified, 0)
    rows = [
        ChartRow("kept", kept, "good"),
        ChartRow("broken", len(broken), "bad"),
        ChartRow("not verified", left + len(report.unsent), "wait"),
    ]
    chart = RowChart("Interactions", "What became of each interaction of the pacts.", "interactions", rows)
    return ReportPage(
        f"Contracts: {report.provider}",
        ReportVerdict.of(report.cases()),
        figures=[
            KeyFigure("kept", f"{kept:,}", f"of {report.declared:,} interactions", "good"),
            KeyFigure("broken", f"{len(broken):,}", "not as a pact says", "bad" if broken else "good"),
            KeyFigure("not verified", f"{left + len(report.unsent):,}", "nobody could be asked for them"),
        ],
        sections=[ReportSection("The interactions", [], [chart], _tables(report))],
        facts=[("asked", address)],
        repeat=[command],
    )


def unverified_page(provider: str, why: str, command: str) -> ReportPage:
    """The page of a verification that could not be made."""
    return ReportPage(f"Contracts: {provider}", ReportVerdict.of([CaseVerdict(provider, (), [why])]), repeat=[command])


def _tables(report: Report) -> list[ReportTable]:
    mismatches = [
        (one.interaction, one.path or "answer", one.expected, one.actual, one.says) for one in report.mismatches
    ]
    tables = [ReportTable("What is not as a pact says", HEADS, mismatches)] if mismatches else []
    other = [("state", text) for text in report.states] + [("no request", text) for text in report.unsent]
    if other:
        tables.append(ReportTable("What could not be set up or asked for", ("what", "which"), other))
    return tables
