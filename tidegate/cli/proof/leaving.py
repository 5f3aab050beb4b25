"""How a command that judges ends: its page, its JUnit file, its annotations for GitHub, its exit code."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from tidegate.cli.written_file import writable
from tidegate.report.report_page import ReportPage
from tidegate.verdict import CaseVerdict, as_junit, exit_code, github_annotations
from tidegate.whole_file import write_whole
from tidegate.world.world import RealWorld

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
JUnit = Annotated[
    Path | None,
    typer.Option("--junit", help="Write the verdict to this JUnit file.", metavar="FILE", callback=writable),
]
Html = Annotated[
    Path | None,
    typer.Option(
        "--html", help="Write a report with pictures to this file: one page that needs nothing else.", metavar="FILE",
        callback=writable,
    ),
]  # fmt: skip
GitHub = Annotated[bool, typer.Option("--github", help="Print annotations for GitHub's actions as well.")]


def leave(
    cases: Sequence[CaseVerdict],
    suite: str,
    junit_file: Path | None,
    *,
    github: bool = False,
    as_json: bool = False,
    page: Callable[[], None] = lambda: None,
) -> None:
    """Write what was asked for, what machines read first. `page` writes the page of the run.

    Annotations go to standard error where standard output has one JSON document, and nothing else.

    Leaves with 1 where something broke, with 2 where something was not tried. Raises UsageError where a file cannot be
    written.
    """
    if junit_file is not None:
        write_junit(junit_file, as_junit(suite, cases))
    if github:
        for line in github_annotations(cases):
            typer.echo(line, err=as_json)
    page()
    code = exit_code(cases)
    if code:
        raise typer.Exit(code)


def write_junit(file: Path, text: str) -> None:
    """Write a JUnit file. Raises UsageError where it cannot be written."""
    write_whole(file, text)


def write_page(file: Path | None, made: Callable[[], ReportPage], secrets: Iterable[str] = ()) -> None:
    """Write the page of a run, where one is asked for, with `secrets` masked.

    Raises UsageError where it cannot be written.
    """
    if file is None:
        return
    from tidegate.report.page import page

    report = made()
    at = datetime.fromtimestamp(RealWorld().wall(), UTC)
    facts = [*report.facts, ("made by", f"tidegate {version('tidegate')}"), ("made at", f"{at:%Y-%m-%d %H:%M} UTC")]
    write_whole(file, page(replace(report, facts=facts), secrets))
    typer.echo(f"{file} written", err=True)
