"""A baseline lets through what was there, tells what is gone, and holds no line of code."""

from dataclasses import replace
from pathlib import Path

import pytest

from tidegate.problems import UsageError
from tidegate.scan.baseline import read_baseline, written_baseline
from tidegate.scan.scan_finding import ScanFinding, fingerprinted

OLD = ScanFinding("a.py", 3, 1, "literal-key", "a key", "stripe", "key = 'sk_live_of_the_test'")
FINDINGS = fingerprinted([OLD, replace(OLD, rule_name="no-timeout", text="requests.get(u)")])


def test_what_was_there_is_let_through(tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    file.write_text(written_baseline(FINDINGS))
    baseline = read_baseline(file)
    fresh = fingerprinted([replace(OLD, path="b.py")])
    assert baseline.new([*FINDINGS, *fresh]) == fresh
    assert baseline.gone(FINDINGS[:1]) == 1
    assert "sk_live" not in file.read_text()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"version": 1}', '{"version": 9, "findings": []}', "[" * 100_000])
def test_what_is_none_says_so(content: str, tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    file.write_text(content)
    with pytest.raises(UsageError, match="baseline"):
        read_baseline(file)


def test_one_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_baseline(tmp_path / "none.json")
