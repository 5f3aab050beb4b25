"""`tidegate chaos run | search | replay | outage | orders`: play scenarios in the virtual world and judge them.

`run` plays written scenarios, for a naive client and for Tidegate. `search` draws scenarios from seeds and looks for
one that breaks a promise; `replay` plays one of those again. `outage` measures how a long outage ends. `orders` plays
the order flow from a shop to a warehouse.
"""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

import tidegate.chaos
from tidegate.chaos.apps.retry_loop import OPERATIONS
from tidegate.chaos.judge.vacuity import unplayable
from tidegate.chaos.play.order_config import shipped_orders
from tidegate.chaos.play.order_flow import PlayedOrders, play_orders
from tidegate.chaos.play.run import document_operations, play, straight, through_tidegate
from tidegate.chaos.play.trial_verdict import TrialVerdict
from tidegate.chaos.report import junit, report
from tidegate.chaos.report.order_table import orders_verdict
from tidegate.chaos.report.pages import outage_page, run_page, search_page
from tidegate.chaos.report.vendor_table import JudgedVendors
from tidegate.chaos.search import search as searching
from tidegate.chaos.search.recovery import Recovery, prove
from tidegate.cli.proof.leaving import GitHub, Html, Json, JUnit, leave, write_junit, write_page
from tidegate.cli.proof.repeating import repeat_command
from tidegate.cli.proof.vendor_play import USUAL, find_for_vendors, judged_vendors
from tidegate.plain_line import plain
from tidegate.problems import UsageError
from tidegate.scenario.scenario import Scenario, load_scenario
from tidegate.scenario.timeline import scenario_pieces
from tidegate.verdict import CaseVerdict
from tidegate.world.world import RealWorld

SHIPPED = Path(tidegate.chaos.__file__).parent / "scenarios"

DEFAULT_SEED = 1

Vendors = Annotated[
    list[str] | None,
    typer.Option(
        help="A vendor, your own or a shipped one, by name or file; once for each. Without it: payments.",
        metavar="VENDOR",
    ),
]

MINUTES_MIN, MINUTES_MAX = 0.5, 120.0


def run(
    context: typer.Context,
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(
            help="Names of shipped scenarios, or files. Without any, all that are shipped.", metavar="[SCENARIO]..."
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same run. By default the scenario's own.")
    ] = None,
    vendor: Vendors = None,
    html: Html = None,
    json: Json = False,
    junit_file: JUnit = None,
    github: GitHub = False,
) -> None:
    """Run scenarios in the virtual world and judge their invariants.

    Exits with 1 where a promise broke, and with 2 where the run is inconclusive: something in it did not happen.
    """
    names = scenarios or ([USUAL] if vendor else shipped())
    found = [(name, find_for_vendors(name) if vendor else find(name)) for name in names]  # before any is played
    results = [_result(name, scenario, vendor or [], seed, quiet=json) for name, scenario in found]
    if json:
        print(report.document(report.results(results)))
    else:
        console = report.console()
        for name, result in zip(names, results, strict=True):
            console.print(result.shown() if isinstance(result, JudgedVendors) else report.judged(result))
            if result.broken:
                whom = [part for one in vendor or () for part in ("--vendor", one)]
                command = shlex.join(["tidegate", "chaos", "run", name, *whom, "--seed", str(result.seed)])
                console.print(Text(f"repeat it with: {command}"))
    leave(
        [report.as_verdict(result) for result in results],
        "tidegate chaos run",
        junit_file,
        github=github,
        as_json=json,
        page=lambda: write_page(html, lambda: run_page(results, repeat_command(context))),
    )


