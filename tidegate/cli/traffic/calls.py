"""`tidegate calls`: the calls that a running proxy has answered lately, as a table, or as they come."""

import asyncio
import json
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from tidegate.cli.proxy.admin_port import AdminPort, admin_access
from tidegate.cli.proxy.delivery_commands import Admin, AsJson, ConfigFile
from tidegate.cli.proxy.delivery_tables import console
from tidegate.plain_text import plain
from tidegate.world.world import RealWorld

FOLLOW_S = 1.0
"""With --follow the proxy is asked again after so long."""
FOLLOW_LIMIT = 1000

Vendor = Annotated[str, typer.Option(help="Only calls to this vendor.")]
App = Annotated[str, typer.Option(help="Only calls of this app.")]
Operation = Annotated[str, typer.Option(help="Only calls of this operation.")]
VerdictOption = Annotated[str, typer.Option(help="Only calls that ended so: success, failed, throttled, refused, …")]
OutcomeOption = Annotated[str, typer.Option(help="Only writes of this outcome: done, 'not applied', unknown, …")]
ProblemOption = Annotated[str, typer.Option(help="Only calls that Tidegate answered itself, with this problem.")]
IdOption = Annotated[
    str, typer.Option("--id", help="Only calls whose id begins so, or of this trace, delivery or vendor's request id.")
]
Since = Annotated[str, typer.Option(help="Only calls that ended since then: 10m, or 2026-01-31T10:00:00Z.")]
Until = Annotated[str, typer.Option(help="Only calls that ended before then.")]


def calls(
    vendor: Vendor = "",
    app: App = "",
    operation: Operation = "",
    verdict: VerdictOption = "",
    outcome: OutcomeOption = "",
    problem: ProblemOption = "",
    id_: IdOption = "",
    since: Since = "",
    until: Until = "",
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=1000)] = 50,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Print calls as they end, until Ctrl-C.")] = False,
    config: ConfigFile = None,
    admin: Admin = None,
    as_json: AsJson = False,
) -> None:
    """List the calls that the proxy has in memory, the newest last. `tidegate call ID` shows one in full."""
    port = AdminPort(admin_access(admin, config))
    filters = {"vendor": vendor, "app": app, "operation": operation, "verdict": verdict, "outcome": outcome}
    filters |= {"problem": problem, "id": id_, "since": since, "until": until}
    query = [(name, value) for name, value in filters.items() if value]
    found = port.get("/calls", [*query, ("limit", str(limit))])["calls"][::-1]
    if as_json and not follow:
        typer.echo(json.dumps({"calls": found}, indent=2))
    elif follow:
        _follow(port, query, found)
    else:
        _print_table(found)


def _follow(port: AdminPort, query: list[tuple[str, str]], found: list[dict[str, Any]]) -> None:
    """A line of JSON for each call, those of before first."""
    seen = dict.fromkeys(call["call"] for call in found)
    fresh = found
    while True:
        for call in fresh:
            typer.echo(json.dumps(call))
        asyncio.run(RealWorld().sleep(FOLLOW_S))
        page = port.get("/calls", [*query, ("limit", str(FOLLOW_LIMIT))])["calls"][::-1]
        fresh = [call for call in page if call["call"] not in seen]
        seen = dict.fromkeys(call["call"] for call in page)


def _print_table(found: list[dict[str, Any]]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("ended", no_wrap=True, min_width=12)
    table.add_column("call", no_wrap=True, min_width=max((len(call["call"]) for call in found), default=4))
    for name, ratio in (("vendor", 2), ("operation", 4), ("app", 2)):
        table.add_column(name, no_wrap=True, overflow="ellipsis", ratio=ratio)
    for name in ("status", "ms", "tries"):
        table.add_column(name, justify="right", no_wrap=True, min_width=len(name))
    table.add_column("what became of it", no_wrap=True, overflow="ellipsis", ratio=5)
    for call in found:
        ended = call.get("problem") or call["verdict"]
        became = f"{ended}, {call['outcome']}" if call.get("outcome") else ended
        cells = (
            call["ts"][11:23], call["call"], call["vendor"], call["operation"], call["app"], call["status"] or "none",
            f"{call['took_ms']:.0f}", len(call["attempts"]), became,
        )  # fmt: skip
        table.add_row(*(Text(plain(cell)) for cell in cells))
    console().print(table)
    if not found:
        typer.echo("none", err=True)
