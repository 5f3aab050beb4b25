"""The reference of the command line: a page for each first word, made from the commands as typer knows them.

Examples come from the pages of docs/, where tests run them. It knows no command by name.
"""

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, NamedTuple

from typer.main import get_command

from tidegate.cli import COMMANDS, GROUPS, Command, application, called

EXAMPLES_MAX = 4
"""So many examples of one command are shown, the first ones that are found."""


class Example(NamedTuple):
    """A line that calls a command, and the page where it stands: its file under docs/, and its title."""

    line: str
    page: str
    title: str


def examples_in(page: str, text: str) -> list[Example]:
    """The calls in the console blocks of a page."""
    title = text.partition("\n")[0].lstrip("# ")
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = (line for block in blocks for line in block.splitlines())
    return [
        Example(line.removeprefix("$ .venv/bin/"), page, title)
        for line in lines
        if line.startswith("$ .venv/bin/tidegate ")
    ]


def by_command(examples: Iterable[Example]) -> dict[Command, list[Example]]:
    """The examples of each command, each line once."""
    found: dict[Command, list[Example]] = {}
    for example in examples:
        command = called(example.line.split("#")[0].split()[1:])
        if command is not None:
            of_it = found.setdefault(command, [])
            if example.line not in [other.line for other in of_it]:
                of_it.append(example)
    return found


def command_pages(examples: Mapping[Command, list[Example]]) -> dict[str, str]:
    """`reference/commands/<word>.md` → its text, for every first word."""
    words = dict.fromkeys(command.words[0] for command in COMMANDS)
    return {f"reference/commands/{word}.md": _page(word, examples) for word in words}


def _page(word: str, examples: Mapping[Command, list[Example]]) -> str:
    commands = [command for command in COMMANDS if command.words[0] == word]
    parts = [f"# `tidegate {word}`\n"]
    if word in GROUPS:
        parts.append(f"{GROUPS[word]}\n")
        rows = [f"| [`{' '.join(c.words)}`](#{_anchor(c)}) | {_cell(c.help)} |" for c in commands]
        parts.append("\n".join(("| Command | What it does |", "| --- | --- |", *rows)) + "\n")
    for command in commands:
        if word in GROUPS:
            parts.append(f"## `tidegate {' '.join(command.words)}`\n")
        parts.append(_command(command, examples.get(command, [])))
    parts.append("Exit codes, and all commands on one page: [the command line](../../cli.md).\n")
    return "\n".join(parts)


def _command(command: Command, examples: Iterable[Example]) -> str:
    words, node = [*command.words], get_command(application(command))
    for word in words:
        node = node.commands[word]  # type: ignore[attr-defined]  # a word that another follows is a group
    name = " ".join(("tidegate", *words))
    context: Any = node.make_context(name, [], resilient_parsing=True)
    usage = node.get_usage(context).removeprefix("Usage: ")
    parts = [f"{_prose(node.help or command.help)}\n", f"```text\n{' '.join(usage.split())}\n```\n"]
    for kind, heading in (("argument", "Argument"), ("option", "Option")):
        records = [
            record
            for parameter in node.params
            if parameter.param_type_name == kind and (record := parameter.get_help_record(context)) is not None
        ]
        if records:
            rows = [f"| `{_cell(names)}` | {_cell(_plain(text))} |" for names, text in records]
            parts.append("\n".join((f"| {heading} | What it means |", "| --- | --- |", *rows)) + "\n")
    shown = [*examples][:EXAMPLES_MAX]
    if shown:
        lines = "\n".join(f"$ {example.line}" for example in shown)
        pages = dict.fromkeys((example.page, example.title) for example in shown)
        links = ", ".join(f"[{title}](../../{page})" for page, title in pages)
        parts.append(f"```console\n{lines}\n```\n\nMore about it: {links}.\n")
    return "\n".join(parts)


def _anchor(command: Command) -> str:
    return "-".join(("tidegate", *command.words))


def _prose(text: str) -> str:
    """A docstring as Markdown: paragraphs as they are, and words in angle brackets not taken for HTML."""
    return escape(text.replace("\f", ""), quote=False).strip()


def _plain(text: str) -> str:
    return escape(" ".join(text.split()), quote=False).replace("*", "\\*").replace("_", "\\_")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
