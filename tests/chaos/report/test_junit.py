"""The verdicts as JUnit: a test for each seed, and the command that repeats a failure."""

from xml.etree.ElementTree import fromstring

from tidegate.chaos.play.trial_verdict import TrialVerdict
from tidegate.chaos.report.junit import suite
from tidegate.chaos.search.search import Failure, SearchResult


def test_each_seed_is_a_test_and_a_broken_promise_a_failure() -> None:
    verdicts = [TrialVerdict(1, (), 630.0, 10, 12), TrialVerdict(2, ("late: a & b",), 640.0, 20, 22)]
    failure = Failure(2, 10.0, ("late: a & b",), (0, 3), (), small=True)
    root = fromstring(suite(SearchResult(verdicts, [failure], 1.0, 1.0)))
    inner = root.find("testsuite")
    assert inner is not None
    assert (inner.get("tests"), inner.get("failures")) == ("2", "1")
    cases = inner.findall("testcase")
    assert [case.get("name") for case in cases] == ["seed 1", "seed 2"]
    told = cases[1].find("failure")
    assert told is not None
    assert (told.get("message"), told.text) == (
        "late: a & b",
        "late: a & b\ntidegate chaos replay 2 --minutes 10 --keep 0,3",
    )
    assert cases[0].find("failure") is None
