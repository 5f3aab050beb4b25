"""How a verdict is shown: as a table for a person in 80 columns, and as one JSON document. It judges nothing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from tidegate.chaos.invariants import USEFUL_SHARE, Figures, broken

WIDTH = 80
"""Columns of a report that is not shown on a terminal."""

ROWS: Sequence[tuple[str, str, str]] = (
    ("asked", "asked", "what customers wanted, once each"),
    ("feasible", "feasible", "could be done under limit and outage"),
    ("done", "done", "the app was told: done"),
    ("lost", "lost", "told done, the vendor has no payment"),
    ("doubled", "doubled", "paid more than once"),
    ("contradicted", "contradicted", "told nothing happened, but it had"),
    ("unknown", "unknown", "the app could not tell, and stopped"),
    ("over_quota", "over quota", "requests beyond the vendor's limit"),
    ("attempts", "attempts", "requests that reached the vendor"),
)
"""Field, its name for people, what it means."""

BAD = frozenset({"lost", "doubled", "contradicted", "over_quota"})
"""Fields that a promise holds at 0."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One scenario, played on both ways."""

    name: str
    seconds: float
    seed: int
    naive: Figures
    tidegate: Figures

    @property
    def broken(self) -> list[str]:
        """The promises that the run through Tidegate broke."""
        return broken(self.tidegate)

    def described(self) -> dict[str, object]:
        """As data."""
        return {
            "name": self.name,
            "seconds": self.seconds,
            "seed": self.seed,
            "naive": self.naive.described(),
            "tidegate": self.tidegate.described(),
            "broken": self.broken,
        }


def document(value: Mapping[str, object]) -> str:
    """One JSON document: keys sorted, so that the same run is the same bytes."""
    return json.dumps(value, sort_keys=True, indent=2)


def console(*, stderr: bool = False) -> Console:
    """A console that is 80 columns wide where no terminal says otherwise."""
    made = Console(stderr=stderr, highlight=False)
    return made if made.is_terminal else Console(stderr=stderr, highlight=False, width=WIDTH)


def verdict(columns: Mapping[str, Figures]) -> Table:
    """The figures side by side. A figure that breaks a promise is red, one that keeps it green."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, width=WIDTH)
    table.add_column("", style="bold", no_wrap=True)
    for heading in columns:
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("", style="dim", no_wrap=True)
    for field, name, meaning in ROWS:
        table.add_row(name, *(_cell(field, figures) for figures in columns.values()), meaning)
    return table


def _cell(field: str, figures: Figures) -> RenderableType:
    value = int(figures.described()[field])
    if field in BAD:
        return Text(f"{value:,}", style="bold red" if value else "green")
    if field == "done":
        kept = value >= USEFUL_SHARE * figures.feasible
        return Text(f"{value:,}", style="green" if kept else "bold red")
    return Text(f"{value:,}")


def conclusion(promises: Sequence[str]) -> Text:
    """The last line: held, or each promise that broke."""
    if not promises:
        return Text("held: every promise was kept", style="bold green")
    return Text("\n".join(f"broken: {sentence}" for sentence in promises), style="bold red")


def contrast(naive: Figures, tidegate: Figures) -> str:
    """What the figures come to, in plain words, where naive did more and at what price."""
    more = "more" if naive.done > tidegate.done else "fewer" if naive.done < tidegate.done else "as many"
    return (
        f"The naive client got {more} done ({naive.done:,} to {tidegate.done:,}). Its price: "
        f"{naive.doubled:,} customers paid twice, and {naive.over_quota:,} requests beyond the vendor's limit."
    )


def duration(seconds: float) -> str:
    """`600` → `10 min`."""
    return f"{seconds / 60:g} min" if seconds >= 60 else f"{seconds:g} s"
