"""The command that repeats a run: what was given, and nothing that only shows it."""

import enum
import shlex
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from tidegate.cli.proof.repeating import repeat_command


class Size(enum.StrEnum):
    """An option of few words."""

    BIG = "big"


def repeated(*arguments: str, **said: object) -> str:
    seen: list[str] = []
    app = typer.Typer()

    @app.command("run")
    def run(
        context: typer.Context,
        names: Annotated[list[str] | None, typer.Argument()] = None,
        output: Annotated[Path | None, typer.Option("--output", "-o")] = None,
        seed: int = 1,
        seconds: float = 2.0,
        size: Size = Size.BIG,
        tracing: Annotated[bool, typer.Option()] = True,
        header: Annotated[list[str] | None, typer.Option()] = None,
        token: Annotated[str | None, typer.Option(envvar="REPEATED_TOKEN")] = None,
        html: Annotated[Path | None, typer.Option()] = None,
        as_json: Annotated[bool, typer.Option("--json")] = False,
    ) -> None:
        seen.append(repeat_command(context, **said))

    @app.command("other")
    def other() -> None:
        """So that the first one keeps its word."""

    result = CliRunner().invoke(app, ["run", *arguments], env={"REPEATED_TOKEN": "hidden"}, prog_name="tidegate")
    assert result.exit_code == 0, result.output
    return seen[0]


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        ([], "tidegate run"),
        (["a b", "c", "--seconds", "0.1234567891"], "tidegate run 'a b' c --seconds 0.1234567891"),
        (["--seconds", "3", "--", "--users", "7"], "tidegate run --seconds 3 -- --users 7"),
        (["-o", "x", "--size", "big", "--no-tracing"], "tidegate run --output x --size big --no-tracing"),
        (["--html", "p.html", "--json", "--header", "A: b", "--header", "C: d"],
         "tidegate run --header 'A: b' --header 'C: d'"),
    ],
)  # fmt: skip
def test_what_was_given_is_repeated(arguments: list[str], command: str) -> None:
    assert repeated(*arguments) == command


def test_what_must_be_said_is_said_though_it_was_not_given() -> None:
    assert repeated(seed=7) == "tidegate run --seed 7"
    assert repeated("--seed", "3", seed=3) == "tidegate run --seed 3"


def test_a_repeated_command_is_read_as_it_was_given() -> None:
    words = shlex.split(repeated("it's $HOME", "--header", "A: `x`"))
    assert words == ["tidegate", "run", "it's $HOME", "--header", "A: `x`"]