def search(
    context: typer.Context,
    seeds: Annotated[int, typer.Option(help="How many scenarios are drawn and played.", min=1)] = 100,
    minutes: Annotated[float, typer.Option(help="Virtual minutes of each.", min=MINUTES_MIN, max=MINUTES_MAX)] = 10.0,
    first: Annotated[int, typer.Option(help="The first seed.", min=0)] = 0,
    vendor: Vendors = None,
    html: Html = None,
    json: Json = False,
    junit_file: JUnit = None,
    github: GitHub = False,
) -> None:
    """Look for a scenario in which Tidegate breaks a promise. Exits with 1 where one was found."""

    def seen(count: int, verdict: TrialVerdict) -> None:
        if not json and (verdict.broken or count % 50 == 0):
            broken = f", seed {verdict.seed} broke: {verdict.broken[0]}" if verdict.broken else ""
            typer.echo(f"{count} of {seeds} seeds{broken}", err=True)

    result = searching.search(range(first, first + seeds), minutes, RealWorld().now, seen, tuple(vendor or ()))
    if junit_file is not None:
        write_junit(junit_file, junit.suite(result))
    if json:
        print(report.document(result.described()))
    else:
        report.console().print(report.search_summary(result))
    cases = [CaseVerdict(f"seed {failure.seed}", failure.broken) for failure in result.failures]
    write_page(html, lambda: search_page(result, repeat_command(context)))
    leave(cases or [CaseVerdict("every seed")], "tidegate chaos search", None, github=github, as_json=json)


def replay(
    seed: Annotated[int, typer.Argument(help="The seed.", min=0)],
    minutes: Annotated[
        float, typer.Option(help="Virtual minutes, as the search had.", min=MINUTES_MIN, max=MINUTES_MAX)
    ] = 10.0,
    keep: Annotated[
        str | None, typer.Option(help="Play only these pieces, by their numbers: 0,3,7.", metavar="N,N")
    ] = None,
    vendor: Vendors = None,
    json: Json = False,
    junit_file: JUnit = None,
    github: GitHub = False,
) -> None:
    """Play one seed of a search again, and judge it. Exits with 1 where a promise broke."""
    vendors = tuple(vendor or ())
    places = None if keep is None else _places(keep, seed, minutes, vendors)
    drawn, verdict = searching.replay(seed, minutes, places, vendors)
    idle = not verdict.calls and not verdict.broken
    nothing = ("nothing was asked of the vendors; keep a piece that is a load",) if idle else ()
    if json:
        print(report.document(report.trial(drawn, verdict, nothing)))
    else:
        report.console().print(report.replayed(drawn, verdict, places, nothing))
    leave(
        [CaseVerdict(f"seed {seed}", verdict.broken, nothing)],
        "tidegate chaos replay",
        junit_file,
        github=github,
        as_json=json,
    )


def outage(
    context: typer.Context,
    seeds: Annotated[int, typer.Option(help="How many outages are played.", min=1)] = 20,
    first: Annotated[int, typer.Option(help="The first seed.", min=0)] = 0,
    html: Html = None,
    json: Json = False,
    junit_file: JUnit = None,
    github: GitHub = False,
) -> None:
    """Play an outage of five minutes under 50 calls a second for each seed. Exits with 1 where a measure was missed."""

    def seen(recovery: Recovery) -> None:
        if not json:
            typer.echo(report.recovery_line(recovery), err=True)

    recoveries = prove(range(first, first + seeds), seen)
    broken = [recovery for recovery in recoveries if recovery.broken]
    if json:
        print(report.document({"held": not broken, "outages": [recovery.described() for recovery in recoveries]}))
    else:
        sentences = [f"seed {recovery.seed}: {sentence}" for recovery in broken for sentence in recovery.broken]
        report.console().print(report.conclusion(sentences))
    cases = [CaseVerdict(f"seed {recovery.seed}", recovery.broken) for recovery in recoveries]
    leave(
        cases,
        "tidegate chaos outage",
        junit_file,
        github=github,
        as_json=json,
        page=lambda: write_page(html, lambda: outage_page(recoveries, repeat_command(context))),
    )


