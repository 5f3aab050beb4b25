"""`tidegate load burst`, `soak` and `orders`: load through proxy and simulators, with a verdict.

The burst is ten times the usual load for three seconds; the soak is ordinary traffic for long; `orders` is the order
flow at ten times a shop's peak.
"""

import json
from dataclasses import replace
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tidegate.chaos.judge.order_promises import broken, untried
from tidegate.chaos.report import report
from tidegate.chaos.report.order_table import orders_verdict
from tidegate.cli.proof import load_options
from tidegate.cli.proof.demo_orders import played_live
from tidegate.cli.proof.leaving import GitHub, Html, Json, JUnit, leave, write_junit, write_page
from tidegate.cli.proof.repeating import repeat_command
from tidegate.loadtests.burst import BurstRun, run_burst
from tidegate.loadtests.burst_page import burst_page
from tidegate.loadtests.burst_verdict import BurstFigures
from tidegate.loadtests.load_order import LoadOrder
from tidegate.loadtests.offer.locust_run import run_worker
from tidegate.loadtests.programs import RunError
from tidegate.loadtests.promise import PromisesVerdict
from tidegate.loadtests.soak.soak import SoakShape, run_soak
from tidegate.loadtests.soak.soak_page import soak_page
from tidegate.loadtests.soak.soak_verdict import SoakVerdict
from tidegate.plain_line import plain
from tidegate.problems import UsageError
from tidegate.verdict import CaseVerdict

SUITE = "tidegate load burst"
SECONDS = 12.0
PEAK_PER_S = 5 / 60
"""The seed's peak: five orders a minute."""


def burst(
    context: typer.Context,
    options: load_options.Locust = None,
    vendor: load_options.Vendors = None,
    url: load_options.Urls = None,
    scenario: load_options.Story = None,
    rate: Annotated[float | None, typer.Option(help="Sustained calls a second; the burst has ten times that.")] = None,
    seconds: Annotated[float, typer.Option(help="Length of the run; the burst takes 3 s in the middle.")] = SECONDS,
    seed: load_options.Seed = None,
    header: load_options.Headers = None,
    journal: load_options.Journals = None,
    locustfile: load_options.Locustfile = None,
    csv: load_options.Csv = None,
    *,
    master: load_options.Master = False,
    expect_workers: load_options.ExpectWorkers = 1,
    worker: load_options.Worker = False,
    master_host: load_options.MasterHost = "127.0.0.1",
    master_port: load_options.MasterPort = 5557,
    html: Html = None,
    as_json: Json = False,
    junit_file: JUnit = None,
    github: GitHub = False,
) -> None:
    """Send a load through proxy and simulator, and judge what became of it: a burst, or what a scenario says.

    Exits with 1 where a promise broke, and with 2 where the run could not be made or no call was offered.
    """
    if worker:
        return _work(master_host, master_port)
    asked = load_options.BurstOptions(rate, seconds, seed, header or [], journal or [], locustfile is not None)
    order = load_options.load_order(vendor or [], url or [], scenario, asked)
    locust = load_options.locust_options(csv, expect_workers if master else 0, master_port, options or [], locustfile)
    ran = _ran(replace(order, locust=locust, locustfile=locustfile))
    if junit_file is not None:
        write_junit(junit_file, ran.verdict.junit(SUITE, ran.seconds))
    _show(order, ran, as_json=as_json)
    write_page(html, lambda: burst_page(ran.verdict, ran.played, ran.name, _repeated(context, header, order.seed)))
    return leave([ran.verdict.case(SUITE)], SUITE, None, github=github, as_json=as_json)


def _repeated(context: typer.Context, header: list[str] | None, seed: int) -> str:
    return repeat_command(context, header=load_options.shown_headers(header), seed=seed)


def _ran(order: LoadOrder) -> BurstRun:
    """The run, with its progress on standard error. Raises UsageError where it could not be made."""
    try:
        with Console(stderr=True).status("") as status:
            return run_burst(order, status.update)
    except RunError as error:
        raise UsageError(str(error)) from None


def _work(host: str, port: int) -> None:
    """Be a worker. Raises UsageError where there is no master."""
    try:
        run_worker(host, port)
    except RunError as error:
        raise UsageError(str(error)) from None


