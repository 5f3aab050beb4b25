"""A scan for people names each place, each rule once, and what was not looked into."""

from tidegate.scan.scan_finding import ScanFinding, fingerprinted
from tidegate.scan.scan_report import as_github, as_text
from tidegate.scan.scanning import ScanResult

FINDINGS = fingerprinted([
    ScanFinding("a.py", 3, 5, "no-timeout", "requests.get waits"),
    ScanFinding("b,c.py", 1, 1, "bypass-host", "api.stripe.com is stripe's own host"),
])  # fmt: skip


def test_the_text() -> None:
    result = ScanResult(
        files=2, skipped=[("c.go", "why"), ("d.go", "why")], suppressed=1, notices=["a note"], generated=["e.js"]
    )
    lines = as_text(result, FINDINGS, 3, 1).splitlines()
    assert lines[0] == "a.py:3:5: warning: requests.get waits [no-timeout]"
    assert sum(line.startswith("no-timeout ×1: ") for line in lines) == 1
    assert "notice: a note" in lines
    assert "not looked into: c.go, d.go: why" in lines
    assert "left out as generated: e.js" in lines
    assert lines[-1] == (
        "2 files: 2 findings; 3 known by the baseline; 1 of the baseline are gone; write it anew; 1 suppressed"
    )
    assert as_text(ScanResult(files=1), [], 0, 0) == "1 files: nothing found"


def test_the_name_of_a_file_begins_no_line_and_steers_no_terminal() -> None:
    name = "a\n::error::x\x1b[2J.py"
    found = fingerprinted([ScanFinding(name, 1, 1, "no-timeout", "requests.get waits")])
    text = as_text(ScanResult(files=1, skipped=[(name, "why")], generated=[name]), found, 0, 0)
    assert "\x1b" not in text
    assert not any(line.startswith("::") for line in text.splitlines())


def test_annotations() -> None:
    first, second = as_github(FINDINGS).splitlines()
    assert first.startswith("::warning file=a.py,line=3,col=5,title=no-timeout::requests.get waits. Give it a timeout")
    assert second.startswith("::error file=b%2Cc.py,")
