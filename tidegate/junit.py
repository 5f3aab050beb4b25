"""JUnit XML, the form in which CI servers read verdicts: suites of cases, of which some failed.

No standard says what belongs into it; these are the elements that Jenkins, GitLab and GitHub's actions show. Pure: what
a case is, and when it failed, is said by whoever has the verdict.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement, tostring

_ILLEGIBLE = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
    error: str = ""
    """Why it could not be judged. Counted as an error, which CI servers show as red as a failure."""
    skipped: str = ""
    """Why it was not looked into."""
    output: str = ""
    """Text to be shown of a case that did not fail."""
    attributes: Mapping[str, str] = field(default_factory=dict)


def junit_suite(name: str, cases: Sequence[JUnitCase], **attributes: str) -> Element:
    """The element `testsuite`, its counts first and `attributes` after them."""
    counts = {
        "tests": len(cases),
        "failures": sum(case.failure is not None for case in cases),
        "errors": sum(bool(case.error) for case in cases),
        "skipped": sum(bool(case.skipped) for case in cases),
    }
    written = {count: str(number) for count, number in counts.items()}
    suite = Element("testsuite", {"name": legible(name), **written, **attributes})
    for case in cases:
        named = {"classname": legible(case.classname), "name": legible(case.name)}
        attributes = {key: legible(value) for key, value in case.attributes.items()}
        element = SubElement(suite, "testcase", {**named, **attributes})
        if case.failure is not None:
            kind = {"type": case.failure.kind} if case.failure.kind else {}
            failure = SubElement(element, "failure", {"message": legible(case.failure.message), **kind})
            failure.text = legible(case.failure.text)
        if case.error:
            SubElement(element, "error", {"message": legible(case.error)})
        if case.skipped:
            SubElement(element, "skipped", {"message": legible(case.skipped)})
        if case.output:
            SubElement(element, "system-out").text = legible(case.output)
    return suite


def document(suites: Sequence[Element]) -> str:
    """A whole file of suites."""
    root = Element("testsuites")
    root.extend(suites)
    return tostring(root, encoding="unicode", xml_declaration=True)


def legible(text: str) -> str:
    """The text without what XML 1.0 cannot hold (§2.2): control characters and halves of surrogate pairs."""
    return _ILLEGIBLE.sub("\N{REPLACEMENT CHARACTER}", text)
