"""What a scan of one file knows: the file, its lines, the vendors' hosts, and what other files of the tree say.

The findings are gathered here, so that no language builds them by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tidegate.scan.scan_finding import ScanFinding
from tidegate.scan.source_tree import ScannedFile
from tidegate.scan.vendor_hosts import VendorHosts

LINE_CHARS_MAX = 200


@dataclass(slots=True)
class TreeKnowledge:
    """What files say for others: settings that redirect an SDK, or give every call a timeout, and the app's modules."""

    redirected: set[str] = field(default_factory=set)
    """Vendors whose SDK is led to another host somewhere."""
    timed: set[str] = field(default_factory=set)
    """HTTP libraries that were given a timeout for every call."""
    own_modules: frozenset[str] = frozenset()


@dataclass(slots=True)
class ScanContext:
    """One file while it is looked into."""

    file: ScannedFile
    lines: Sequence[str]
    hosts: VendorHosts
    tree: TreeKnowledge
    findings: list[ScanFinding] = field(default_factory=list)

    def report(self, rule: str, line: int, column: int, message: str, vendor: str = "") -> None:
        """Note a finding; `line` and `column` count from 1."""
        text = self.lines[line - 1].strip()[:LINE_CHARS_MAX] if 0 < line <= len(self.lines) else ""
        self.findings.append(ScanFinding(self.file.name, line, column, rule, message, vendor, text))
