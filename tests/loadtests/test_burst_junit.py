"""A verdict as JUnit."""

from xml.etree import ElementTree as ET

from tidegate.loadtests.burst_junit import junit
from tidegate.loadtests.burst_verdict import Promise

KEPT = Promise("not lost", held=True, found="0 payments were told done and are not in the journal")
BROKEN = Promise("not doubled", held=False, found="2 payments <happened> more than once")


def test_a_broken_promise_is_a_failed_test_case_and_says_what_was_found() -> None:
    suite = ET.fromstring(junit("load burst", [KEPT, BROKEN], 12.5))[0]
    counts = {"tests": "2", "failures": "1", "errors": "0", "skipped": "0"}
    assert suite.attrib == {"name": "load burst", **counts, "time": "12.500"}
    kept, broken = suite
    assert (kept.get("name"), len(kept)) == ("not lost", 0)
    assert broken[0].tag == "failure"
    assert broken[0].get("message") == BROKEN.found


def test_a_held_verdict_has_no_failure() -> None:
    assert ET.fromstring(junit("load burst", [KEPT], 1.0)).get("failures") == "0"
