"""JUnit XML, as CI servers read it."""

from xml.etree.ElementTree import fromstring, tostring

from tidegate.junit import JUnitCase, JUnitFailure, document, junit_suite


def test_a_case_that_failed_is_counted_and_says_why() -> None:
    cases = [
        JUnitCase("burst", "not lost", attributes={"time": "1.000"}),
        JUnitCase("burst", "not doubled", JUnitFailure("2 <twice>", "order 1\norder 2", "doubled")),
    ]
    assert tostring(junit_suite("load", cases), encoding="unicode") == (
        '<testsuite name="load" tests="2" failures="1" errors="0" skipped="0">'
        '<testcase classname="burst" name="not lost" time="1.000" />'
        '<testcase classname="burst" name="not doubled">'
        '<failure message="2 &lt;twice&gt;" type="doubled">order 1\norder 2</failure></testcase></testsuite>'
    )


def test_a_case_that_held_may_have_something_to_say() -> None:
    suite = junit_suite("check", [JUnitCase("stripe", "TG010", output="deprecated")])
    assert [(element.tag, element.text) for element in suite[0]] == [("system-out", "deprecated")]
    assert suite.get("failures") == "0"


def test_a_case_that_could_not_be_judged_is_an_error_and_one_not_looked_into_is_skipped() -> None:
    suite = junit_suite("x", [JUnitCase("x", "a", error="no load"), JUnitCase("x", "b", skipped="no document")])
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["2", "0", "1", "1"]
    assert [(element.tag, element.get("message")) for case in suite for element in case] == [
        ("error", "no load"),
        ("skipped", "no document"),
    ]


def test_what_xml_cannot_hold_is_replaced_and_the_file_can_be_read() -> None:
    suite = junit_suite(
        "a\x00b", [JUnitCase("c\x1bd", "e\ud800", JUnitFailure("\x07", "\ufffe"), attributes={"file": "\x01\udcff"})]
    )
    (read,) = fromstring(document([suite]))
    assert read.get("name") == "a\N{REPLACEMENT CHARACTER}b"
    assert read[0].get("name") == "e\N{REPLACEMENT CHARACTER}"
    assert read[0].get("file") == "\N{REPLACEMENT CHARACTER}" * 2
