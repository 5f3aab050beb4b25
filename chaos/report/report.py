"""The report of a verdict: a table for a person in 80 columns, or one JSON document. It judges nothing."""

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from tidegate.chaos.judge.invariants import USEFUL_SHARE, RunFigures, broken
from tidegate.chaos.play.run import PlayedRun
from tidegate.chaos.play.trial_verdict import TrialVerdict
from tidegate.chaos.timeline.draw import DrawnScenario
from tidegate.chaos.timeline.fault_draw import Piece
from tidegate.plain_line import plain
from tidegate.verdict import CaseVerdict

if TYPE_CHECKING:
    from tidegate.chaos.search.recovery import Recovery
    from tidegate.chaos.search.search import SearchResult

F = TypeVar("F")

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
class JudgedScenario:
    """One scenario, played on both ways. `untried` is what of it did not happen; where it could not, nothing is played.

    A promise that broke is broken whatever else was not tried.
    """

    name: str
    seconds: float
    seed: int
    naive: RunFigures | None
    tidegate: RunFigures | None
    untried: Sequence[str] = ()
    pieces: Sequence[Mapping[str, Any]] = ()
    """Its faults and loads."""
    runs: Mapping[str, PlayedRun] = dataclasses.field(default_factory=dict)
    """How it was played, by the name of the way."""

    @property
    def broken(self) -> list[str]:
        """The promises that the run through Tidegate broke."""
        return broken(self.tidegate) if self.tidegate is not None else []

    def described(self) -> dict[str, object]:
        """As data."""
        return {
            "name": self.name,
            "seconds": self.seconds,
            "seed": self.seed,
            "naive": self.naive.described() if self.naive is not None else None,
            "tidegate": self.tidegate.described() if self.tidegate is not None else None,
            "broken": self.broken,
            "inconclusive": list(self.untried),
        }


def document(value: Mapping[str, object]) -> str:
    """One JSON document: keys sorted, so that the same run is the same bytes."""
    return json.dumps(value, sort_keys=True, indent=2)


class Judged(Protocol):
    """What a scenario came to, whoever's vendors it is about."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def seconds(self) -> float:
        """How long it is."""
        ...

    @property
    def broken(self) -> Sequence[str]:
        """The promises that the run through Tidegate broke."""
        ...

    @property
    def untried(self) -> Sequence[str]:
        """What of it did not happen."""
        ...

    def described(self) -> dict[str, object]:
        """As data."""
        ...


def results(judged_scenarios: Sequence[Judged]) -> dict[str, object]:
    """Several scenarios as data: they held where all were tried and nothing broke."""
    return {
        "held": not any(result.broken or result.untried for result in judged_scenarios),
        "inconclusive": [f"{result.name}: {reason}" for result in judged_scenarios for reason in result.untried],
        "scenarios": [result.described() for result in judged_scenarios],
    }


def as_verdict(result: Judged) -> CaseVerdict:
    """One scenario as CI jobs read it. `time` is virtual seconds."""
    return CaseVerdict(result.name, result.broken, result.untried, {"time": f"{result.seconds:.3f}"})


def judged(result: JudgedScenario) -> RenderableType:
    """One scenario for a person."""
    head = f"{duration(result.seconds)} of virtual time · seed {result.seed}"
    parts: list[RenderableType] = [Text(), Text.assemble((plain(result.name), "bold"), f" · {head}")]
    if result.naive is not None and result.tidegate is not None:
        parts.append(verdict({"naive": result.naive, "Tidegate": result.tidegate}))
        parts.append(contrast(result.naive, result.tidegate))
    return Group(*parts, conclusion(result.broken, result.untried))


def console(*, stderr: bool = False) -> Console:
    """A console that is 80 columns wide where no terminal says otherwise."""
    made = Console(stderr=stderr, highlight=False)
    return made if made.is_terminal else Console(stderr=stderr, highlight=False, width=WIDTH)


def verdict(columns: Mapping[str, RunFigures]) -> Table:
    """The figures side by side. A figure that breaks a promise is red, one that keeps it green."""
    return side_by_side(ROWS, columns, figure_cell)


def side_by_side(
    rows: Sequence[tuple[str, str, str]], columns: Mapping[str, F], cell: Callable[[str, F], RenderableType]
) -> Table:
    """A line for each of `rows` (field, its name for people, what it means), a column for each run."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, width=WIDTH)
    table.add_column("", style="bold", no_wrap=True)
    for heading in columns:
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("", style="dim", no_wrap=True)
    for field, name, meaning in rows:
        table.add_row(name, *(cell(field, figures) for figures in columns.values()), meaning)
    return table


