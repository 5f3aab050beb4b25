"""The demo's result and its tables: one story, live for some seconds, then at full length for both ways.

It shows and decides nothing itself: chaos/play/live.py and chaos/play/run.py play, chaos/judge/invariants.py judges.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import RenderableType
from rich.text import Text

from tidegate.chaos.judge.invariants import broken
from tidegate.chaos.play.live import LiveView
from tidegate.chaos.play.run import PlayedRun
from tidegate.chaos.report.live_frame import breaker_text, live_frame
from tidegate.chaos.report.saved import last_words

FIELDS = ("asked", "feasible", "done", "lost", "doubled", "over_quota", "attempts")
"""The figures of each run in the demo's JSON."""


@dataclass(frozen=True, slots=True)
class DemoResult:
    """Everything that the demo found out."""

    seed: int
    naive: PlayedRun
    tidegate: PlayedRun
    live: PlayedRun

    @property
    def last_words(self) -> list[str]:
        """What was saved, and what it cost."""
        return last_words(self.naive, self.tidegate)

    @property
    def broken(self) -> list[str]:
        """The promises that Tidegate broke, live or at full length."""
        return [f"{name}: {sentence}" for name, run in self._promised().items() for sentence in broken(run.figures)]

    def described(self) -> dict[str, object]:
        """As data."""
        runs: Mapping[str, PlayedRun] = {"naive": self.naive, **self._promised()}
        chosen = {name: {field: run.figures.described()[field] for field in FIELDS} for name, run in runs.items()}
        return {"seed": self.seed, **chosen, "held": not self.broken, "last_words": self.last_words}

    def _promised(self) -> dict[str, PlayedRun]:
        return {"tidegate": self.tidegate, "live": self.live}


def live_table(look: LiveView) -> RenderableType:
    """The live part at one moment."""
    rows: list[tuple[str, RenderableType]] = [
        ("calls", f"{look.begun:,} asked, {look.settled:,} settled, {look.begun - look.settled:,} under way"),
        ("outcomes", _counts(look.outcomes)),
        ("attempts", f"{look.attempts:,} requests reached the vendor"),
        ("breaker", breaker_text(look.breaker)),
        ("quota", f"{look.quota:4.0%} in use, {look.queued:,} calls wait in the queue"),
    ]
    return live_frame(look, rows)


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
