"""The report of a comparison: lines for people, a JSON document, and cases for CI.

Knows grades and sentences, and not how anything was compared: what two documents, observed answers and cassettes show
comes in one form.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tidegate.verdict import CaseVerdict

Grade = Literal["error", "warning", "notice"]
GRADES: tuple[Grade, ...] = ("error", "warning", "notice")
"""The gravest first."""

NOTICES_SHOWN = 20
"""So many notices are written for people; --all writes them all."""
PACTS_SHOWN = 3
"""So many interactions are named in a line."""


@dataclass(frozen=True, slots=True)
class DriftFinding:
    """One thing that changed. `kind` is a name of tidegate.drift.change_kinds, `place` says where, `says` what.

    `pacts` are the interactions that it breaks where it is an error, else those whose operations it touches.
    """

    grade: Grade
    kind: str
    place: str
    says: str
    pacts: tuple[str, ...] = ()
    facts: Mapping[str, Any] | None = None
    """Further members of its JSON."""

    @property
    def sentence(self) -> str:
        """Place and words, and whom it breaks."""
        named = ", ".join(f"“{name}”" for name in self.pacts[:PACTS_SHOWN])
        more = len(self.pacts) - PACTS_SHOWN
        broken = f"; breaks {named}{f' and {more} more' if more > 0 else ''}" if self.grade == "error" else ""
        return f"{self.place}: {self.says}{broken}"


@dataclass(frozen=True, slots=True)
class DriftReport:
    """What was compared with what, and what differs. `untried` says why something could not be compared."""

    old: str
    new: str
    findings: tuple[DriftFinding, ...]
    uses: int
    """Interactions of pacts by which the changes are graded."""
    untried: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What a person should know, and no verdict depends on."""

    @property
    def counts(self) -> Mapping[Grade, int]:
        """Findings by grade."""
        counted = Counter(finding.grade for finding in self.findings)
        return {grade: counted[grade] for grade in GRADES}

    def breaking(self, fail_on: Grade) -> list[DriftFinding]:
        """The findings that are at least so grave."""
        grave = GRADES[: GRADES.index(fail_on) + 1]
        return [finding for finding in self.findings if finding.grade in grave]

    def cases(self, fail_on: Grade) -> list[CaseVerdict]:
        """A case for each finding, and one for the whole: what is at least so grave as `fail_on` is broken."""
        broken = {id(finding) for finding in self.breaking(fail_on)}
        cases = [
            CaseVerdict(f"{finding.kind} {finding.place}", [finding.sentence] if id(finding) in broken else ())
            for finding in self.findings
        ]
        return [CaseVerdict(f"{self.old} → {self.new}", (), self.untried), *cases]

    def lines(self, *, whole: bool = False) -> Iterator[str]:
        """The report for a person, the gravest first, and its sum last."""
        notices = 0
        for finding in self.findings:
            notices += finding.grade == "notice"
            if whole or finding.grade != "notice" or notices <= NOTICES_SHOWN:
                yield f"{finding.grade}: {finding.kind}: {finding.sentence}"
        if notices > NOTICES_SHOWN and not whole:
            yield f"{notices - NOTICES_SHOWN} more notices; --all shows them"
        yield from (f"note: {sentence}" for sentence in self.notes)
        yield from (f"inconclusive: {sentence}" for sentence in self.untried)
        yield self.sum

    @property
    def sum(self) -> str:
        """The counts in a line."""
        counts = self.counts
        by = f"graded by {_many(self.uses, 'interaction')} of pacts" if self.uses else "no pact uses it"
        return (
            f"{_many(len(self.findings), 'change')}: {_many(counts['error'], 'error')}, "
            f"{_many(counts['warning'], 'warning')}, {_many(counts['notice'], 'notice')} ({by})"
        )

    def document(self, fail_on: Grade) -> Mapping[str, Any]:
        """As JSON."""
        return {
            "old": self.old,
            "new": self.new,
            "held": not self.breaking(fail_on) and not self.untried,
            "inconclusive": [*self.untried],
            "notes": [*self.notes],
            "uses": self.uses,
            "counts": self.counts,
            "changes": [
                {
                    "grade": finding.grade, "kind": finding.kind, "place": finding.place, "says": finding.says,
                    "pacts": [*finding.pacts], **(finding.facts or {}),
                }
                for finding in self.findings
            ],
        }  # fmt: skip


def sorted_findings(findings: Sequence[DriftFinding]) -> tuple[DriftFinding, ...]:
    """The gravest first, else in their order."""
    return tuple(sorted(findings, key=lambda finding: GRADES.index(finding.grade)))


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
