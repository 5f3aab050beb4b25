"""`tidegate demo`: a vendor's bad day, live for some seconds and then at full length, and whether the promises held.

`tidegate demo orders` plays the order flow instead: tidegate.cli.proof.demo_orders.
"""

from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from tidegate.chaos.play.live import live
from tidegate.chaos.play.run import PlayedRun, play, straight, through_tidegate
from tidegate.chaos.report import report
from tidegate.chaos.report.demo_page import demo_page
from tidegate.chaos.report.demo_table import DemoResult, live_line, live_table
from tidegate.cli.proof.chaos import find
from tidegate.cli.proof.demo_orders import demo_orders
from tidegate.cli.proof.leaving import Html, Json, write_page
from tidegate.cli.proof.live_show import show_live
from tidegate.cli.proof.repeating import repeat_command
from tidegate.scenario.scenario import Scenario

SCENARIO = "first-light"
SECONDS_MIN, SECONDS_MAX = 10.0, 600.0


class DemoStory(StrEnum):
    """What is played."""

    PAYMENTS = "payments"
    ORDERS = "orders"


def demo(
    context: typer.Context,
    story: Annotated[
        DemoStory, typer.Argument(help="Apps that take payments, or orders from a shop to a warehouse.")
    ] = DemoStory.PAYMENTS,
    seconds: Annotated[
        float, typer.Option(help="How long the live part lasts.", min=SECONDS_MIN, max=SECONDS_MAX)
    ] = 20.0,
    seed: Annotated[int, typer.Option(help="The same seed plays the same full-length story.")] = 1,
    html: Html = None,
    json: Json = False,
) -> None:
    """Play an outage: simulator, proxy and apps, a live table, and a verdict. Exits with 1 where a promise broke."""
    command = repeat_command(context, seed=seed)
    if story is DemoStory.ORDERS:
        demo_orders(seconds, seed, command, html=html, json=json)
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
        columns = {"naive": outcome.naive, "Tidegate": outcome.tidegate, "live": outcome.live}
        console.print(report.verdict({name: played.figures for name, played in columns.items()}))
    console.print(Text("\n".join(outcome.last_words)))
    console.print(report.conclusion(outcome.broken))
    write_page(html, lambda: demo_page(outcome, scenario, seconds, command))
    if outcome.broken:
        raise typer.Exit(1)


def _live(seconds: float, seed: int, console: Console) -> PlayedRun:
    return show_live(lambda show: live(seconds, seed, show), console, live_table, live_line)


def _full_length(scenario: Scenario, seed: int, console: Console) -> tuple[PlayedRun, PlayedRun]:
    played = []
    for what, way in (("naive: straight to the vendor", straight), ("Tidegate: through the proxy", through_tidegate)):
        with console.status(f"playing {what}"):
            played.append(play(scenario, seed, way))
        console.print(f"played {what}")
    return played[0], played[1]
