"""`tidegate top`: every vendor of a running proxy at a glance, live in a terminal, or once."""

import asyncio
import json
from collections.abc import Callable
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.live import Live

from tidegate.cli.proxy.admin_port import AdminPort, admin_access
from tidegate.cli.proxy.delivery_commands import Admin, AsJson, ConfigFile
from tidegate.cli.proxy.delivery_tables import console
from tidegate.cli.traffic.overview_table import Frame, drawn
from tidegate.problems import UsageError
from tidegate.world.world import RealWorld

EVERY_S, EVERY_MIN_S, EVERY_MAX_S = 2.0, 0.5, 3600.0
ANSWER_S = 10.0
"""A proxy that takes longer is as one that does not answer: whoever looks must know that it does not."""
NO_ANSWER = "no answer from the proxy now; this is the last one"

Get = Callable[[], dict[str, Any]]


def top(
    *,
    once: Annotated[bool, typer.Option("--once", help="Print one frame and leave, as without a terminal.")] = False,
    every: Annotated[
        float, typer.Option(help="Seconds from frame to frame.", min=EVERY_MIN_S, max=EVERY_MAX_S)
    ] = EVERY_S,
    config: ConfigFile = None,
    admin: Admin = None,
    as_json: AsJson = False,
) -> None:
    """Show every vendor: is it up, breaker, limits, calls, errors, latency, and what its trouble costs. Ctrl-C ends it.

    Rates and percentiles are of the last minute. `now` are exchanges under way, `held` is how many calls were under way
    on average, `failing` how many of these in attempts that came to nothing.
    """
    port = AdminPort(admin_access(admin, config), ANSWER_S)

    def get() -> dict[str, Any]:
        found: dict[str, Any] = port.get("/overview")
        return found

    overview, screen = get(), console()
    if as_json:
        typer.echo(json.dumps(overview, indent=2))
    elif once or not screen.is_terminal or screen.is_dumb_terminal:
        screen.print(drawn(overview, Frame(screen.width, unicode=_unicode(screen))))
    else:
        watch(overview, get, screen, lambda: asyncio.run(RealWorld().sleep(every)))


def watch(overview: dict[str, Any], get: Get, screen: Console, pause: Callable[[], object]) -> None:
    """Draw frame after frame until it is interrupted. A proxy that is gone may come back."""
    notice = ""
    with Live(console=screen, screen=True, auto_refresh=False) as shown:
        try:
            while True:
                frame = Frame(screen.width, screen.height, unicode=_unicode(screen))
                shown.update(drawn(overview, frame, notice), refresh=True)
                pause()
                try:
                    overview, notice = get(), ""
                except (UsageError, typer.Exit):
                    notice = NO_ANSWER
        except KeyboardInterrupt:
            return


def _unicode(screen: Console) -> bool:
    return screen.encoding.lower().startswith("utf")
