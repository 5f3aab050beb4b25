"""Headers that a command sends with each request to a provider: plain ones, and secrets by environment variables."""

import os
import re
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from tidegate.problems import UsageError
from tidegate.redaction.secret_names import sounds_secret

TokenEnv = Annotated[
    str | None, typer.Option(help="The environment variable that holds the key to send.", metavar="NAME")
]
PlainHeaders = Annotated[
    list[str] | None, typer.Option("--header", help="Send this header with each request.", metavar="'NAME: VALUE'")
]
SecretHeaders = Annotated[
    list[str] | None,
    typer.Option(
        "--header-env", help="Send a header whose value is in an environment variable.", metavar="NAME=VARIABLE"
    ),
]

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def sent_headers(token_env: str | None, plain: Sequence[str] | None, secret: Sequence[str] | None) -> Mapping[str, str]:
    """The headers. Raises UsageError for one that is written wrongly, a variable without value, a secret as plain text.

    A token goes as `Authorization: Bearer`.
    """
    headers: dict[str, str] = {}
    for written in plain or ():
        name, colon, value = written.partition(":")
        if not colon or _NAME.fullmatch(name) is None:
            raise UsageError(f"--header {written!r}: it looks like 'Accept-Language: en'")
        if name.lower() in {"authorization", "cookie"} or sounds_secret(name):
            raise UsageError(
                f"--header {name}: a secret does not belong on a command line; --header-env {name}=VARIABLE"
            )
        headers[name] = value.strip()
    for written in secret or ():
        name, equals, variable = written.partition("=")
        if not equals or _NAME.fullmatch(name) is None:
            raise UsageError(f"--header-env {written!r}: it looks like X-Api-Key=VENDOR_KEY")
        headers[name] = _value(variable)
    if token_env is not None:
        headers["Authorization"] = f"Bearer {_value(token_env)}"
    return headers


def sent_secrets(headers: Mapping[str, str], plain: Sequence[str] | None) -> list[str]:
    """The values among the headers that no output may show, a token without its scheme as well."""
    shown = {written.partition(":")[0] for written in plain or ()}
    values = [value for name, value in headers.items() if name not in shown]
    return [*values, *(value.removeprefix("Bearer ") for value in values)]


def _value(variable: str) -> str:
    value = os.environ.get(variable, "").strip()
    if not value:
        raise UsageError(f"the environment variable {variable} is not set")
    return value
