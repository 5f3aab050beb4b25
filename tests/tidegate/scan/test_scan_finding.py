"""A finding is known again when lines move, and two alike are two."""

from dataclasses import replace

from tidegate.scan.scan_finding import ScanFinding, fingerprinted

ONE = ScanFinding("a.py", 3, 1, "no-timeout", "waits", "", "requests.get(u)")


def test_a_fingerprint_holds_when_lines_move() -> None:
    [before], [after] = fingerprinted([ONE]), fingerprinted([replace(ONE, line=90, text="requests.get(u)  ")])
    assert before.fingerprint == after.fingerprint


def test_two_alike_in_one_file_are_two_and_one_told_twice_is_one() -> None:
    marked = fingerprinted([ONE, ONE, replace(ONE, line=9)])
    assert len(marked) == 2
    assert len({finding.fingerprint for finding in marked}) == 2


def test_rule_path_and_text_are_in_it() -> None:
    changed = [replace(ONE, rule_name="catch-all"), replace(ONE, path="b.py"), replace(ONE, text="requests.get(v)")]
    assert len({finding.fingerprint for one in (ONE, *changed) for finding in fingerprinted([one])}) == 4


def test_findings_come_in_the_order_of_files_and_lines() -> None:
    marked = fingerprinted([replace(ONE, path="b.py"), replace(ONE, line=9), ONE])
    assert [(one.path, one.line) for one in marked] == [("a.py", 3), ("a.py", 9), ("b.py", 3)]
    assert ONE.rule.code == "TS03"
