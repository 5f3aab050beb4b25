"""The report of a verification as a page."""

from tests.tidegate.report.page_reading import ReadPage
from tidegate.contracts.verify import PactMismatch, Report
from tidegate.contracts.verify_page import unverified_page, verify_page
from tidegate.report.page import page

MISMATCH = PactMismatch("a list", "$.object", "3", '"<b>list"', "Expected 3 but got a list")


def read(report: Report) -> ReadPage:
    return ReadPage(page(verify_page(report, "http://127.0.0.1:1", "tidegate contracts verify acme")))


def test_what_holds_says_so_with_its_count() -> None:
    text = read(Report("acme", 3, 3, (), ())).text
    for words in ("Held", "of 3 interactions", "http://127.0.0.1:1", "tidegate contracts verify acme"):
        assert words in text


def test_what_broke_is_shown_with_both_sides() -> None:
    text = read(Report("acme", 3, 3, (MISMATCH, MISMATCH), ("x is not there",), ("a message",))).text
    for words in ("Broken", "a list: $.object: Expected 3", '"<b>list"', "x is not there", "a message"):
        assert words in text


def test_what_nobody_answered_is_inconclusive() -> None:
    shown = ReadPage(page(unverified_page("acme", "no provider answers", "c")))
    assert "Inconclusive" in shown.text
    assert "no provider answers" in shown.text
