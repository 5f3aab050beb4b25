"""The report as a page."""

from tests.tidegate.report.page_reading import ReadPage
from tidegate.contracts.drift.drift_report import DriftFinding, DriftReport, Grade
from tidegate.contracts.drift.report_page import PACTS_SHOWN, drift_page
from tidegate.report.page import ROWS_MAX, page

HOSTILE = '<script>alert(1)</script>"&'
EACH: tuple[Grade, ...] = ("error", "warning", "notice")


def read(report: DriftReport, fail_on: Grade = "error") -> ReadPage:
    return ReadPage(page(drift_page(report, fail_on, "tidegate contracts drift a b")))


def test_a_page_has_each_change_under_its_grade_and_believes_no_text() -> None:
    findings = tuple(DriftFinding(grade, HOSTILE, HOSTILE, HOSTILE, (HOSTILE,)) for grade in EACH)
    shown = read(DriftReport(HOSTILE, "new", findings, 1, (HOSTILE,), ("a note",)))
    heads = ("Breaks a pact", "Touches an operation that a pact uses", "Elsewhere")
    for words in (*heads, HOSTILE, "not tried: ", "a note", "tidegate contracts drift a b", "1 interactions of pacts"):
        assert words in shown.text
    assert shown.tags.count("figure") == 3


def test_the_verdict_is_that_of_the_grade_from_which_it_fails() -> None:
    report = DriftReport("a", "b", (DriftFinding("warning", "kind", "place", "says"),), 1)
    assert "Held" in read(report).text
    assert "Broken" in read(report, "warning").text
    assert read(DriftReport("a", "b", (), 0)).tags.count("figure") == 0


def test_many_interactions_and_many_changes_are_bound() -> None:
    pacts = tuple(f"pact {number}." for number in range(PACTS_SHOWN + 3))
    many = (
        *(DriftFinding("notice", "k", "p", "s") for _ in range(ROWS_MAX + 7)),
        DriftFinding("error", "k", "p", "s", pacts),
    )
    shown = read(DriftReport("a", "b", many, 0))
    assert "7 more rows are not shown" in shown.text
    assert "and 3 more" in shown.text
    assert "pact 20." not in shown.text.partition("Breaks a pact")[2]
