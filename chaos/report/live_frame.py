"""One moment of something that is played live: what happens now, the figures so far, and the clock."""

from collections.abc import Iterable
from typing import Protocol

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

BREAKER_STYLES = {"closed": "green", "open": "bold red", "half-open": "yellow"}


class LiveLook(Protocol):
    """A look at what is played. Times are seconds."""

    @property
    def at_s(self) -> float:
        """When it was looked."""
        ...

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        ...

    @property
    def phase(self) -> str:
        """What happens now, in words; an outage begins with that word."""
        ...


def live_frame(look: LiveLook, rows: Iterable[tuple[str, RenderableType]]) -> Group:
    """The clock, and a line for each of `rows`: its name, and what is so now."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", width=12)
    table.add_column(width=60)
    table.add_row("now", Text(look.phase, style="bold red" if look.phase.startswith("outage") else "bold"))
    for name, shown in rows:
        table.add_row(name, shown)
    bar = ProgressBar(total=look.seconds, completed=min(look.at_s, look.seconds), width=60)
    clock = Table.grid(padding=(0, 2))
    clock.add_row(Text(f"{look.at_s:5.1f} s", style="bold"), bar)
    return Group(clock, table)


def breaker_text(state: str) -> Text:
    """The state of a breaker in its colour."""
    return Text(state, style=BREAKER_STYLES[state])
