"""Tests of tidegate.cli.command_group."""

from enum import StrEnum

import typer
from typer.testing import CliRunner

from tidegate.cli.command_group import command_group


class Form(StrEnum):
    """Forms."""

    TEXT = "text"
    JSON = "json"


def shown(*arguments: str) -> tuple[int, str]:
    root, below = command_group("All."), command_group("Some.")
    root.add_typer(below, name="below")

    @below.command("print")
    def _print(form: Form = Form.TEXT) -> None:
        """Print it."""
        typer.echo(form)

    @below.command("other")
    def _other() -> None: ...

    result = CliRunner().invoke(root, list(arguments))
    return result.exit_code, result.output


def test_a_wrong_word_is_told_with_the_known_ones_and_nothing_of_a_library() -> None:
    code, text = shown("below", "print", "--form", "xml")
    assert code == 2
    assert "Invalid value for '--form': 'xml' is not one of 'text', 'json'." in text


def test_the_short_option_asks_every_level_for_help() -> None:
    assert all(shown(*words, "-h") == shown(*words, "--help") for words in ((), ("below",), ("below", "print")))
    assert "Print it." in shown("below", "print", "-h")[1]
    assert shown("below", "print") == (0, "text\n")
