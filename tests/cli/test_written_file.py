"""Tests of tidegate.cli.written_file."""

import os
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from tidegate.cli.written_file import own_file, writable
from tidegate.problems import UsageError


def refusal(*arguments: str) -> str:
    """What is said of these options; nothing where they are taken."""
    app = typer.Typer()

    @app.command()
    def _command(
        junit: Annotated[Path | None, typer.Option("--junit", callback=writable)] = None,
        output: Annotated[Path | None, typer.Option("--output", "-o", callback=own_file)] = None,
        alerts: Annotated[Path | None, typer.Option("--alerts", callback=own_file)] = None,
    ) -> None: ...

    result = CliRunner().invoke(app, list(arguments))
    assert result.exception is None or isinstance(result.exception, UsageError)
    return str(result.exception or "")


def test_two_options_that_name_one_file_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to("a")
    for other in ("a", "./a", str(tmp_path / "a"), "link"):
        assert (
            refusal("--junit", "a", "-o", other)
            == f"--output {Path(other)}: --junit names the same file; name another one"
        )
    assert [*tmp_path.iterdir()] == [tmp_path / "link"]


def test_other_files_devices_and_standard_output_are_taken(tmp_path: Path) -> None:
    null = os.devnull
    for given in (("--junit", null, "-o", null), ("-o", "-", "--alerts", "-"), ("-o", f"{tmp_path}/a"), ()):
        assert refusal(*given) == ""
    assert refusal("--junit", f"{tmp_path}/a", "-o", f"{tmp_path}/b") == ""


def test_what_cannot_be_written_is_told_before_the_command_begins(tmp_path: Path) -> None:
    assert refusal("--junit", str(tmp_path)).endswith("this is a folder; name a file in it")
    assert refusal("--junit", f"{tmp_path}/nowhere/x").endswith("No such file or directory")
    assert refusal("--junit", "-") == "-: name a file; standard output has the verdict"
