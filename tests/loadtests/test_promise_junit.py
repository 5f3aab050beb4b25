"""A verdict as JUnit."""

from xml.etree import ElementTree as ET

from tests.loadtests.test_burst_verdict import RECORDS, verdict
from tidegate.loadtests.promise_junit import junit


def test_a_broken_promise_is_a_failed_test_case_and_says_what_was_found() -> None:
    judged = verdict(records=RECORDS[:3])
    (suite,) = ET.fromstring(junit("load burst", judged, 12.5))
    broken = [promise for promise in judged.promises if not promise.held]
    assert [suite.get(name) for name in ("name", "failures", "errors", "time")] == [
        "load burst", str(len(broken)), "0", "12.500",
    ]  # fmt: skip
    failed = [case for case in suite if case.find("failure") is not None]
    assert [(case.get("name"), case[0].get("message")) for case in failed] == [
        (promise.name, promise.found) for promise in broken
    ]


def test_a_held_verdict_has_no_failure() -> None:
    (suite,) = ET.fromstring(junit("load burst", verdict(), 1.0))
    assert (suite.get("failures"), suite.get("errors")) == ("0", "0")


def test_where_nothing_was_put_to_the_test_nothing_passed() -> None:
    (suite,) = ET.fromstring(junit("load burst", verdict(records=[], journal=[]), 1.0))
    assert (suite.get("failures"), suite.get("errors")) == ("0", suite.get("tests"))
