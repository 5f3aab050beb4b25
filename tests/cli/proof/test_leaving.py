"""How a command that judges ends."""

from pathlib import Path

import pytest
import typer

from tidegate.cli.proof.leaving import leave, write_page
from tidegate.problems import UsageError
from tidegate.report.report_page import ReportPage, ReportVerdict
from tidegate.verdict import CaseVerdict


def test_what_held_leaves_quietly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    leave([CaseVerdict("a")], "x", tmp_path / "x.xml", github=True)
    assert 'failures="0"' in (tmp_path / "x.xml").read_text(encoding="utf-8")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("case", "code"), [(CaseVerdict("a", ["b"]), 1), (CaseVerdict("a", (), ["c"]), 2)])
def test_what_broke_or_was_not_tried_is_the_exit_code(
    case: CaseVerdict, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as left:
        leave([case], "x", None, github=True)
    assert left.value.exit_code == code
    assert capsys.readouterr().out.startswith("::")


def test_beside_a_json_document_annotations_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        leave([CaseVerdict("a", ["b"])], "x", None, github=True, as_json=True)
    assert capsys.readouterr() == ("", "::error title=a::b\n")


def test_a_file_that_cannot_be_written_is_wrong_usage(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere" / "x.xml"):
        with pytest.raises(UsageError, match="cannot be written"):
            leave([CaseVerdict("a")], "x", place)


def test_a_page_says_what_made_it_and_hides_secrets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "page.html"
    write_page(file, lambda: ReportPage("sk_1234567", ReportVerdict("held")), ["sk_1234567"])
    text = file.read_text(encoding="utf-8")
    assert "made by</dt><dd>tidegate " in text
    assert "sk_1234567" not in text
    assert capsys.readouterr() == ("", f"{file} written\n")


def test_no_page_is_made_where_none_is_asked_for() -> None:
    write_page(None, lambda: pytest.fail("it was made"))


def test_what_machines_read_is_written_before_the_page(tmp_path: Path) -> None:
    def page() -> None:
        assert (tmp_path / "x.xml").exists()
        raise UsageError("the disk is full")

    with pytest.raises(UsageError, match="the disk is full"):
        leave([CaseVerdict("a", ["b"])], "x", tmp_path / "x.xml", page=page)
