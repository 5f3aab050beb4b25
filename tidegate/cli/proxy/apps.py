"""`tidegate apps …`: tokens of apps, and what the apps of a tidegate.yaml may do.

A token is printed once and stored nowhere; what goes into tidegate.yaml is its hash. No proxy is asked.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from tidegate.configfile.units import parse_duration, written_duration
from tidegate.problems import UsageError
from tidegate.proxy.app_config import AppSettings
from tidegate.proxy.config import Config, load_config
from tidegate.proxy.config_values import APP_NAME
from tidegate.proxy.identity.token_hash import RANDOM_BYTES, new_token
from tidegate.world.world import RealWorld

ConfigFile = Annotated[
    Path | None, typer.Option("--config", "-c", help="The proxy's file; ./tidegate.yaml by default.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def token(
    name: Annotated[str, typer.Argument(help="The app, or with --admin the person or program.")],
    expires: Annotated[str | None, typer.Option(help="How long it is good, like 90d; for ever without it.")] = None,
    admin: Annotated[bool, typer.Option("--admin", help="A token for the admin port.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a token, and print it once, with the line for tidegate.yaml that holds its hash."""
    if re.fullmatch(APP_NAME, name) is None:
        raise UsageError(f"{name!r} is no name: letters, digits, dots, hyphens and underscores, 64 at most")
    world = RealWorld()
    made, kept = new_token(world.secret_bytes(RANDOM_BYTES))
    until = _until(expires, world.wall()) if expires is not None else ""
    line = {"name" if admin else "app": name, "hash": str(kept)} | ({"expires": until} if until else {})
    if as_json:
        print(json.dumps({"token": made, **line}))
        return
    written = ", ".join(f"{key}: {json.dumps(value)}" for key, value in line.items())
    print(made)
    key = "admin_tokens" if admin else "tokens"
    typer.echo(
        f"\nThis is shown once. Give it to {name}, and add to tidegate.yaml:\n\n{key}:\n  - {{{written}}}", err=True
    )


NO_APPS = "none: tidegate.yaml names no app, so anybody on this machine may call; `tidegate apps token NAME` names one"


def list(config: ConfigFile = None, as_json: AsJson = False) -> None:  # noqa: A001 - the command's name
    """List the apps of tidegate.yaml, by what they are known, and what each may do."""
    settings = load_config(config)
    rows = [_row(settings, name) for name in sorted({*settings.apps, *(one.app for one in settings.tokens)})]
    if as_json:
        print(json.dumps({"apps": rows}))
        return
    if not rows:
        typer.echo(NO_APPS, err=True)
    for row in rows:
        print(row["app"])
        for name, value in row.items():
            if name != "app" and value:
                print(f"  {name}: {value if isinstance(value, str) else json.dumps(value)}")


def _row(settings: Config, name: str) -> dict[str, object]:
    app = settings.apps.get(name, AppSettings())
    tokens = [
        _shown(one.hash.id if one.hash else str(one.token), one.expires) for one in settings.tokens if one.app == name
    ]
    approve = app.approve if isinstance(app.approve, str) else {k: [*v] for k, v in (app.approve or {}).items()}
    return {
        "app": name,
        "tokens": tokens,
        "clients": [*app.clients],
        "uids": [*app.uids],
        "allow": "everything" if app.allow is None else {vendor: [*names] for vendor, names in app.allow.items()},
        "calls": app.calls.model_dump(exclude_none=True),
        "urgency": "" if app.urgency is None else f"at most u={app.urgency}",
        "approve": approve,
        "approve_within": written_duration(app.approve_within) if approve else "",
    }


def _shown(what: str, expires: float | None) -> str:
    return what if expires is None else f"{what} until {datetime.fromtimestamp(expires, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _until(expires: str, wall: float) -> str:
    try:
        good_s = parse_duration(expires)
    except ValueError as error:
        raise UsageError(f"--expires: {error}") from None
    if good_s < 1.0:
        raise UsageError("--expires: such a token would never be good; write how long it is, like 90d")
    return f"{datetime.fromtimestamp(wall + good_s, UTC):%Y-%m-%dT%H:%M:%SZ}"
