"""A load run's verdict as JUnit: one case a promise. Pure; it knows nothing of how a promise was judged."""

from tidegate.junit import JUnitCase, JUnitFailure, document, junit_suite
from tidegate.loadtests.promise import Promise, PromisesVerdict


def junit(suite: str, verdict: PromisesVerdict, seconds: float) -> str:
    """The file. A promise that did not hold is a case that failed. `seconds` is how long the run took.

    Where nothing was put to the test every case is an error, and none has passed.
    """
    untried = "; ".join(verdict.inconclusive)
    cases = [_case(suite, promise, untried) for promise in verdict.promises]
    return document([junit_suite(suite, cases, time=f"{seconds:.3f}")])


def _case(suite: str, promise: Promise, untried: str) -> JUnitCase:
    if untried:
        return JUnitCase(suite, promise.name, error=untried)
    return JUnitCase(suite, promise.name, None if promise.held else JUnitFailure(promise.found, promise.found))