def orders(
    times: Annotated[int, typer.Option(help="So many times the ordinary load.", min=1, max=100)] = 1,
    seeds: Annotated[int, typer.Option(help="How often it is played.", min=1)] = 1,
    first: Annotated[int, typer.Option(help="The first seed.", min=0)] = DEFAULT_SEED,
    outage: Annotated[bool, typer.Option(help="Whether the warehouse is away for five minutes.")] = True,
    json: Json = False,
    junit_file: JUnit = None,
    github: GitHub = False,
) -> None:
    """Play the order flow: a quarter of an hour, five minutes of outage. Exits with 1 where a promise broke."""
    played: dict[int, PlayedOrders] = {}
    for seed in range(first, first + seeds):
        played[seed] = play_orders(shipped_orders(outage=outage), seed, times)
        if not json:
            report.console().print(orders_verdict({f"seed {seed}, {times} ×": played[seed].figures}))
    cases = [CaseVerdict(f"seed {seed}", run.broken, run.untried) for seed, run in played.items()]
    if json:
        runs = [{"seed": seed, "times": times, **run.figures.described()} for seed, run in played.items()]
        print(report.document({"held": not any(case.broken or case.inconclusive for case in cases), "orders": runs}))
    leave(cases, "tidegate chaos orders", junit_file, github=github, as_json=json)


def _result(
    name: str, scenario: Scenario, vendors: Sequence[str], seed: int | None, *, quiet: bool
) -> report.JudgedScenario | JudgedVendors:
    """A scenario about the vendors that are named, here or in it; else about the payments of the search's own."""
    if vendors or scenario.vendor:
        return judged_vendors(scenario, vendors or scenario.vendor, seed, quiet=quiet)
    if scenario.requests or scenario.checks:
        raise UsageError(
            f"{name}: its `requests` and `checks` are about a vendor; name it with --vendor, or `vendor:` in the file"
        )
    return judged(scenario, seed, quiet=quiet)


def _places(keep: str, seed: int, minutes: float, vendors: tuple[str, ...]) -> list[int]:
    count = len(searching.drawn_for(seed, minutes, vendors).pieces)
    numbers = keep.split(",")
    if not all(number.isascii() and number.isdigit() and int(number) < count for number in numbers):
        raise UsageError(f"--keep {keep}: write numbers from 0 to {count - 1} with commas between, like 0,3,7")
    return sorted({int(number) for number in numbers})


def shipped() -> list[str]:
    """The names of the scenarios that come with Tidegate."""
    return sorted(file.stem for file in SHIPPED.glob("*.yaml"))


def find(name: str) -> Scenario:
    """A scenario by its name or file. Raises UsageError."""
    given = Path(name)
    if given.suffix in (".yaml", ".yml", ".json"):
        return load_scenario(given)
    if name not in shipped():
        raise UsageError(f"no scenario is called {name!r}; known are {', '.join(shipped())}, or give a .yaml file")
    return load_scenario(SHIPPED / f"{name}.yaml")


def judged(scenario: Scenario, seed: int | None, *, quiet: bool) -> report.JudgedScenario:
    """One scenario, played straight to the vendor and through Tidegate."""
    number = seed if seed is not None else scenario.seed if scenario.seed is not None else DEFAULT_SEED
    impossible = unplayable(scenario, document_operations(), OPERATIONS)
    if impossible:
        return report.JudgedScenario(scenario.name, scenario.seconds, number, None, None, impossible)
    played = []
    for what, way in (("naive", straight), ("tidegate", through_tidegate)):
        if not quiet:
            typer.echo(plain(f"playing {scenario.name}: {what} …"), err=True)
        played.append(play(scenario, number, way))
    naive, tidegate = played
    runs = {"naive": naive, "Tidegate": tidegate}
    return report.JudgedScenario(
        scenario.name, scenario.seconds, number, naive.figures, tidegate.figures, tidegate.untried,
        scenario_pieces(scenario), runs,
    )  # fmt: skip
