"""What the watch knows of one bundle of secrets: when it was last read, and what is wrong with it now.

Pure: `now` is an argument. It decides what is worth telling: a trouble is told once when it begins and once when it
ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tidegate.configfile.secret_references import SecretRef
from tidegate.redaction.secret import Secret


@dataclass(slots=True)
class WatchedBundle:
    """See the module. Times are monotonic seconds."""

    refs: tuple[SecretRef, ...]
    read: float
    """When the source last answered."""
    refusal: str = ""
    """Why what is there is not taken; empty where it is."""
    away: str = ""
    """Why the source does not answer; empty while it does."""
    refused: Mapping[SecretRef, Secret] = field(default_factory=dict)
    """The values that were refused, so that they are not refused again and again."""
    warnings: dict[SecretRef, str] = field(default_factory=dict)
    stale: bool = False
    """Whether it was told that the source has been away for too long."""
    _suspected: str = ""

    def answered(self, now: float) -> bool:
        """The source has answered. True where that ends an absence."""
        was_away = bool(self.away)
        self.read, self.away, self.stale = now, "", False
        return was_away

    def absent(self, why: str) -> bool:
        """The source has not answered. True where that is new."""
        new, self.away = not self.away, why
        return new

    def grows_stale(self, now: float, stale_after_s: float) -> bool:
        """Whether it has been away for too long: True once in each absence."""
        if not self.away or self.stale or now - self.read < stale_after_s:
            return False
        self.stale = True
        return True

    def refuse(self, why: str, *, at_once: bool) -> bool:
        """What is there cannot be taken. True where it is to be told now.

        A file may be gone for a moment while it is replaced, so a flaw counts once it was seen twice, or `at_once`.
        """
        if not at_once and self._suspected != why:
            self._suspected = why
            return False
        new, self.refusal, self._suspected = self.refusal != why, why, why
        return new

    def accept(self) -> bool:
        """What is there is in force. True where that ends a refusal."""
        was_refused = bool(self.refusal)
        self.refusal, self._suspected, self.refused = "", "", {}
        return was_refused
