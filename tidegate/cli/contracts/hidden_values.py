"""Values that a command hides on a cassette, named by environment variables; and kinds of personal data."""

import os
from collections.abc import Sequence
from typing import Annotated, get_args

import typer

from tidegate.configfile.wording import nearest
from tidegate.problems import UsageError
from tidegate.redaction.patterns import PatternName

SecretNames = Annotated[
    list[str] | None, typer.Option("--secret", help="The environment variable of a value to hide.", metavar="NAME")
]
Hide = Annotated[
    list[str] | None, typer.Option("--hide", help="Hide `email` addresses or `phone` numbers, too.", metavar="KIND")
]


def secret_values(names: Sequence[str] | None) -> list[str]:
    """The values of these environment variables. Raises UsageError for one that is not set."""
    missing = [name for name in names or () if not os.environ.get(name)]
    if missing:
        raise UsageError(f"{missing[0]} is not set; --secret names an environment variable")
    return [os.environ[name] for name in names or ()]


def hidden_patterns(names: Sequence[str] | None) -> tuple[PatternName, ...]:
    """Kinds of personal data by their names. Raises UsageError for one that nobody knows."""
    known: tuple[PatternName, ...] = get_args(PatternName)
    for name in names or ():
        if name not in known:
            raise UsageError(f"--hide {name}: known are {', '.join(known)}{nearest(name, known)}")
    return tuple(one for one in known if one in (names or ()))
