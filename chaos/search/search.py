"""Plays the scenarios of many seeds on all processors, judges them, and makes those that fail small.

It finds; what is a failure is for chaos/judge/promises.py to say, and how it is printed for the command.
"""

import shlex
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from tidegate.chaos.play.cast.named_cast import searched_cast
from tidegate.chaos.play.trial_verdict import TrialVerdict, judged
from tidegate.chaos.search.shrink import promises, shrunk
from tidegate.chaos.search.trial_processes import trial_processes
from tidegate.chaos.timeline.cast_draw import draw_cast
from tidegate.chaos.timeline.draw import DrawnScenario, draw
from tidegate.chaos.timeline.fault_draw import Piece

SHRUNK_MAX = 5
"""So many failing seeds are made small; more would say the same again."""
CHUNK = 4


@dataclass(frozen=True, slots=True)
class Failure:
    """A seed that broke a promise. `places` are the pieces that it takes; `small`: they were searched for."""

    seed: int
    minutes: float
    broken: tuple[str, ...]
    places: tuple[int, ...]
    pieces: tuple[Piece, ...]
    small: bool
    vendors: tuple[str, ...] = ()
    """Somebody's own vendors, as they were named."""

    @property
    def command(self) -> str:
        """The command that repeats it."""
        keep = f" --keep {','.join(map(str, self.places))}" if self.small else ""
        whom = "".join(f" --vendor {shlex.quote(name)}" for name in self.vendors)
        return f"tidegate chaos replay {self.seed}{whom} --minutes {self.minutes:g}{keep}"

    def described(self) -> dict[str, Any]:
        """As data."""
        return {
            "seed": self.seed, "broken": list(self.broken), "pieces": list(self.pieces), "replay": self.command,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The result of a search. `cpu_s` is processor time, `real_s` the time on the wall clock."""

    verdicts: Sequence[TrialVerdict]
    failures: Sequence[Failure]
    cpu_s: float
    real_s: float

    @property
    def virtual_hours(self) -> float:
        """The time that went by in all the worlds together."""
        return sum(verdict.virtual_s for verdict in self.verdicts) / 3600

    def described(self) -> dict[str, Any]:
        """As data."""
        return {
            "seeds": len(self.verdicts),
            "violations": sum(len(verdict.broken) for verdict in self.verdicts),
            "virtual_hours": round(self.virtual_hours, 3),
            "cpu_s": round(self.cpu_s, 3),
            "calls": sum(verdict.calls for verdict in self.verdicts),
            "calls_min": min((verdict.calls for verdict in self.verdicts), default=0),
            "worst": [failure.described() for failure in self.failures],
        }


def search(
    seeds: Sequence[int],
    minutes: float,
    now: Callable[[], float],
    seen: Callable[[int, TrialVerdict], None],
    vendors: tuple[str, ...] = (),
) -> SearchResult:
    """Play every seed. `seen` is told of each verdict with the count so far; `now` is the clock on the wall.

    `vendors` are somebody's own, by name or file; without any the search's own two are played. Raises UsageError where
    one cannot be.
    """
    if vendors:
        searched_cast(vendors)
    began = now()
    verdicts, cpu_s = list[TrialVerdict](), 0.0
    with trial_processes() as pool:
        for verdict, took_s in pool.map(_timed, seeds, repeat(minutes), repeat(vendors), chunksize=CHUNK):
            verdicts.append(verdict)
            cpu_s += took_s
            seen(len(verdicts), verdict)
        bad = [verdict for verdict in verdicts if verdict.broken]
        worst = sorted(bad, key=lambda verdict: (-len(promises(verdict)), verdict.seed))
        small = list(pool.map(_made_small, worst[:SHRUNK_MAX], repeat(minutes), repeat(vendors)))
    rest = [_whole(verdict, minutes, vendors) for verdict in worst[SHRUNK_MAX:]]
    return SearchResult(verdicts, [*small, *rest], cpu_s, now() - began)


def drawn_for(seed: int, minutes: float, vendors: tuple[str, ...] = ()) -> DrawnScenario:
    """The scenario of a seed, about these vendors."""
    return draw_cast(searched_cast(vendors), seed, minutes) if vendors else draw(seed, minutes)


def replay(
    seed: int, minutes: float, places: Sequence[int] | None, vendors: tuple[str, ...] = ()
) -> tuple[DrawnScenario, TrialVerdict]:
    """Play one seed again, whole or with only some of its pieces."""
    drawn = drawn_for(seed, minutes, vendors)
    if places is not None:
        drawn = drawn.only(places)
    return drawn, judged(drawn)


def _timed(seed: int, minutes: float, vendors: tuple[str, ...] = ()) -> tuple[TrialVerdict, float]:
    began = time.process_time()
    verdict = judged(drawn_for(seed, minutes, vendors))
    return verdict, time.process_time() - began


def _made_small(verdict: TrialVerdict, minutes: float, vendors: tuple[str, ...] = ()) -> Failure:
    drawn = drawn_for(verdict.seed, minutes, vendors)
    places = shrunk(drawn, verdict.broken[0].partition(":")[0])
    fewer = drawn.only(places)
    return Failure(verdict.seed, minutes, judged(fewer).broken, places, fewer.pieces, small=True, vendors=vendors)


def _whole(verdict: TrialVerdict, minutes: float, vendors: tuple[str, ...]) -> Failure:
    drawn = drawn_for(verdict.seed, minutes, vendors)
    places = tuple(range(len(drawn.pieces)))
    return Failure(verdict.seed, minutes, verdict.broken, places, drawn.pieces, small=False, vendors=vendors)
