"""The report of a scenario about somebody's own vendors: a table for each, and what broke."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from tidegate.chaos.judge.invariants import RunFigures
from tidegate.chaos.play.cast.vendor_run import VendorRun
from tidegate.chaos.report.report import ROWS, conclusion, duration, figure_cell, side_by_side
from tidegate.plain_line import plain

_MEANINGS: Mapping[str, str] = {
    "asked": "what apps wanted, once each",
    "lost": "told done, the vendor has not done it",
    "doubled": "done more than once",
}
VENDOR_ROWS: Sequence[tuple[str, str, str]] = tuple(
    (field, name, _MEANINGS.get(field, meaning)) for field, name, meaning in ROWS
)
"""Field, its name for people, what it means where no vendor is known."""


@dataclass(frozen=True, slots=True)
class JudgedVendors:
    """One scenario about these vendors. `run` is None where it could not be played, and `untried` says why."""

    name: str
    seconds: float
    seed: int
    vendors: Sequence[str]
    """As they were named."""
    run: VendorRun | None
    impossible: Sequence[str] = ()
    pieces: Sequence[Mapping[str, Any]] = ()
    """What happened in it, as a scenario file has it."""

    @property
    def broken(self) -> Sequence[str]:
        """The promises that the run through Tidegate broke."""
        return self.run.broken if self.run is not None else ()

    @property
    def untried(self) -> Sequence[str]:
        """What of it did not happen, or could not."""
        return [*self.impossible, *(self.run.untried if self.run is not None else ())]

    def described(self) -> dict[str, object]:
        """As data."""
        return {
            "name": self.name,
            "seconds": self.seconds,
            "seed": self.seed,
            "vendors": _by_vendor(self.run) if self.run is not None else {},
            "broken": list(self.broken),
            "inconclusive": list(self.untried),
        }

    def columns(self) -> dict[str, dict[str, RunFigures]]:
        """The figures of each vendor, by the name of the way."""
        return _columns(self.run) if self.run is not None else {}

    def shown(self) -> RenderableType:
        """For a person."""
        head = f"{duration(self.seconds)} of virtual time · seed {self.seed}"
        parts: list[RenderableType] = [Text(), Text.assemble((plain(self.name), "bold"), f" · {head}")]
        for vendor, columns in self.columns().items():
            parts += [Text(vendor, style="bold"), side_by_side(VENDOR_ROWS, columns, figure_cell)]
            if len(columns) > 1:
                parts.append(told_apart(*columns.values()))
        return Group(*parts, conclusion(self.broken, self.untried))


def _columns(run: VendorRun) -> dict[str, dict[str, RunFigures]]:
    ways = {"naive": run.naive, "Tidegate": run.tidegate}
    return {vendor: {way: of[vendor] for way, of in ways.items() if vendor in of} for vendor in run.naive}


def _by_vendor(run: VendorRun) -> dict[str, object]:
    return {
        vendor: {way.lower(): figures.described() for way, figures in columns.items()}
        for vendor, columns in _columns(run).items()
    }


def told_apart(naive: RunFigures, tidegate: RunFigures) -> str:
    """The two runs compared in plain words: which got more done, and at what price."""
    more = "more" if naive.done > tidegate.done else "fewer" if naive.done < tidegate.done else "as many"
    return (
        f"The naive client got {more} done ({naive.done:,} to {tidegate.done:,}). Its price: {naive.doubled:,} things "
        f"done twice, and {naive.over_quota:,} requests beyond the vendor's limit."
    )
