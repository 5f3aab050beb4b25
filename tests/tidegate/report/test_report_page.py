"""The verdict of a report is that of the command's exit code."""

import pytest

from tidegate.report.report_page import ReportTable, ReportVerdict
from tidegate.verdict import CaseVerdict


@pytest.mark.parametrize(
    ("cases", "verdict"),
    [
        ([CaseVerdict("a")], ReportVerdict("held", [], [])),
        ([CaseVerdict("a", ["x"])], ReportVerdict("broken", ["x"], [])),
        ([], ReportVerdict("inconclusive", [], [])),
        ([CaseVerdict("a", ["x"]), CaseVerdict("b", (), ["y"])], ReportVerdict("broken", ["a: x"], ["b: y"])),
    ],
)
def test_the_word_follows_from_the_cases(cases: list[CaseVerdict], verdict: ReportVerdict) -> None:
    assert ReportVerdict.of(cases) == verdict


def test_a_column_of_numbers_is_one_whatever_their_units() -> None:
    rows = [("1", "1,020", "10 min 5 s", "", "7 of x.", "97%"), ("2", "0.5", "0.25 s", "–", "8", "12")]
    assert ReportTable("t", ("a", "b", "c", "d", "e", "f"), rows).numeric == {1, 2, 3, 5}


def test_a_table_that_is_cut_knows_how_much_is_missing() -> None:
    table = ReportTable("t", ("a",), [("x",)] * 5)
    assert (table.bounded(5), len(table.bounded(3).rows), table.bounded(3).more) == (table, 3, 2)
