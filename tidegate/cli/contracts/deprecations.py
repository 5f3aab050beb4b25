"""`tidegate deprecations`: the operations that vendors have said to end, who calls them, and how long they last."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tidegate.cli.proxy.admin_port import AdminPort, admin_access
from tidegate.plain_line import plain

Admin = Annotated[str | None, typer.Option(help="The proxy's admin port.", envvar="TIDEGATE_ADMIN", metavar="URL")]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", "-c", help="The proxy's file; ./tidegate.yaml by default.")
]


def deprecations(
    vendor: Annotated[str | None, typer.Argument(help="Only this vendor.")] = None,
    *,
    within: Annotated[
        int | None, typer.Option(help="Exit with 1 where one that is called ends in so many days.", metavar="DAYS")
    ] = None,
    admin: Admin = None,
    config: ConfigFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show which operations end, when, and which apps still call them, as a running proxy has seen it."""
    path = f"/deprecations/{quote(vendor, safe='')}" if vendor else "/deprecations"
    document = AdminPort(admin_access(admin, config)).get(path, judged=within is not None)
    vendors: Mapping[str, Any] = {vendor: document} if vendor else document["vendors"]
    if as_json:
        typer.echo(json.dumps(document, indent=2))
    else:
        _print(vendors)
    due = [*_due(vendors, within)] if within is not None else []
    for sentence in due:
        typer.echo(plain(f"tidegate: {sentence}"), err=True)
    if due:
        raise typer.Exit(1)


def _print(vendors: Mapping[str, Any]) -> None:
    console = Console(highlight=False)
    console = console if console.is_terminal else Console(highlight=False, width=400)
    table = Table(box=None, pad_edge=False)
    for head in ("vendor", "operation", "said by", "ends", "days left", "first seen", "callers", "page"):
        table.add_column(head)
    for name, about in vendors.items():
        for one in about["operations"]:
            callers = ", ".join(f"{caller['app']} ×{caller['calls']}" for caller in one["callers"]) or "nobody"
            left = "" if one["days_left"] is None else f"{one['days_left']:g}"
            row = (name, one["operation"], " and ".join(one["said_by"]), _day(one["sunset"]), left,
                   _day(one["first_seen"]), callers, one["link"])  # fmt: skip
            table.add_row(*map(Text, map(plain, row)))
    if table.row_count:
        console.print(table)
    else:
        typer.echo("no vendor has said that an operation ends")
    for name, about in vendors.items():
        for one in about["versions"]:
            other = f", and {about['pin']} is asked for" if about["pin"] and about["pin"] != one["value"] else ""
            typer.echo(
                plain(f"{name} {one['operation']}: {one['header']} {one['value']} since {_day(one['first'])}{other}")
            )


def _day(at: float | str | None) -> str:
    if at is None or isinstance(at, str):
        return at or ""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")


def _due(vendors: Mapping[str, Any], within: int) -> Iterator[str]:
    for name, about in vendors.items():
        for one in about["operations"]:
            if one["callers"] and one["days_left"] is not None and one["days_left"] <= within:
                yield f"{name} {one['operation']} ends in {one['days_left']:g} days, and is called"
