"""`tidegate demo orders`: the order flow, live for some seconds and then for a quarter of an hour of virtual time.

A simulated shop and warehouse, the proxy with its inbox, and the order app: docs/orders.md explains them.
"""

from pathlib import Path

import typer
from rich.console import Console
from rich.text import Text

from tidegate.chaos.judge.order_promises import OrderFigures, broken
from tidegate.chaos.play.order_config import shipped_orders
from tidegate.chaos.play.order_flow import play_orders
from tidegate.chaos.play.order_live import live_orders
from tidegate.chaos.report import report
from tidegate.chaos.report.order_page import order_words, orders_page
from tidegate.chaos.report.order_table import orders_line, orders_table, orders_verdict
from tidegate.cli.proof.leaving import write_page
from tidegate.cli.proof.live_show import show_live

RATE = 2.0
"""Orders a second, live: a peak of the seed's five minutes in a few seconds."""


def demo_orders(seconds: float, seed: int, command: str, *, html: Path | None, json: bool) -> None:
    """Play both and print the verdict. Leaves with 1 where a promise broke."""
    console = report.console(stderr=json)
    console.print(f"\n[bold]Live[/] · {seconds:g} s on real sockets: shop → inbox → app → outbox → warehouse\n")
    lived = played_live(seconds, RATE, seed, console)
    scenario = shipped_orders()
    console.print(f"\n[bold]At full length[/] · {report.duration(scenario.seconds)} of virtual time\n")
    with console.status("playing"):
        played = play_orders(scenario, seed)
    runs = {"live": lived, "full length": played.figures}
    found = [f"{name}: {sentence}" for name, figures in runs.items() for sentence in broken(figures)]
    if json:
        described = {name.replace(" ", "_"): figures.described() for name, figures in runs.items()}
        print(report.document({"seed": seed, **described, "held": not found}))
    else:
        console.print(orders_verdict(runs))
    console.print(Text("\n".join(order_words(played.figures))))
    console.print(report.conclusion(found))
    write_page(html, lambda: orders_page(runs, played, found, seed, command))
    if found:
        raise typer.Exit(1)


def played_live(seconds: float, rate: float, seed: int, console: Console) -> OrderFigures:
    """Play it on real sockets, with `rate` orders a second, and show it meanwhile. Raises UsageError."""
    return show_live(lambda show: live_orders(seconds, rate, seed, show), console, orders_table, orders_line)
