"""A vendor that is away for a call, so that something else may stand in for its answer.

RFC 5861 §4 counts 500, 502, 503, 504 and no connection. An error of a server that no standard knows, like the 52x of
Cloudflare and the 529 of Anthropic, means what 500 means (RFC 9110 §15). Our own refusals for want of time, of a permit
or of a closed breaker are the same to the app: nothing could be had from the vendor now. A refusal of the request, of
the credential or of the app's own doing is no reason to answer with something else.
"""

from tidegate.problems import Problem
from tidegate.proxy.call.outcome import Verdict

OF_THE_REQUEST = frozenset((501, 505, 506, 507, 508, 510, 511))
"""Errors of a server that say something of the request or of the way, not that the vendor is away."""
NOTHING_TO_BE_HAD = frozenset(("vendor-unavailable", "deadline-exceeded", "rate-limited", "overloaded"))


def is_away(status: int, verdict: Verdict, problem: Problem | None) -> bool:
    """True where a reply means that the vendor could not be asked, or failed. Its refusal for rate counts too.

    A failure inside a status of success is one that the vendor file names. Not for a reply that the app has already.
    """
    if problem is not None:
        return problem.name in NOTHING_TO_BE_HAD
    failed = status >= 500 and status not in OF_THE_REQUEST
    return failed or verdict is Verdict.THROTTLED or (verdict is Verdict.FAILED and 0 < status < 400)


def why_away(status: int, error: str) -> bytes:
    """Proxy-Status (RFC 9209) of an answer that stands in for the vendor's: what was wrong with that one."""
    return b"tidegate; received-status=%d" % status if status and not error else b"tidegate; error=" + error.encode()
