"""Files that options name, for a command to write: each is another one, which is seen before the command begins.

What is written there, it refuses to know.
"""

import os
from pathlib import Path

import typer

from tidegate.problems import UsageError
from tidegate.whole_file import check_writable

_CLAIMED = "tidegate.written"


def writable(context: typer.Context, option: typer.CallbackParam, file: Path | None) -> Path | None:
    """A file of its own that can be written: seen when the options are read, and not when a long run is over."""
    if file is not None:
        check_writable(file)
    return own_file(context, option, file)


def own_file(context: typer.Context, option: typer.CallbackParam, file: Path | None) -> Path | None:
    """A file that no other option of the call has: one would take the place of the other. Raises UsageError."""
    if file is None or str(file) == "-" or (file.exists() and not file.is_file()):
        return file
    name = max(option.opts, key=len)
    other = context.meta.setdefault(_CLAIMED, {}).setdefault(os.path.realpath(file), name)
    if other != name:
        raise UsageError(f"{name} {file}: {other} names the same file; name another one")
    return file
