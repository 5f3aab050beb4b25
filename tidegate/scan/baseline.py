"""A baseline: the findings that were there when a scan was first run, so that only new ones fail a build.

A finding is known again by its fingerprint, so lines may move. What is gone is told, so that the file may shrink.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tidegate.problems import UsageError
from tidegate.scan.scan_finding import ScanFinding

VERSION = 1
FILE_BYTES_MAX = 64 * 1_048_576


@dataclass(frozen=True, slots=True)
class ScanBaseline:
    """The fingerprints of a file."""

    known: frozenset[str]

    def new(self, findings: Iterable[ScanFinding]) -> list[ScanFinding]:
        """The findings that are not in it."""
        return [finding for finding in findings if finding.fingerprint not in self.known]

    def gone(self, findings: Iterable[ScanFinding]) -> int:
        """How many of its findings are no longer there."""
        return len(self.known - {finding.fingerprint for finding in findings})


def read_baseline(file: Path) -> ScanBaseline:
    """Raises UsageError where it cannot be read as one."""
    try:
        if file.stat().st_size > FILE_BYTES_MAX:
            raise UsageError(f"{file}: this baseline is longer than {FILE_BYTES_MAX} bytes")
        written = json.loads(file.read_bytes())
        if written["version"] != VERSION:
            raise UsageError(f"{file}: this baseline is of version {written['version']}; write it anew")
        return ScanBaseline(frozenset(str(one["fingerprint"]) for one in written["findings"]))
    except OSError as error:
        raise UsageError(f"{file}: this baseline cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UsageError(f"{file}: this is no baseline; write one with --write-baseline") from None


def written_baseline(findings: Sequence[ScanFinding]) -> str:
    """The text of a baseline. No line of code is in it: one may hold a key."""
    entries = [
        {"rule": one.rule_name, "path": one.path, "line": one.line, "fingerprint": one.fingerprint} for one in findings
    ]
    return json.dumps({"version": VERSION, "findings": entries}, indent=1) + "\n"