def figure_cell(field: str, figures: RunFigures) -> RenderableType:
    """A figure: red where it breaks a promise, green where it keeps one."""
    value = int(figures.described()[field])
    if field in BAD:
        return Text(f"{value:,}", style="bold red" if value else "green")
    if field == "done":
        held = value >= USEFUL_SHARE * figures.feasible
        return Text(f"{value:,}", style="green" if held else "bold red")
    return Text(f"{value:,}")


def conclusion(promises: Sequence[str], untried: Sequence[str] = ()) -> Text:
    """The last line: held, or each promise that broke and each thing that was not tried."""
    if not promises and not untried:
        return Text("held: every promise was kept", style="bold green")
    lines = [(f"broken: {sentence}", "bold red") for sentence in promises]
    lines += [(f"inconclusive: {sentence}", "bold yellow") for sentence in untried]
    return Text("\n").join(Text(plain(line), style=style) for line, style in lines)


def contrast(naive: RunFigures, tidegate: RunFigures) -> str:
    """The two runs compared in plain words: which got more done, and at what price."""
    more = "more" if naive.done > tidegate.done else "fewer" if naive.done < tidegate.done else "as many"
    return (
        f"The naive client got {more} done ({naive.done:,} to {tidegate.done:,}). Its price: "
        f"{naive.doubled:,} customers paid twice, and {naive.over_quota:,} requests beyond the vendor's limit."
    )


def duration(seconds: float) -> str:
    """`600` → `10 min`."""
    return f"{seconds / 60:g} min" if seconds >= 60 else f"{seconds:g} s"


def piece_line(piece: Piece) -> str:
    """A fault or a load as a scenario file has it, in one line, less the mix of stories, which is always the same."""
    written = ", ".join(f"{name}: {value}" for name, value in piece.items() if name != "mix")
    return f"- {{{written}}}"


def search_summary(searched: "SearchResult") -> Text:
    """The result of a search, for a person."""
    count, hours = len(searched.verdicts), searched.virtual_hours
    calls = sum(verdict.calls for verdict in searched.verdicts)
    rate = hours / max(searched.real_s, 0.001)
    text = Text(
        f"{count:,} scenarios, {calls:,} calls, {hours:,.1f} virtual hours in {searched.real_s:,.1f} s "
        f"({rate:.2f} virtual hours a second; {searched.cpu_s:,.1f} s of processor time)\n"
    )
    for failure in searched.failures:
        text.append(f"\nseed {failure.seed}\n", style="bold red")
        text.append("".join(f"  {sentence}\n" for sentence in failure.broken))
        if failure.small:
            text.append("".join(f"    {piece_line(piece)}\n" for piece in failure.pieces), style="dim")
        text.append(f"  repeat it with: {failure.command}\n")
    if searched.failures:
        return text.append(f"broken: {len(searched.failures)} of {count} scenarios broke a promise", style="bold red")
    return text.append("held: every promise was kept in every scenario", style="bold green")


def trial(drawn: DrawnScenario, verdict: TrialVerdict, untried: Sequence[str] = ()) -> dict[str, object]:
    """One seed as data, with what was not tried of it."""
    return {
        "seed": drawn.seed,
        "seconds": drawn.seconds,
        "limit": {"rate": str(drawn.limit.rate), "burst": drawn.limit.burst},
        "hints": drawn.hints,
        "pieces": list(drawn.pieces),
        "calls": verdict.calls,
        "attempts": verdict.attempts,
        "broken": list(verdict.broken),
        "inconclusive": list(untried),
    }


def replayed(
    drawn: DrawnScenario, verdict: TrialVerdict, places: Sequence[int] | None, untried: Sequence[str] = ()
) -> Text:
    """One seed for a person: its pieces with their numbers, what broke, and what was not tried."""
    limit = drawn.limit
    hints = "" if drawn.hints else "; its errors give no hint"
    allows = f"the vendor allows {limit.rate}, burst {limit.burst}{hints}"
    text = Text(f"seed {drawn.seed}, {duration(drawn.seconds)}; {allows}\n")
    for number, piece in zip(places or range(len(drawn.pieces)), drawn.pieces, strict=True):
        text.append(f"{number:>3} {piece_line(piece)}\n", style="dim")
    text.append(f"{verdict.calls:,} calls, {verdict.attempts:,} requests reached the vendor\n")
    return text.append_text(conclusion(verdict.broken, untried))


def recovery_line(recovery: "Recovery") -> str:
    """One outage in a line."""
    return (
        f"seed {recovery.seed:>3} ({recovery.mode}): {recovery.goodput_before:g} → {recovery.goodput_after:g} calls/s, "
        f"{recovery.retries_max} of {recovery.retries_allowed} retries, {recovery.probes_max} probes at once, "
        f"peak {recovery.peak}/s{', ' + '; '.join(recovery.broken) if recovery.broken else ''}"
    )
