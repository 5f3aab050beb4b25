"""Comments that let a finding pass: `tidegate: ignore[no-timeout] and why`, on its line or on the one above."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tidegate.scan.scan_finding import ScanFinding
from tidegate.scan.scan_rules import RULES

_COMMENT = re.compile(r"(?:#|//|/\*)\s*tidegate:\s*ignore(?:\[([^\]]*)\])?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ScanSuppression:
    """One comment. `rules` are those that it names; all, where it names none."""

    line: int
    rules: frozenset[str]
    alone: bool
    """True where nothing else stands on its line, so that it is about the next one."""

    def covers(self, finding: ScanFinding) -> bool:
        """Whether it is about a finding."""
        on = finding.line == self.line or (self.alone and finding.line == self.line + 1)
        return on and (not self.rules or finding.rule_name in self.rules or finding.rule.code in self.rules)


def suppressions(lines: Sequence[str]) -> Iterator[ScanSuppression]:
    """The comments of a file."""
    for number, line in enumerate(lines, 1):
        found = _COMMENT.search(line) if "tidegate:" in line.lower() else None
        if found is not None:
            names = frozenset(name.strip() for name in (found[1] or "").split(",") if name.strip())
            yield ScanSuppression(number, names, not line[: found.start()].strip())


def unknown_names(suppression: ScanSuppression) -> list[str]:
    """The names of no rule that a comment has: a slip of the pen would let nothing pass."""
    return sorted(suppression.rules - RULES.keys() - {rule.code for rule in RULES.values()})
