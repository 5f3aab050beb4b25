"""A load run's verdict as JUnit: one case a promise. Pure; it knows nothing of how a promise was judged."""

from collections.abc import Sequence

from tidegate.junit import JUnitCase, JUnitFailure, document, junit_suite
from tidegate.loadtests.burst_verdict import Promise


def junit(suite: str, promises: Sequence[Promise], inconclusive: Sequence[str], seconds: float) -> str:
    """The file. A promise that did not hold is a case that failed. `seconds` is how long the run took.

    Where nothing was put to the test every case is an error, and none has passed.
    """
    untried = "; ".join(inconclusive)
    cases = [_case(suite, promise, untried) for promise in promises]
    return document([junit_suite(suite, cases, time=f"{seconds:.3f}")])


def _case(suite: str, promise: Promise, untried: str) -> JUnitCase:
    if untried:
        return JUnitCase(suite, promise.name, error=untried)
    return JUnitCase(suite, promise.name, None if promise.held else JUnitFailure(promise.found, promise.found))
