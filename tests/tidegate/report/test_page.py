"""The page: everything is on it, it needs nothing else, and it believes no text."""

from collections.abc import Sequence

import pytest

from tests.tidegate.report.page_reading import ReadPage
from tidegate.report import page as pages
from tidegate.report.charts import (
    Chart,
    ChartCeiling,
    ChartLane,
    ChartRow,
    ChartSeries,
    ChartSpan,
    CourseChart,
    LaneChart,
    RowChart,
)
from tidegate.report.masking import CHARS_MAX
from tidegate.report.page import page
from tidegate.report.report_page import KeyFigure, ReportPage, ReportSection, ReportTable, ReportVerdict

HOSTILE = "<script>alert(1)</script>{{ 7*7 }}\"'&\x00\ud800\u202e"


def charts(text: str) -> Sequence[Chart]:
    return [
        CourseChart(text, text, 60, text, [ChartSeries(text, [1, 2], "good")], stacked=True,
                    bands=[ChartSpan(0, 50, text)], ceiling=ChartCeiling(2, text)),
        LaneChart(text, text, 60, [ChartLane(text, [ChartSpan(0, 9, text)])]),
        RowChart(text, text, text, [ChartRow(text, 5, "first", text)]),
    ]  # fmt: skip


def report(text: str = "word") -> ReportPage:
    return ReportPage(
        text,
        ReportVerdict("broken", [text], [text]),
        [text],
        [KeyFigure(text, text, text, "bad")],
        [ReportSection(text, [text], charts(text), [
            ReportTable(text, (text, text), [(text, text)]), ReportTable(text, (text,), [(text,)], folded=True),
        ])],
        [(text, text)],
        [text],
    )  # fmt: skip


def test_everything_that_is_in_the_report_is_on_the_page() -> None:
    read = ReadPage(page(report("needle")))
    assert read.tags.count("svg") == 3 + 3, "three of them in legends"
    assert read.tags.count("table") == 3 + 2, "each chart has its own"
    for words in ("Broken", "not tried: needle", "How to repeat it"):
        assert words in read.text
    assert read.text.count("needle") > 40


def test_a_page_needs_nothing_else_and_believes_no_text() -> None:
    markup = page(report(HOSTILE))
    ReadPage(markup)
    assert "<script" not in markup
    assert "{{ 7*7 }}" in markup, "it is no template"
    assert not {"\x00", "\ud800", "\u202e"} & set(markup)
    markup.encode()
    assert "default-src 'none'" in markup
    assert "http" not in markup.replace("http-equiv", "")


def test_the_verdict_stands_before_all_else_and_how_to_repeat_it_last() -> None:
    markup = page(report())
    assert markup.index("<h1") < markup.index('class="verdict') < markup.index("<section") < markup.index("<footer")
    assert "<title>broken: word</title>" in markup


def test_what_is_long_is_cut_and_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "ROWS_MAX", 20)
    rows = [(f"{number}", "x" * 10_000) for number in range(27)]
    lines = [f"sentence {number}" for number in range(130)]
    section = ReportSection("s", (), (), [ReportTable("t", "ab", rows)])
    read = ReadPage(page(ReportPage("t", ReportVerdict("broken", lines), sections=[section])))
    assert read.tags.count("tr") == 21
    assert "7 more rows are not shown" in read.text
    assert "30 more are not shown" in read.text
    assert max(map(len, read.texts)) <= CHARS_MAX + 1


def test_a_page_of_too_many_parts_says_how_many_are_left_out() -> None:
    many = [ReportSection(f"part {number}") for number in range(pages.SECTIONS_MAX + 3)]
    text = ReadPage(page(ReportPage("t", ReportVerdict("held"), sections=many))).text
    assert "3 more parts are not shown" in text
    assert f"part {pages.SECTIONS_MAX}" not in text


def test_secrets_are_masked_in_pictures_too() -> None:
    assert "sk_live_1234" not in page(report("sk_live_1234"), ["sk_live_1234"])


def test_an_empty_report_is_a_page() -> None:
    read = ReadPage(page(ReportPage("t", ReportVerdict("held"))))
    assert "Held: every promise was kept" in read.text
    assert "figures" not in read.text


def test_the_same_report_is_the_same_bytes() -> None:
    assert page(report()) == page(report())
