"""`tidegate call ID`: one call as a timeline, with the reason of each step in a sentence."""

import json
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.table import Table
from rich.text import Text

from tidegate.cli.proxy.admin_port import AdminPort, admin_access
from tidegate.cli.proxy.delivery_commands import Admin, AsJson, ConfigFile
from tidegate.cli.proxy.delivery_tables import console
from tidegate.plain_text import plain
from tidegate.problems import UsageError

CallId = Annotated[str, typer.Argument(metavar="ID", help="The call's id: Tidegate-Call in the app's answer.")]


def call(call_id: CallId, config: ConfigFile = None, admin: Admin = None, as_json: AsJson = False) -> None:
    """Show what became of a call: each wait, each attempt and the end, and why. Exit 1 where it is not in memory."""
    if not call_id.strip():
        raise UsageError("name a call by its id; `tidegate calls` lists them")
    found: dict[str, Any] = AdminPort(admin_access(admin, config)).get(f"/calls/{quote(call_id, safe='')}")
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    head = f"{found['app']} → {found['vendor']} {found['operation']} ({found['method']} {found['path']})"
    typer.echo(f"{found['call']}  {plain(head)}  {found['ts']}")
    table = Table(box=None, pad_edge=False)
    table.add_column("at", justify="right", no_wrap=True)
    table.add_column("took", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("", overflow="fold")
    for event in found["timeline"]:
        took = f"{event['took_ms']:.1f} ms" if "took_ms" in event else ""
        cells = (f"{event['at_ms']:.1f} ms", took, event["what"], event["why"])
        table.add_row(*(Text(plain(cell)) for cell in cells))
    console().print(table)
