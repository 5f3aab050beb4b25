"""Shows what is played on real sockets: a table that lives in a terminal, and a line now and then elsewhere."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from rich.console import Console, RenderableType
from rich.live import Live

from tidegate.chaos.report.live_frame import LiveLook

LINE_EVERY_S = 5.0

L = TypeVar("L", bound=LiveLook)
R = TypeVar("R")


def show_live(
    play: Callable[[Callable[[L], None]], Coroutine[Any, Any, R]],
    console: Console,
    table: Callable[[L], RenderableType],
    line: Callable[[L], str],
) -> R:
    """Play it, and return what came of it. `play` is given what takes each look."""
    if not console.is_terminal:
        return asyncio.run(play(_lines(console, line)))
    with Live(console=console, refresh_per_second=8) as shown:
        return asyncio.run(play(lambda look: shown.update(table(look))))


def _lines(console: Console, line: Callable[[L], str]) -> Callable[[L], None]:
    """Shows a line now and then."""
    due_s = 0.0

    def show(look: L) -> None:
        nonlocal due_s
        if look.at_s >= due_s:
            due_s = look.at_s + LINE_EVERY_S
            console.print(line(look))

    return show
