"""JUnit XML, as CI servers read it."""

from xml.etree.ElementTree import tostring

from tidegate.junit import JUnitCase, JUnitFailure, junit_suite


def test_a_case_that_failed_is_counted_and_says_why() -> None:
    cases = [
        JUnitCase("burst", "not lost", attributes={"time": "1.000"}),
        JUnitCase("burst", "not doubled", JUnitFailure("2 <twice>", "order 1\norder 2", "doubled")),
    ]
    assert tostring(junit_suite("load", cases, errors="0"), encoding="unicode") == (
        '<testsuite name="load" tests="2" failures="1" errors="0">'
        '<testcase classname="burst" name="not lost" time="1.000" />'
        '<testcase classname="burst" name="not doubled">'
        '<failure message="2 &lt;twice&gt;" type="doubled">order 1\norder 2</failure></testcase></testsuite>'
    )


def test_a_case_that_held_may_have_something_to_say() -> None:
    suite = junit_suite("check", [JUnitCase("stripe", "TG010", output="deprecated")])
    assert [(element.tag, element.text) for element in suite[0]] == [("system-out", "deprecated")]
    assert suite.get("failures") == "0"
