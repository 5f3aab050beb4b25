"""The planted cases: files of an app, in which each line that a rule should find says so with `!rule`.

A file of them is parted by `=== name`. What has no mark is there to be left alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tidegate.scan.scan_rules import RULES
from tidegate.scan.scanning import ScanResult, scan
from tidegate.scan.vendor_hosts import VendorHosts
from tidegate.vendor.search_path import shipped_vendors

PLANTED = Path(__file__).parent / "planted"
_MARK = re.compile(r"!([a-z]+-[a-z]+)")

Place = tuple[str, int, str]
"""File, line, rule."""


@dataclass(frozen=True)
class PlantedTree:
    """An app with what is wrong in it, what was found, and the marks."""

    planted: frozenset[Place]
    found: frozenset[Place]
    result: ScanResult

    @property
    def missed(self) -> list[Place]:
        """False negatives."""
        return sorted(self.planted - self.found)

    @property
    def wrong(self) -> list[Place]:
        """False positives."""
        return sorted(self.found - self.planted)

    @property
    def recall(self) -> float:
        """The share of what is planted that was found."""
        return len(self.planted & self.found) / len(self.planted) if self.planted else 1.0

    @property
    def precision(self) -> float:
        """The share of what was found that is planted."""
        return len(self.planted & self.found) / len(self.found) if self.found else 1.0


def files(name: str) -> Iterator[tuple[str, str]]:
    """The files of a tree."""
    parts = re.split(r"^=== (.+)\n", (PLANTED / f"{name}.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)
    yield from zip(parts[1::2], parts[2::2], strict=True)


def scanned(name: str, folder: Path) -> PlantedTree:
    """Plant a tree and scan it."""
    planted = set()
    for file, text in files(name):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
        for number, line in enumerate(text.splitlines(), 1):
            planted |= {(file, number, rule) for rule in _MARK.findall(line) if rule in RULES}
    result = scan([folder], VendorHosts.of(shipped_vendors()))
    found = {(one.path, one.line, one.rule_name) for one in result.findings}
    return PlantedTree(frozenset(planted), frozenset(found), result)
