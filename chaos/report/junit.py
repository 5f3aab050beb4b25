"""The verdicts of a search as JUnit, for the page on which a CI job shows its tests."""

from tidegate.chaos.search.search import SearchResult
from tidegate.junit import JUnitCase, JUnitFailure, document, junit_suite


def suite(searched: SearchResult) -> str:
    """One test for each seed. `time` is virtual seconds."""
    failures = {
        failure.seed: JUnitFailure(failure.broken[0], "\n".join([*failure.broken, failure.command]))
        for failure in searched.failures
    }
    cases = [
        JUnitCase(
            "chaos.search",
            f"seed {verdict.seed}",
            failures.get(verdict.seed),
            attributes={"time": f"{verdict.virtual_s:.3f}"},
        )
        for verdict in searched.verdicts
    ]
    return document([junit_suite("tidegate chaos search", cases)])
