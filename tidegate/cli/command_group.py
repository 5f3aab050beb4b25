"""A group of commands as typer has it: what holds for every command's help and for every wrong value.

It knows no command.
"""

from typing import Any

import typer
from typer.core import TyperGroup


class CommandGroup(TyperGroup):
    """Commands that tell a wrong value in words of ours alone."""

    def invoke(self, ctx: Any) -> Any:
        """Call the command. Raises what it raises."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as wrong:
            wrong.message = wrong.message.removeprefix("Value error, ")  # pydantic's words
            raise


def command_group(help_text: str, *, completion: bool = False) -> typer.Typer:
    """A group without commands. `-h` is `--help` in it and below it."""
    return typer.Typer(
        cls=CommandGroup,
        context_settings={"help_option_names": ["--help", "-h"]},
        help=help_text,
        no_args_is_help=True,
        add_completion=completion,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
