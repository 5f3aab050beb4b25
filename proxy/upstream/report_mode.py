"""Refusals that rules in report mode would have made: counted always, logged at most once a second for each reason.

It decides nothing, and knows no rule by name.
"""

from collections import Counter
from collections.abc import Callable, Mapping

from tidegate.world.world import World

REPORTED_EVERY_S = 1.0

Note = Callable[[str, Mapping[str, str | float]], None]
"""Takes a note's text and its facts."""


class ReportMode:
    """The counts of one vendor."""

    def __init__(self, world: World) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        """(rule, reason) → how often it would have refused."""
        self.crossed: Counter[tuple[str, str]] = Counter()
        """(quota, share) → how often that share of it was reached."""
        self.note: Note | None = None
        """The receiver of notes, if there is one."""
        self._world = world
        self._reported: dict[tuple[str, str], tuple[float, int]] = {}

    def would_refuse(self, rule: str, reason: str, operation: str) -> None:
        """A call passes that `rule` would have refused."""
        self.counts[rule, reason] += 1
        count, now = self.counts[rule, reason], self._world.now()
        at, reported = self._reported.get((rule, reason), (float("-inf"), 0))
        if now - at >= REPORTED_EVERY_S and self.note is not None:
            self._reported[rule, reason] = (now, count)
            facts: dict[str, str | float] = {
                "rule": rule,
                "reason": reason,
                "operation": operation,
                "count": count - reported,
            }
            self.note("would refuse", facts)

    def reached(self, quota: str, share: float) -> None:
        """So much of a quota is used."""
        self.crossed[quota, f"{share:.0%}"] += 1
        if self.note is not None:
            self.note("quota", {"limit": quota, "share": share})
