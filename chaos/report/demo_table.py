"""The demo's result and its tables: one story, live for some seconds, then at full length for both ways.

It shows and decides nothing itself: chaos/play/live.py and chaos/play/run.py play, chaos/judge/invariants.py judges.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from tidegate.chaos.judge.invariants import RunFigures, broken
from tidegate.chaos.play.live import LiveView

FIELDS = ("asked", "feasible", "done", "lost", "doubled", "over_quota", "attempts")
"""The figures of each run in the demo's JSON."""

BREAKER_STYLES = {"closed": "green", "open": "bold red", "half-open": "yellow"}


@dataclass(frozen=True, slots=True)
class DemoResult:
    """Everything that the demo found out."""

    seed: int
    naive: RunFigures
    tidegate: RunFigures
    live: RunFigures

    @property
    def broken(self) -> list[str]:
        """The promises that Tidegate broke, live or at full length."""
        return [f"{name}: {sentence}" for name, run in self._promised().items() for sentence in broken(run)]

    def described(self) -> dict[str, object]:
        """As data."""
        runs: Mapping[str, RunFigures] = {"naive": self.naive, **self._promised()}
        chosen = {name: {field: figures.described()[field] for field in FIELDS} for name, figures in runs.items()}
        return {"seed": self.seed, **chosen, "held": not self.broken}

    def _promised(self) -> dict[str, RunFigures]:
        return {"tidegate": self.tidegate, "live": self.live}


def live_table(look: LiveView) -> RenderableType:
    """The live part at one moment."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", width=12)
    table.add_column(width=60)
    table.add_row("now", Text(look.phase, style="bold red" if look.phase.startswith("outage") else "bold"))
    table.add_row("calls", f"{look.begun:,} asked, {look.settled:,} settled, {look.begun - look.settled:,} under way")
    table.add_row("outcomes", _counts(look.outcomes))
    table.add_row("attempts", f"{look.attempts:,} requests reached the vendor")
    table.add_row("breaker", Text(look.breaker, style=BREAKER_STYLES[look.breaker]))
    table.add_row("quota", f"{look.quota:4.0%} in use, {look.queued:,} calls wait in the queue")
    bar = ProgressBar(total=look.seconds, completed=min(look.at_s, look.seconds), width=60)
    clock = Table.grid(padding=(0, 2))
    clock.add_row(Text(f"{look.at_s:5.1f} s", style="bold"), bar)
    return Group(clock, table)


def live_line(look: LiveView) -> str:
    """The same in one line, where there is no terminal."""
    return f"{look.at_s:5.1f} s  {look.settled}/{look.begun} calls, breaker {look.breaker}: {look.phase}"


def _counts(outcomes: Mapping[str, int]) -> Text:
    styles: Sequence[tuple[str, str]] = (("done", "green"), ("not applied", "yellow"), ("unknown", "red"))
    parts = [
        Text(f"{outcomes.get(word, 0):,} {word}", style=style if outcomes.get(word) else "dim")
        for word, style in styles
    ]
    return Text(", ").join(parts)
