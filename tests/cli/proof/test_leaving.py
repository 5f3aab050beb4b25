"""How a command that judges ends."""

from pathlib import Path

import pytest
import typer

from tidegate.cli.proof.leaving import leave
from tidegate.problems import UsageError
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


def test_a_file_that_cannot_be_written_is_wrong_usage(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere" / "x.xml"):
        with pytest.raises(UsageError, match="cannot be written"):
            leave([CaseVerdict("a")], "x", place)
