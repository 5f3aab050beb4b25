"""Files are written whole or not at all, and what cannot be written is told before it is needed."""

import os
from pathlib import Path

import pytest

from tidegate.problems import UsageError
from tidegate.whole_file import check_writable, write_whole


def test_a_file_is_written_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("old")
    write_whole(file, "new ü")
    assert file.read_text(encoding="utf-8") == "new ü"
    assert [*tmp_path.iterdir()] == [file]
    assert file.stat().st_mode & 0o600 == 0o600


def test_a_name_that_is_no_utf_8_is_escaped_as_on_standard_output(tmp_path: Path) -> None:
    file = tmp_path / "findings.json"
    write_whole(file, '"bad\udcff.py"')
    assert file.read_text(encoding="utf-8") == '"bad\\udcff.py"'
    assert [*tmp_path.iterdir()] == [file]


def test_what_a_link_points_to_is_written_and_the_link_stays(tmp_path: Path) -> None:
    link = tmp_path / "latest.html"
    link.symlink_to(tmp_path / "there.html")
    write_whole(link, "new")
    assert link.is_symlink()
    assert (tmp_path / "there.html").read_text() == "new"


def test_a_device_is_written_to() -> None:
    check_writable(Path(os.devnull))
    write_whole(Path(os.devnull), "gone")
    assert Path(os.devnull).is_char_device()


@pytest.mark.parametrize("name", ["nowhere/x.html", "file/x.html", ".", "x" * 300])
def test_a_place_that_cannot_be_written_is_told_before_and_after(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"cannot be written|this is a folder"):
        check_writable(tmp_path / name)
    with pytest.raises(UsageError, match="cannot be written"):
        write_whole(tmp_path / name, "text")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_to_look_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    check_writable(file)
    assert [*tmp_path.iterdir()] == []
    file.write_text("old")
    check_writable(file)
    assert file.read_text() == "old"


def test_a_hyphen_is_standard_output_and_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_whole(Path("-"), "text\n")
    assert capsys.readouterr().out == "text\n"
    assert list(tmp_path.iterdir()) == []


def test_a_link_that_leads_to_itself_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for act in (check_writable, lambda path: write_whole(path, "text")):
        with pytest.raises(UsageError, match="loop: this file cannot be written: Too many levels of symbolic links"):
            act(tmp_path / "loop")
    assert (tmp_path / "loop").is_symlink()
