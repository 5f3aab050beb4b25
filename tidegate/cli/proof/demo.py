"""`tidegate demo`: a vendor's bad day, live for some seconds and then at full length, and whether the promises held.

`tidegate demo orders` plays the order flow instead: tidegate.cli.proof.demo_orders.
"""

from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from tidegate.chaos.judge.invariants import RunFigures
from tidegate.chaos.play.live import live
from tidegate.chaos.play.run import play, straight, through_tidegate
from tidegate.chaos.report import report
from tidegate.chaos.report.demo_table import DemoResult, live_line, live_table
from tidegate.cli.proof.chaos import find
from tidegate.cli.proof.demo_orders import demo_orders
from tidegate.cli.proof.live_show import show_live
from tidegate.scenario.scenario import Scenario

SCENARIO = "first-light"
SECONDS_MIN, SECONDS_MAX = 10.0, 600.0


class DemoStory(StrEnum):
    """What is played."""

    PAYMENTS = "payments"
    ORDERS = "orders"


def demo(
    story: Annotated[
        DemoStory, typer.Argument(help="Apps that take payments, or orders from a shop to a warehouse.")
    ] = DemoStory.PAYMENTS,
    seconds: Annotated[
        float, typer.Option(help="How long the live part lasts.", min=SECONDS_MIN, max=SECONDS_MAX)
    ] = 20.0,
    seed: Annotated[int, typer.Option(help="The same seed plays the same full-length story.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Play an outage: simulator, proxy and apps, a live table, and a verdict. Exits with 1 where a promise broke."""
    if story is DemoStory.ORDERS:
        demo_orders(seconds, seed, json=json)
        return
    scenario, console = find(SCENARIO), report.console(stderr=json)
    console.print(f"\n[bold]Live[/] · {seconds:g} s on real sockets: apps → Tidegate → a simulated vendor\n")
    lived = _live(seconds, seed, console)
    console.print(
        f"\n[bold]At full length[/] · {report.duration(scenario.seconds)} of virtual time, the same apps twice\n"
    )
    outcome = DemoResult(seed, *_full_length(scenario, seed, console), lived)
    if json:
        print(report.document(outcome.described()))
    else:
        console.print(report.verdict({"naive": outcome.naive, "Tidegate": outcome.tidegate, "live": outcome.live}))
        console.print(report.contrast(outcome.naive, outcome.tidegate))
    console.print(report.conclusion(outcome.broken))
    if outcome.broken:
        raise typer.Exit(1)


def _live(seconds: float, seed: int, console: Console) -> RunFigures:
    return show_live(lambda show: live(seconds, seed, show), console, live_table, live_line)


def _full_length(scenario: Scenario, seed: int, console: Console) -> tuple[RunFigures, RunFigures]:
    figures = []
    for what, way in (("naive: straight to the vendor", straight), ("Tidegate: through the proxy", through_tidegate)):
        with console.status(f"playing {what}"):
            figures.append(play(scenario, seed, way).figures)
        console.print(f"played {what}")
    return figures[0], figures[1]
