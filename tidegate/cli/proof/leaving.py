"""How a command that judges ends: its JUnit file, its annotations for GitHub, its exit code."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tidegate.problems import UsageError
from tidegate.verdict import CaseVerdict, as_junit, exit_code, github_annotations

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
JUnit = Annotated[Path | None, typer.Option("--junit", help="Write the verdict to this JUnit file.", metavar="FILE")]
GitHub = Annotated[bool, typer.Option("--github", help="Print annotations for GitHub's actions as well.")]


def leave(cases: Sequence[CaseVerdict], suite: str, junit_file: Path | None, *, github: bool = False) -> None:
    """Write what was asked for. Leaves with 1 where something broke, with 2 where something was not tried.

    Raises UsageError where the file cannot be written.
    """
    if junit_file is not None:
        write_junit(junit_file, as_junit(suite, cases))
    if github:
        for line in github_annotations(cases):
            typer.echo(line)
    code = exit_code(cases)
    if code:
        raise typer.Exit(code)


def write_junit(file: Path, text: str) -> None:
    """Write a JUnit file. Raises UsageError where it cannot be written."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--junit {file}: cannot be written: {error.strerror}") from None
