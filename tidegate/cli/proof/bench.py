"""`tidegate bench`: processor time per call through the proxy, next to a bare aiohttp forwarder, in one run."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tidegate.cli.proof.leaving import Html, Json, write_page
from tidegate.cli.proof.repeating import repeat_command
from tidegate.loadtests.bench.bench_page import bench_page
from tidegate.loadtests.bench.benchmark import run_bench
from tidegate.loadtests.bench.figures import BARE_UVLOOP, Row, document, headline, loose, ratio
from tidegate.loadtests.bench.process_priority import Priority, real_time
from tidegate.loadtests.programs import RunError
from tidegate.problems import UsageError


def bench(
    context: typer.Context,
    rounds: Annotated[int, typer.Option(help="Measured rounds; every row has its turn in each.", min=1)] = 15,
    calls: Annotated[int, typer.Option(help="Calls in one turn of one row.", min=1)] = 2000,
    tracing: Annotated[
        bool,
        typer.Option(help="Measure the row with 5 % of the calls traced to a collector, and take the ratio of it."),
    ] = True,
    pushing: Annotated[
        bool, typer.Option("--pushing", help="Measure a row that sends metrics to a collector every second, too.")
    ] = False,
    html: Html = None,
    as_json: Json = False,
) -> None:
    """Measure processor microseconds per call: Tidegate with every stage on, and a bare aiohttp forwarder."""
    progress = Console(stderr=True)
    try:
        with progress.status("") as status, real_time() as priority:
            rows = run_bench(rounds, calls, status.update, tracing=tracing, pushing=pushing)
    except RunError as error:
        raise UsageError(str(error)) from None
    for sentence in loose(rows):
        typer.echo(f"tidegate: {sentence}", err=True)
    if as_json:
        print(json.dumps(document(rows) | {"priority": priority}, sort_keys=True))
    else:
        _show(rows, rounds, priority)
    write_page(html, lambda: bench_page(rows, rounds, repeat_command(context)))


def _show(rows: list[Row], rounds: int, priority: Priority) -> None:
    table = Table(title=f"Processor time per call, medians of {rounds} rounds")
    for heading in ("row", "us a call", "cheapest - dearest", "calls/s", "core busy"):
        table.add_column(heading, justify="left" if heading == "row" else "right")
    for row in rows:
        cheapest, dearest = row.spread
        table.add_row(
            row.name, f"{row.us_per_call:.1f}", f"{cheapest:.1f} - {dearest:.1f}", f"{row.calls_per_s:,.0f}",
            f"{row.busy:.0%}",
        )  # fmt: skip
    latency = Table("row", "p50 us", "p99 us", title="From a call's bytes to its whole answer")
    for row in rows:
        latency.add_row(row.name, f"{row.p50_us:,.0f}", f"{row.p99_us:,.0f}")
    console = Console()
    console.print(table)
    console.print(latency)
    console.print(f"{headline(rows)} costs {ratio(rows):.2f} times {BARE_UVLOOP}.")
    console.print(f"All programs ran at {priority} priority.")
