"""Rows of tables and lines of JSON are read one after the other, and what is none is refused at its place."""

import pytest

from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.request.row_bodies import lines, rows


def test_rows_have_the_names_of_the_first_or_none() -> None:
    assert rows('\ufeffa\tb\n1\t"x\ty"\n\n2', "text/tab-separated-values", named=True) == [
        {"a": "1", "b": "x\ty"},
        {"a": "2"},
    ]
    assert rows("1,2\r\n", "text/csv", named=False) == [["1", "2"]]
    assert rows("", "text/csv", named=True) == []


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(VendorError, match="no table"):
        rows('a,"b', "text/csv", named=True)


def test_lines_are_values_and_a_wrong_one_is_named() -> None:
    assert lines(b'{"a":1}\r\n\n2\n') == [{"a": 1}, 2]
    assert lines(b"\x1e1\n\x1e[2]\n") == [1, [2]]
    with pytest.raises(VendorError, match="Line 2"):
        lines(b"1\nx\n")


def test_there_are_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidegate.simulator.request.row_bodies.ROWS_MAX", 2)
    with pytest.raises(VendorError, match="more than 2"):
        lines(b"1\n2\n3")
    with pytest.raises(VendorError, match="more than 2"):
        rows("1\n2\n3", "text/csv", named=False)
