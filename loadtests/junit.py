"""A verdict as a JUnit file, the form that CI servers read. Pure; it knows nothing of how a promise was judged."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from tidegate.loadtests.verdict import Promise


def junit(suite: str, promises: Sequence[Promise], seconds: float) -> bytes:
    """One test case a promise, failed where it did not hold. `seconds` is how long the run took."""
    broken = sum(not promise.held for promise in promises)
    attributes = {"name": suite, "tests": str(len(promises)), "failures": str(broken), "errors": "0"}
    root = ET.Element("testsuites", attributes)
    cases = ET.SubElement(root, "testsuite", attributes | {"time": f"{seconds:.3f}"})
    for promise in promises:
        case = ET.SubElement(cases, "testcase", {"classname": suite, "name": promise.name})
        if not promise.held:
            ET.SubElement(case, "failure", {"message": promise.found}).text = promise.found
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
