"""One thing that is wrong with a file, and where: what `tidegate check` prints and a refusal to start consists of."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from tidegate.plain_line import plain
from tidegate.problems import UsageError

Severity = Literal["error", "warning", "notice"]

FORM_CODES = {
    "TG101": "the file can be read",
    "TG102": "a key stands once in its block",
    "TG103": "a key is known",
    "TG104": "a value has its form and unit",
    "TG105": "what is needed is there",
    "TG106": "a secret is a reference",
    "TG107": "what is written is acted on",
    "TG108": "the document can be read",
    "TG110": "the document is sound",
    "TG112": "a vendor is called what its folder is called",
    "TG115": "what is stored of personal data is sealed",
}
"""Codes of what is found while a file is read, each with what holds where it is not reported. Rules have their own."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`path` is the field, like `facts.limits[0].rate`; `line` and `column` count from 1."""

    code: str
    severity: Severity
    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        path = f"{self.path}: " if self.path else ""
        mark = "" if self.severity == "error" else f"{self.severity}: "
        return plain(f"{self.file}:{self.line}:{self.column}: {mark}{path}{self.message} [{self.code}]")


class VendorFileError(UsageError):
    """A vendor file that cannot be used: all that is wrong with it, one line each."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(map(str, self.findings)))


def written_path(loc: tuple[str | int, ...]) -> str:
    """`("facts", "limits", 0, "rate")` → `facts.limits[0].rate`."""
    text = ""
    for step in loc:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sorted as one reads: by file, place, then code; each once."""
    return sorted(
        set(findings), key=lambda finding: (finding.file, finding.line, finding.column, finding.code, finding.message)
    )
