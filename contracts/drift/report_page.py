"""The report of a comparison as a page: what changed, the gravest first, and what it breaks."""

from collections import Counter
from collections.abc import Mapping, Sequence

from tidegate.contracts.drift.drift_report import GRADES, DriftFinding, DriftReport, Grade
from tidegate.report.charts import Chart, ChartRow, RowChart, Tone
from tidegate.report.report_page import KeyFigure, ReportPage, ReportSection, ReportTable, ReportVerdict

PACTS_SHOWN = 20
"""So many interactions are named with a change."""

HEADS: Mapping[Grade, str] = {
    "error": "Breaks a pact",
    "warning": "Touches an operation that a pact uses",
    "notice": "Elsewhere",
}
TONES: Mapping[Grade, Tone] = {"error": "bad", "warning": "wait", "notice": "quiet"}


def drift_page(report: DriftReport, fail_on: Grade, command: str) -> ReportPage:
    """The page of a comparison that fails from the grade `fail_on` on."""
    found = {grade: [one for one in report.findings if one.grade == grade] for grade in GRADES}
    return ReportPage(
        f"Drift: {report.old} → {report.new}",
        ReportVerdict.of(report.cases(fail_on)),
        lead=[report.sum, *report.notes],
        figures=[
            KeyFigure(f"{grade}s", f"{len(findings):,}", HEADS[grade], TONES[grade] if findings else "quiet")
            for grade, findings in found.items()
        ],
        sections=[_section(grade, findings) for grade, findings in found.items() if findings],
        facts=[("graded by", f"{report.uses:,} interactions of pacts"), ("fails from", fail_on)],
        repeat=[command],
    )


def _section(grade: Grade, findings: Sequence[DriftFinding]) -> ReportSection:
    rows = [(one.kind, one.place, _words(one)) for one in findings]
    heads = ("kind", "where", "what")
    table = ReportTable(f"{len(findings):,} changes", heads, rows, folded=grade == "notice")
    return ReportSection(HEADS[grade], [], [_kinds(grade, findings)], [table])


def _kinds(grade: Grade, findings: Sequence[DriftFinding]) -> Chart:
    counts = Counter(one.kind for one in findings).most_common()
    bars = [ChartRow(kind, count, TONES[grade]) for kind, count in counts]
    return RowChart("By kind", "How many changes there are of each kind.", "changes", bars)


def _words(finding: DriftFinding) -> str:
    more = len(finding.pacts) - PACTS_SHOWN
    named = "; ".join([*finding.pacts[:PACTS_SHOWN], *([f"and {more} more"] if more > 0 else [])])
    return f"{finding.says} (pacts: {named})" if named else finding.says
