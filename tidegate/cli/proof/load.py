"""`tidegate load burst`: one Locust burst through proxy and simulator, with a verdict that sets the exit code."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tidegate.cli.proof.leaving import GitHub, Json, JUnit, leave, write_junit
from tidegate.loadtests.burst import BurstRun, run_burst
from tidegate.loadtests.burst_junit import junit
from tidegate.loadtests.programs import RunError
from tidegate.loadtests.schedule import LoadShape
from tidegate.problems import UsageError

SUITE = "tidegate load burst"


def burst(
    rate: Annotated[float, typer.Option(help="Sustained calls a second; the burst has ten times that.")] = 40.0,
    seconds: Annotated[float, typer.Option(help="Length of the run; the burst takes 3 s in the middle.")] = 12.0,
    as_json: Json = False,
    junit_file: JUnit = None,
    github: GitHub = False,
) -> None:
    """Send a burst of ten times the sustained rate through proxy and simulator, and judge what became of it.

    Exits with 1 where a promise broke, and with 2 where the run could not be made or no call was offered.
    """
    shape = LoadShape(rate, seconds)
    progress = Console(stderr=True)
    try:
        with progress.status("") as status:
            ran = run_burst(shape, status.update)
    except RunError as error:
        raise UsageError(str(error)) from None
    verdict = ran.verdict
    if junit_file is not None:
        write_junit(junit_file, junit(SUITE, verdict, ran.seconds))
    if as_json:
        print(json.dumps({"rate": rate, "seconds": seconds, **verdict.document()}, sort_keys=True))
    else:
        _show(ran)
    leave([verdict.case(SUITE)], SUITE, None, github=github)


def _show(ran: BurstRun) -> None:
    figures, console = ran.verdict.figures, Console()
    counts = Table(
        "what", "count", title=f"{ran.shape.rate_per_s:g} calls/s, {ran.shape.factor:g} times that in between"
    )
    counts.columns[1].justify = "right"
    for what, count in (
        ("offered", f"{figures.offered} (peak {figures.offered_peak_per_s:g}/s)"),
        ("achieved", f"{figures.achieved} (peak {figures.achieved_peak_per_s:g}/s)"),
        ("late starts", f"{figures.late_starts} (latest {figures.latest_start_ms:g} ms)"),
        ("told done", f"{figures.done} of {figures.feasible} feasible"),
        ("told to come back later", str(figures.refused)),
        ("requests at the vendor", f"{figures.vendor_requests} ({figures.vendor_refusals} refused)"),
        ("payments that happened", str(figures.effects)),
        ("p50 / p99 from the planned start", f"{figures.p50_ms:g} / {figures.p99_ms:g} ms"),
        ("p50 / p99 of the done ones", f"{figures.done_p50_ms:g} / {figures.done_p99_ms:g} ms"),
    ):
        counts.add_row(what, count)
    promises = Table("promise", "held", "found")
    for promise in ran.verdict.promises:
        promises.add_row(promise.name, "yes" if promise.held else "[bold red]NO[/]", promise.found)
    console.print(counts)
    console.print(promises)
    for sentence in ran.verdict.inconclusive:
        console.print(Text(f"inconclusive: {sentence}", style="bold yellow"))
    if not ran.verdict.inconclusive:
        console.print("Held." if ran.verdict.held else "[bold red]A promise broke.[/]")
