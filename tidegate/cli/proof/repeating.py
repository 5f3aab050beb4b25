"""The command that repeats a run, as a line for a shell."""

import shlex
from collections.abc import Iterator
from typing import Any

import typer

NOT_REPEATED = frozenset({"html", "json", "as_json", "junit_file", "github"})
"""What a command is only shown by."""


def repeat_command(context: typer.Context, **said: object) -> str:
    """The command of this call, with the options that it was given.

    `said` are values of parameters that are written although they were not given, such as a seed.
    """
    options, arguments = ([*_words(context, said, of)] for of in ("option", "argument"))
    # What looks like an option and is an argument stands behind a double dash.
    last = ["--", *arguments] if any(word.startswith("-") for word in arguments) else []
    first = [] if last else arguments
    return shlex.join([*context.command_path.split(), *first, *options, *last])


def _words(context: typer.Context, said: dict[str, object], of: str) -> Iterator[str]:
    for parameter in context.command.params:
        name = parameter.name or ""
        source = context.get_parameter_source(name)
        given = source is not None and source.name == "COMMANDLINE"
        if parameter.param_type_name != of or name in NOT_REPEATED or not (given or name in said):
            continue
        value = said.get(name, context.params.get(name))
        for one in value if isinstance(value, list | tuple) else [value]:
            yield from _word(parameter, one)


def _word(parameter: Any, value: object) -> Iterator[str]:
    """The words of one value of a parameter."""
    if parameter.param_type_name == "argument":
        yield _written(value)
    elif isinstance(value, bool):
        yield (parameter.opts if value else parameter.secondary_opts or parameter.opts)[-1]
    elif value is not None:
        yield from (parameter.opts[-1] if parameter.opts[-1].startswith("--") else parameter.opts[0], _written(value))


def _written(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    return str(getattr(value, "value", value))
