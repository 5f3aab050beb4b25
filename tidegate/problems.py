"""The errors that an app, or a person at the command line, can tell apart.

One `Problem` for each type of DESIGN §5, as data: RFC 9457 members and the status it is answered with. How a problem
is put on the wire is tidegate.proxy.onramp.refusal.
"""

from dataclasses import dataclass

TYPE_PREFIX = "https://tidegate.dev/problems/"
"""Every type URI is this and the problem's name. Stable: clients compare it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem type. `proxy_status` is the RFC 9209 §2.3 error type that goes with it."""

    name: str
    status: int
    title: str
    proxy_status: str

    @property
    def type(self) -> str:
        """The RFC 9457 type URI."""
        return TYPE_PREFIX + self.name


def _table(*problems: Problem) -> dict[str, Problem]:
    return {problem.name: problem for problem in problems}


PROBLEMS = _table(
    Problem("deadline-exceeded", 504, "The call's time was used up", "http_response_timeout"),
    Problem("vendor-unavailable", 503, "The vendor cannot be reached now", "destination_unavailable"),
    Problem("rate-limited", 429, "Our own quota for this vendor is used up", "http_request_denied"),
    Problem("vendor-rate-limited", 429, "The vendor refused the call for its rate", "http_request_denied"),
    Problem("credential-rejected", 502, "The vendor refused Tidegate's credential", "http_request_denied"),
    Problem("credential-unavailable", 503, "Tidegate has no valid credential now", "http_request_denied"),
    Problem("app-unauthorized", 401, "The app's Tidegate token is missing or unknown", "http_request_denied"),
    Problem("app-forbidden", 403, "The app may not make this call", "http_request_denied"),
    Problem("proxy-unauthorized", 407, "The app's Tidegate token is missing or unknown", "http_request_denied"),
    Problem("placeholder-refused", 403, "A placeholder is not the app's to use here", "http_request_denied"),
    Problem("egress-denied", 403, "This destination is not allowed", "http_request_denied"),
    Problem("residency-denied", 403, "This data may not go to this region", "http_request_denied"),
    Problem("outcome-unknown", 504, "The write may or may not have happened", "connection_terminated"),
    Problem("idempotency-conflict", 409, "A call with this key is still running", "http_request_denied"),
    Problem("idempotency-mismatch", 422, "This key was used for another request", "http_request_denied"),
    Problem("not-delivered", 409, "The write that was accepted ended without success", "http_request_denied"),
    Problem("contract-broken", 502, "The vendor's answer breaks its contract", "http_protocol_error"),
    Problem("answer-refused", 502, "The vendor's answer is more than Tidegate takes", "http_response_body_size"),
    Problem("overloaded", 503, "Tidegate has no room for the call now", "connection_limit_reached"),
    Problem("store-unavailable", 503, "Tidegate cannot record the write now", "proxy_internal_error"),
    Problem("not-cached", 504, "There is no stored answer", "http_request_denied"),
    Problem("not-found", 404, "No such vendor, operation or record", "destination_not_found"),
    Problem("misdirected", 421, "The request is addressed to another server", "http_request_denied"),
    Problem("bad-request", 400, "The request cannot be read", "http_request_error"),
    Problem("internal-error", 500, "Tidegate failed on its own", "proxy_internal_error"),
)


class UsageError(Exception):
    """Wrong usage or configuration: shown as one line, exit code 2."""
