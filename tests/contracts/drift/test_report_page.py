"""The report as a page."""

from html.parser import HTMLParser

import pytest

from tidegate.contracts.drift.drift_report import DriftFinding, DriftReport
from tidegate.contracts.drift.report_page import report_page

HOSTILE = '<script>alert(1)</script>"&'


class Elements(HTMLParser):
    """Counts elements, and refuses what a page of ours has not."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.rows = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "link", "img", "iframe")
        assert all(name not in ("src", "href") for name, _ in attrs)
        self.rows += tag == "tr"
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(report: DriftReport) -> Elements:
    elements = Elements()
    elements.feed(report_page(report))
    assert elements.open == []
    return elements


def test_a_page_needs_nothing_else_and_believes_no_text() -> None:
    findings = tuple(
        DriftFinding(grade, HOSTILE, HOSTILE, HOSTILE, (HOSTILE,)) for grade in ("error", "warning", "notice")
    )
    report = DriftReport(HOSTILE, "new", findings, 1, (HOSTILE,))
    assert read(report).rows == 6
    assert "<script" not in report_page(report)


def test_a_page_is_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidegate.contracts.drift.report_page.ROWS_MAX", 20)
    many = tuple(DriftFinding("notice", "k", "p", "s") for _ in range(27))
    report = DriftReport("a", "b", many, 0)
    assert read(report).rows == 21
    assert "7 more are in the JSON" in report_page(report)
