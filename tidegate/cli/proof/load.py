"""`tidegate load burst`, `soak` and `orders`: load through proxy and simulators, with a verdict.

The burst is ten times the usual load for three seconds; the soak is ordinary traffic for long; `orders` is the order
flow at ten times a shop's peak.
"""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from tidegate.chaos.judge.order_promises import broken, untried
from tidegate.chaos.report import report
from tidegate.chaos.report.order_table import orders_verdict
from tidegate.cli.proof.demo_orders import played_live
from tidegate.cli.proof.leaving import GitHub, Json, JUnit, leave, write_junit
from tidegate.loadtests.burst import BurstRun, run_burst
from tidegate.loadtests.programs import RunError
from tidegate.loadtests.promise import PromisesVerdict
from tidegate.loadtests.schedule import LoadShape
from tidegate.loadtests.soak.soak import SoakShape, run_soak
from tidegate.loadtests.soak.soak_verdict import SoakVerdict
from tidegate.problems import UsageError
from tidegate.verdict import CaseVerdict

SUITE = "tidegate load burst"
PEAK_PER_S = 5 / 60
"""The seed's peak: five orders a minute."""


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
    if junit_file is not None:
        write_junit(junit_file, ran.verdict.junit(SUITE, ran.seconds))
    if as_json:
        print(json.dumps({"rate": rate, "seconds": seconds, **ran.verdict.document()}, sort_keys=True))
    else:
        _show(ran)
    leave([ran.verdict.case(SUITE)], SUITE, None, github=github)


def soak(
    vendor: Annotated[str, typer.Argument(help="A shipped vendor's name.")],
    calls: Annotated[int, typer.Option(help="Calls straight through, and as many again at once.", min=1)] = 20_000,
    at_once: Annotated[int, typer.Option(help="Calls under way together in the second half.", min=1)] = 32,
    as_json: Json = False,
    junit_file: JUnit = None,
    github: GitHub = False,
) -> None:
    """Play a vendor's ordinary traffic for long: no call may fail, and all must be at rest afterwards.

    Exits with 1 where a promise broke, and with 2 where the run could not be made or no call was sent.
    """
    suite = f"tidegate load soak {vendor}"
    progress = Console(stderr=True)
    try:
        with progress.status("") as status:
            verdict = run_soak(vendor, SoakShape(calls, at_once), status.update)
    except RunError as error:
        raise UsageError(str(error)) from None
    if junit_file is not None:
        write_junit(junit_file, verdict.junit(suite, verdict.seconds))
    if as_json:
        print(json.dumps({"calls": calls, "at_once": at_once, **verdict.document()}, sort_keys=True))
    else:
        _show_soak(verdict)
    leave([verdict.case(suite)], suite, None, github=github)


def orders(
    times: Annotated[float, typer.Option(help="So many times a shop's peak of five orders a minute.", min=0.1)] = 10.0,
    minutes: Annotated[float, typer.Option(help="Length; the warehouse is away for a quarter of it.", min=0.2)] = 3.0,
    seed: Annotated[int, typer.Option(help="The same seed makes the same orders.")] = 1,
    as_json: Json = False,
    junit_file: JUnit = None,
    github: GitHub = False,
) -> None:
    """Send a shop's orders through inbox, app and outbox to a warehouse, on real sockets, and judge it.

    Exits with 1 where a promise broke, and with 2 where no order met the outage.
    """
    figures = played_live(minutes * 60.0, times * PEAK_PER_S, seed, report.console(stderr=True))
    case = CaseVerdict("tidegate load orders", broken(figures), untried(figures, outage=True))
    if as_json:
        print(json.dumps({"times": times, "minutes": minutes, **figures.described()}, sort_keys=True))
    else:
        report.console().print(orders_verdict({f"{times:g} ×": figures}))
        report.console().print(report.conclusion(case.broken, case.inconclusive))
    leave([case], "tidegate load orders", junit_file, github=github)


def _show_soak(verdict: SoakVerdict) -> None:
    counts = Table("stretch", "calls", "left by the app", "failures", title=f"{verdict.vendor}: ordinary traffic")
    for name, one in verdict.stretches.items():
        counts.add_row(name, str(one.calls), str(one.left), str(one.failures))
    console = Console()
    console.print(counts)
    console.print(_promises(verdict))
    for one in verdict.stretches.values():
        for example in one.examples:
            console.print(f"failed: {example}", markup=False)
    _show_end(verdict)


def _promises(verdict: PromisesVerdict) -> Table:
    table = Table("promise", "held", "found")
    for promise in verdict.promises:
        table.add_row(promise.name, "yes" if promise.held else "[bold red]NO[/]", escape(promise.found))
    return table


def _show_end(verdict: PromisesVerdict) -> None:
    console = Console()
    for sentence in verdict.inconclusive:
        console.print(Text(f"inconclusive: {sentence}", style="bold yellow"))
    if not verdict.inconclusive:
        console.print("Held." if verdict.held else "[bold red]A promise broke.[/]")


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
    console.print(counts)
    console.print(_promises(ran.verdict))
    _show_end(ran.verdict)
