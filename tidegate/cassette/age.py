"""The age of a cassette, and whether it is too old: a vendor changes, and what it once said proves less each day."""

from dataclasses import dataclass
from pathlib import Path

from tidegate.cassette.cassette_file import read, read_head
from tidegate.verdict import CaseVerdict

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class CassetteAge:
    """One cassette. `age_s` is None where its head does not say when it was recorded."""

    path: Path
    vendor: str
    exchanges: int
    age_s: float | None

    @property
    def text(self) -> str:
        """The age for a person, in days."""
        return "of an unknown age" if self.age_s is None else f"{self.age_s / DAY_S:.1f} days old"

    def verdict(self, age_max_s: float | None) -> CaseVerdict:
        """Whether it is young enough. Without an age it is not: nobody knows what it still proves."""
        if age_max_s is None or (self.age_s is not None and self.age_s <= age_max_s):
            return CaseVerdict(str(self.path), ())
        text = f"this cassette is {self.text}; at most {age_max_s / DAY_S:g} days are allowed"
        return CaseVerdict(str(self.path), (f"{text}: record it anew, or `tidegate cassette refresh` it",))


def age_of(path: Path, now_s: float) -> CassetteAge:
    """The age of a cassette at this second of the wall clock. Raises UsageError where it cannot be read."""
    head = read_head(path)
    age_s = max(now_s - head.recorded_s, 0.0) if head.recorded_s is not None else None
    return CassetteAge(path, head.vendor, sum(1 for _ in read(path)), age_s)
