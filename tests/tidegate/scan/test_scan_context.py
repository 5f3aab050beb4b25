"""A finding has the line that it is about."""

from pathlib import Path

from tidegate.scan.scan_context import LINE_CHARS_MAX, ScanContext, TreeKnowledge
from tidegate.scan.source_tree import ScannedFile
from tidegate.scan.vendor_hosts import VendorHosts


def test_the_line_is_bounded_and_one_that_is_not_there_is_empty() -> None:
    lines = ["  f()  ", "x" * 10_000]
    context = ScanContext(ScannedFile(Path("a.py"), "a.py", "python"), lines, VendorHosts({}), TreeKnowledge())
    for line in (1, 2, 9):
        context.report("no-timeout", line, 1, "waits")
    assert [finding.text for finding in context.findings] == ["f()", "x" * LINE_CHARS_MAX, ""]
