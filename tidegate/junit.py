"""JUnit XML, the form in which CI servers read verdicts: suites of cases, of which some failed.

No standard says what belongs into it; these are the elements that Jenkins, GitLab and GitHub's actions show. Pure: what
a case is, and when it failed, is said by whoever has the verdict.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement


@dataclass(frozen=True, slots=True)
class JUnitFailure:
    """The failure of a case: one line, all that is to be said, and its kind where it has one."""

    message: str
    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class JUnitCase:
    """One thing that was judged. `attributes` are further ones of the element, like `time` in seconds."""

    classname: str
    name: str
    failure: JUnitFailure | None = None
    output: str = ""
    """Text to be shown of a case that did not fail."""
    attributes: Mapping[str, str] = field(default_factory=dict)


def junit_suite(name: str, cases: Sequence[JUnitCase], **attributes: str) -> Element:
    """The element `testsuite`, its counts first and `attributes` after them."""
    failed = sum(case.failure is not None for case in cases)
    suite = Element("testsuite", {"name": name, "tests": str(len(cases)), "failures": str(failed), **attributes})
    for case in cases:
        element = SubElement(suite, "testcase", {"classname": case.classname, "name": case.name, **case.attributes})
        if case.failure is not None:
            kind = {"type": case.failure.kind} if case.failure.kind else {}
            SubElement(element, "failure", {"message": case.failure.message, **kind}).text = case.failure.text
        if case.output:
            SubElement(element, "system-out").text = case.output
    return suite
