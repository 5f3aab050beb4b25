"""What each of Tidegate's own refusals (RFC 9457) comes to for the domain: a failure by its meaning.

Knows the problems' names, and no vendor.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tidegate.adapters.ports.failures import (
    Conflict,
    KeyReused,
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unavailable,
    Undelivered,
    VendorContractBroken,
    VendorFailure,
)


@dataclass(frozen=True, slots=True)
class GatewayProblem:
    """One of Tidegate's own refusals. `writes` says whether the request could have changed anything."""

    name: str
    detail: str
    call_id: str
    retry_after_s: float | None
    record_url: str
    writes: bool


def failure_of(problem: GatewayProblem) -> VendorFailure:
    """The failure that a problem of Tidegate's amounts to."""
    return _FAILURES.get(problem.name, _own_fault)(problem)


def _rate_limited(problem: GatewayProblem) -> VendorFailure:
    return RateLimited(problem.detail, retry_after_s=problem.retry_after_s, call_id=problem.call_id)


def _unavailable(problem: GatewayProblem) -> VendorFailure:
    return Unavailable(problem.detail, retry_after_s=problem.retry_after_s, call_id=problem.call_id)


def _unknown(problem: GatewayProblem) -> VendorFailure:
    return OutcomeUnknown(problem.detail, record_url=problem.record_url, call_id=problem.call_id)


def _conflict(problem: GatewayProblem) -> VendorFailure:
    return Conflict(problem.detail, retry_after_s=problem.retry_after_s, call_id=problem.call_id)


def _reused(problem: GatewayProblem) -> VendorFailure:
    return KeyReused(problem.detail, call_id=problem.call_id)


def _misconfigured(problem: GatewayProblem) -> VendorFailure:
    return Misconfigured(problem.detail, problem=problem.name, call_id=problem.call_id)


def _broken(problem: GatewayProblem) -> VendorFailure:
    return VendorContractBroken("", "what the contract says", found=problem.detail, call_id=problem.call_id)


def _unread(problem: GatewayProblem) -> VendorFailure:
    """The vendor answered, and nobody has read what: a write is in doubt."""
    return _unknown(problem) if problem.writes else _broken(problem)


def _rejected(problem: GatewayProblem) -> VendorFailure:
    return Rejected(problem.detail, code=problem.name, call_id=problem.call_id)


def _own_fault(problem: GatewayProblem) -> VendorFailure:
    """Tidegate failed on its own, or names a problem that this version does not know: a write is in doubt."""
    return _unknown(problem) if problem.writes else _unavailable(problem)


_FAILURES: Mapping[str, Callable[[GatewayProblem], VendorFailure]] = {
    "deadline-exceeded": _unavailable,
    "vendor-unavailable": _unavailable,
    "rate-limited": _rate_limited,
    "vendor-rate-limited": _rate_limited,
    "credential-rejected": _misconfigured,
    "credential-unavailable": _unavailable,
    "app-unauthorized": _misconfigured,
    "proxy-unauthorized": _misconfigured,
    "egress-denied": _misconfigured,
    "app-forbidden": _misconfigured,
    "residency-denied": _misconfigured,
    "placeholder-refused": _misconfigured,
    "outcome-unknown": _unknown,
    "idempotency-conflict": _conflict,
    "idempotency-mismatch": _reused,
    "not-delivered": lambda problem: Undelivered(problem.detail, call_id=problem.call_id),
    "contract-broken": _broken,
    "answer-refused": _unread,
    "overloaded": _unavailable,
    "store-unavailable": _unavailable,
    "not-cached": _unavailable,
    "not-found": _misconfigured,
    "misdirected": _misconfigured,
    "bad-request": _rejected,
    "internal-error": _own_fault,
}
"""By the name of the problem type. A test holds this table against tidegate.problems."""
