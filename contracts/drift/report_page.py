"""The report of a comparison as one HTML page that needs nothing else: no script, no style sheet, no address.

What stands in it comes from somebody else's document, so every text is escaped.
"""

from html import escape

from tidegate.contracts.drift.drift_report import GRADES, DriftFinding, DriftReport

ROWS_MAX = 5_000
"""So many findings are in a page; of the rest, the number. JSON has them all."""

_STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
td, th { border-bottom: 1px solid #8884; padding: .4rem .6rem; text-align: left; vertical-align: top; }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
.count { display: inline-block; margin-right: 1.5rem; }
.error { color: #c22; } .warning { color: #a60; } .notice { color: #678; }
ul { margin: .2rem 0 0; padding-left: 1.2rem; }
"""

_HEADS = {
    "error": "Breaks a pact",
    "warning": "Touches an operation that a pact uses",
    "notice": "Elsewhere",
}


def report_page(report: DriftReport) -> str:
    """The page."""
    counts = "".join(
        f'<span class="count {grade}"><b>{number}</b> {grade}{"" if number == 1 else "s"}</span>'
        for grade, number in report.counts.items()
    )
    title = f"{report.old} → {report.new}"
    notes = "".join(f"<p>{escape(sentence)}</p>" for sentence in report.notes)
    untried = notes + "".join(f"<p><b>Inconclusive:</b> {escape(sentence)}</p>" for sentence in report.untried)
    parts = [_table(grade, [one for one in report.findings if one.grade == grade]) for grade in GRADES]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>Drift: {escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>Drift: {escape(title)}</h1>"
        f"<p>{counts}</p><p>{escape(report.sum)}</p>{untried}{''.join(parts)}</body></html>\n"
    )


def _table(grade: str, findings: list[DriftFinding]) -> str:
    if not findings:
        return ""
    rows = "".join(map(_row, findings[:ROWS_MAX]))
    more = f"<p>{len(findings) - ROWS_MAX} more are in the JSON.</p>" if len(findings) > ROWS_MAX else ""
    table = f"<table><tr><th>Kind</th><th>Where</th><th>What</th></tr>{rows}</table>{more}"
    head = f'<h2 class="{grade}">{_HEADS[grade]} ({len(findings)})</h2>'
    if grade != "notice":
        return head + table
    return f"{head}<details><summary>Show</summary>{table}</details>"


def _row(finding: DriftFinding) -> str:
    pacts = "".join(f"<li>{escape(name)}</li>" for name in finding.pacts)
    named = f"<ul>{pacts}</ul>" if pacts else ""
    return (
        f"<tr><td><code>{escape(finding.kind)}</code></td><td><code>{escape(finding.place)}</code></td>"
        f"<td>{escape(finding.says)}{named}</td></tr>"
    )
