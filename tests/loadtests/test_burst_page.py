"""The report of a load as a page."""

from dataclasses import replace

from tests.loadtests.test_burst_verdict import RECORDS, verdict
from tests.loadtests.test_load_charts import PLAYED
from tests.tidegate.report.page_reading import ReadPage
from tidegate.loadtests.burst_page import burst_page
from tidegate.loadtests.burst_verdict import BurstVerdict
from tidegate.report.page import page


def read(found: BurstVerdict) -> ReadPage:
    return ReadPage(page(burst_page(found, PLAYED, "small", "tidegate load burst")))


def test_what_held_is_shown_with_its_promises() -> None:
    shown = read(verdict())
    for words in ("Held", "not doubled", "from the planned start to the answer", "ferries", "tidegate load burst"):
        assert words in shown.text
    assert shown.tags.count("figure") == 6


def test_what_broke_is_named() -> None:
    assert "offered: 3 of 10 planned calls were made" in read(verdict(records=RECORDS[:3])).text


def test_where_nobody_could_be_asked_there_is_no_quota() -> None:
    evidence = replace(PLAYED.evidence, journals=None)
    alone = burst_page(verdict(asked=False), replace(PLAYED, evidence=evidence), "small", "c")
    assert "over quota" not in ReadPage(page(alone)).text
