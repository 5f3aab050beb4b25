"""The report of a run as data: what every command that judges fills, and page.py makes a page of.

It knows no command. What is foreign in it is escaped by the page, and secrets are masked by masking.py.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Self

from tidegate.report.charts import Chart, Tone
from tidegate.verdict import CaseVerdict, exit_code

VerdictWord = Literal["held", "broken", "inconclusive"]

_NUMBER = re.compile(r"([-–]?[0-9][0-9.,]*( ?([a-zA-Zµ%/]{1,9}|[0-9]+)){0,6}|–)?$")
"""A number with its unit, or nothing."""

_WORDS: tuple[VerdictWord, ...] = ("held", "broken", "inconclusive")
"""By the exit code."""


@dataclass(frozen=True, slots=True)
class ReportVerdict:
    """The verdict, and a sentence for each promise that broke or was not tried."""

    word: VerdictWord
    broken: Sequence[str] = ()
    inconclusive: Sequence[str] = ()
    held: str = "every promise was kept"
    """What it means that it held."""

    @classmethod
    def of(cls, cases: Iterable[CaseVerdict], held: str = "every promise was kept") -> Self:
        """The verdict of a command that leaves with these cases. Each sentence names its case where there are more."""
        judged = list(cases)
        word = _WORDS[exit_code(judged)]

        def named(case: CaseVerdict, sentence: str) -> str:
            return f"{case.name}: {sentence}" if len(judged) > 1 else sentence

        return cls(
            word,
            [named(case, sentence) for case in judged for sentence in case.broken],
            [named(case, sentence) for case in judged for sentence in case.inconclusive],
            held,
        )


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A number that a reader looks for first. `says` is what it means."""

    name: str
    value: str
    says: str = ""
    tone: Tone = "quiet"


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Rows under heads."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    folded: bool = False
    """Shown when somebody opens it."""
    more: int = 0
    """Rows that are left out."""

    @property
    def numeric(self) -> Collection[int]:
        """The columns, of those after the first, in which nothing but numbers stand."""
        columns = range(1, len(self.heads))
        return frozenset(
            place for place in columns if all(_NUMBER.match(row[place]) for row in self.rows if len(row) > place)
        )

    def bounded(self, rows_max: int) -> Self:
        """The table with at most so many rows."""
        if len(self.rows) <= rows_max:
            return self
        return replace(self, rows=self.rows[:rows_max], more=self.more + len(self.rows) - rows_max)


@dataclass(frozen=True, slots=True)
class ReportSection:
    """A part of a page: words, pictures, tables."""

    title: str
    says: Sequence[str] = ()
    charts: Sequence[Chart] = ()
    tables: Sequence[ReportTable] = ()


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A whole report."""

    title: str
    verdict: ReportVerdict
    lead: Sequence[str] = ()
    """What it comes to, in sentences."""
    figures: Sequence[KeyFigure] = ()
    sections: Sequence[ReportSection] = ()
    facts: Sequence[tuple[str, str]] = ()
    """What a person must know to compare it with another: seed, length, version."""
    repeat: Sequence[str] = ()
    """Commands, each a line for a shell."""
    head: str = ""
    """What the sentences of `lead` are about."""