def soak(
    context: typer.Context,
    named: Annotated[str | None, typer.Argument(metavar="[VENDOR]", help="A vendor's name, folder or file.")] = None,
    calls: Annotated[int, typer.Option(help="Calls straight through, and as many again at once.", min=1)] = 20_000,
    at_once: Annotated[int, typer.Option(help="Calls under way together in the second half.", min=1)] = 32,
    vendor: load_options.Vendors = None,
    url: load_options.Urls = None,
    scenario: load_options.Story = None,
    seed: load_options.Seed = None,
    header: load_options.Headers = None,
    *,
    html: Html = None,
    as_json: Json = False,
    junit_file: JUnit = None,
    github: GitHub = False,
) -> None:
    """Play vendors' ordinary traffic for long: no call may fail, and all must be at rest afterwards.

    A scenario says which requests are made instead; its load, faults and checks do not count. Exits with 1 where a
    promise broke, and with 2 where the run could not be made or no call was sent.
    """
    vendors = [*([] if named is None else [named]), *(vendor or [])]
    asked = load_options.BurstOptions(None, SECONDS, seed, header or [])
    order = load_options.load_order(vendors, url or [], scenario, asked)
    suite = f"tidegate load soak {', '.join(one.name for one in order.vendors)}"
    progress = Console(stderr=True)
    try:
        with progress.status("") as status:
            verdict = run_soak(order, SoakShape(calls, at_once), status.update, drawn=scenario is not None)
    except RunError as error:
        raise UsageError(str(error)) from None
    if junit_file is not None:
        write_junit(junit_file, verdict.junit(suite, verdict.seconds))
    if as_json:
        print(json.dumps({"calls": calls, "at_once": at_once, **verdict.document()}, sort_keys=True))
    else:
        _show_soak(verdict)
    write_page(html, lambda: soak_page(verdict, _repeated(context, header, order.seed)))
    leave([verdict.case(suite)], suite, None, github=github, as_json=as_json)


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
    leave([case], "tidegate load orders", junit_file, github=github, as_json=as_json)


def _show_soak(verdict: SoakVerdict) -> None:
    counts = Table("stretch", "calls", "left by the app", "failures", title=f"{verdict.vendor}: ordinary traffic")
    for name, one in verdict.stretches.items():
        counts.add_row(name, str(one.calls), str(one.left), str(one.failures))
    console = Console()
    console.print(counts)
    console.print(_promises(verdict))
    for one in verdict.stretches.values():
        for example in one.examples:
            console.print(plain(f"failed: {example}"), markup=False)
    _show_end(verdict)


def _by_reason(figures: BurstFigures) -> str:
    reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(figures.refused_for.items()))
    return f"{figures.refused} ({reasons})" if reasons else str(figures.refused)


def _promises(verdict: PromisesVerdict) -> Table:
    table = Table("promise", "held", "found")
    for promise in verdict.promises:
        table.add_row(promise.name, "yes" if promise.held else "[bold red]NO[/]", Text(plain(promise.found)))
    return table


def _show_end(verdict: PromisesVerdict) -> None:
    console = Console()
    case = verdict.case("")
    for sentence in case.inconclusive:
        console.print(Text(plain(f"inconclusive: {sentence}"), style="bold yellow"))
    if case.broken or verdict.held:
        console.print("Held." if verdict.held else "[bold red]A promise broke.[/]")


def _show(order: LoadOrder, ran: BurstRun, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({**load_options.described(order), **ran.verdict.document()}, sort_keys=True))
        return
    figures, console = ran.verdict.figures, Console()
    counts = Table("what", "count", title=Text(plain(load_options.title(order))))
    counts.columns[1].justify = "right"
    for what, count in (
        ("offered", f"{figures.offered} (peak {figures.offered_peak_per_s:g}/s)"),
        ("achieved", f"{figures.achieved} (peak {figures.achieved_peak_per_s:g}/s)"),
        ("late starts", f"{figures.late_starts} (latest {figures.latest_start_ms:g} ms)"),
        ("told done", f"{figures.done} of {figures.feasible} feasible"),
        ("told to come back later", _by_reason(figures)),
        *([("accepted for later", str(figures.accepted))] if figures.accepted else []),
        ("turned down by the vendor itself", str(figures.turned_down)),
        ("requests at the vendor", f"{figures.vendor_requests} ({figures.vendor_refusals} refused)"),
        ("writes that happened", str(figures.effects)),
        ("p50 / p99 from the planned start", f"{figures.p50_ms:g} / {figures.p99_ms:g} ms"),
        ("p50 / p99 of the done ones", f"{figures.done_p50_ms:g} / {figures.done_p99_ms:g} ms"),
    ):
        counts.add_row(what, Text(count))
    console.print(counts)
    console.print(_promises(ran.verdict))
    for example in ran.verdict.turned_down:
        console.print(plain(f"turned down: {example}"), markup=False)
    _show_end(ran.verdict)
