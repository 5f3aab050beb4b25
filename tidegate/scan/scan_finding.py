"""One finding of a scan, its place, and the fingerprint by which it is known again when lines move."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b

from tidegate.scan.scan_rules import RULES, ScanRule


@dataclass(frozen=True, slots=True, order=True)
class ScanFinding:
    """A place in a file. `path` is relative to what was scanned, with slashes; lines and columns count from 1."""

    path: str
    line: int
    column: int
    rule_name: str
    message: str
    vendor: str = ""
    text: str = ""
    """The line itself, without what it is indented by."""
    fingerprint: str = ""

    @property
    def rule(self) -> ScanRule:
        """Its rule."""
        return RULES[self.rule_name]


def fingerprinted(findings: Iterable[ScanFinding]) -> list[ScanFinding]:
    """The findings in order, each once, with its fingerprint: of rule, path, the line's text, and which of several."""
    count: dict[tuple[str, str, str], int] = {}
    marked = []
    for finding in sorted(set(findings)):
        key = (finding.rule_name, finding.path, " ".join(finding.text.split()))
        count[key] = count.get(key, 0) + 1
        digest = blake2b("\0".join((*key, str(count[key]))).encode("utf-8", "replace"), digest_size=10)
        marked.append(replace(finding, fingerprint=digest.hexdigest()))
    return marked
