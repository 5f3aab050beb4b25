"""The verdicts of a search as JUnit XML, for the page on which a CI job shows its tests."""

from xml.etree.ElementTree import Element, SubElement, tostring

from tidegate.chaos.search.search import SearchResult


def suite(searched: SearchResult) -> str:
    """One test for each seed. `time` is virtual seconds."""
    failed = {failure.seed: failure for failure in searched.failures}
    counts = {"tests": str(len(searched.verdicts)), "failures": str(len(failed)), "errors": "0"}
    root = Element("testsuites")
    inner = SubElement(root, "testsuite", {"name": "tidegate chaos search", **counts})
    for verdict in searched.verdicts:
        name = f"seed {verdict.seed}"
        case = SubElement(inner, "testcase", classname="chaos.search", name=name, time=f"{verdict.virtual_s:.3f}")
        failure = failed.get(verdict.seed)
        if failure is not None:
            element = SubElement(case, "failure", message=failure.broken[0])
            element.text = "\n".join([*failure.broken, failure.command])
    return tostring(root, encoding="unicode", xml_declaration=True)
