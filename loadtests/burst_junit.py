"""A burst's verdict as JUnit: one case a promise. Pure; it knows nothing of how a promise was judged."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from tidegate.junit import JUnitCase, JUnitFailure, junit_suite
from tidegate.loadtests.burst_verdict import Promise


def junit(suite: str, promises: Sequence[Promise], seconds: float) -> bytes:
    """The file. A promise that did not hold is a case that failed. `seconds` is how long the run took."""
    cases = [
        JUnitCase(suite, promise.name, None if promise.held else JUnitFailure(promise.found, promise.found))
        for promise in promises
    ]
    counted = junit_suite(suite, cases)
    root = ET.Element("testsuites", dict(counted.attrib))
    counted.set("time", f"{seconds:.3f}")
    root.append(counted)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
