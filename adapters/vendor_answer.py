"""What a vendor's answer comes to: what was asked for, or the failure that its status stands for.

Knows HTTP's statuses (RFC 9110 §15) and no vendor. An adapter gives what its vendor says beyond them.
"""

from collections.abc import Callable
from typing import Final, TypeVar

from tidegate.adapters.fields import FieldError, Fields, parse
from tidegate.adapters.gateway import GatewayResponse
from tidegate.adapters.ports.failures import (
    Conflict,
    Misconfigured,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unavailable,
    VendorContractBroken,
    VendorFailure,
)

T = TypeVar("T")

PROBLEM_HEADER: Final = "Tidegate-Problem"
THROTTLED: Final = "vendor-rate-limited"
"""Tidegate's word for a vendor's refusal for the rate, whatever its status is: some say 403."""


def read_answer(
    answer: GatewayResponse, failure_of: Callable[[GatewayResponse], VendorFailure], build: Callable[[Fields], T]
) -> T:
    """What `build` makes of the object in an answer of success.

    Raises `failure_of` the answer for any other, and VendorContractBroken where the object is not as agreed.
    """
    if not 200 <= answer.status < 300:
        raise failure_of(answer)
    try:
        return build(parse(answer.body))
    except FieldError as error:
        raise broken(answer, error) from None


def broken(answer: GatewayResponse, error: FieldError) -> VendorContractBroken:
    """The failure that a field which is not as agreed amounts to."""
    return VendorContractBroken(
        error.pointer, error.expected, found=error.found, applied=not answer.reads, call_id=answer.call_id
    )


def failure_by_status(answer: GatewayResponse, text: str, *, field: str = "", code: str = "") -> VendorFailure:
    """The failure that a status stands for, where the vendor says nothing that is more.

    A 5xx to a write leaves it in doubt: the vendor may have failed after it had done it.
    """
    status, call_id, later_s = answer.status, answer.call_id, answer.retry_after_s
    if status >= 500:
        if answer.reads:
            return Unavailable(text, retry_after_s=later_s, call_id=call_id)
        return OutcomeUnknown(text, call_id=call_id)
    if status == 429 or answer.headers.get(PROBLEM_HEADER) == THROTTLED:
        return RateLimited(text, retry_after_s=later_s, call_id=call_id)
    if status in (401, 403):
        return Misconfigured(text, call_id=call_id)
    if status in (404, 410):
        return NotFound(text, call_id=call_id)
    if status == 409:
        return Conflict(text, retry_after_s=later_s, call_id=call_id)
    if status >= 400:
        return Rejected(text, field=field, code=code, call_id=call_id)
    return VendorContractBroken("", "a status of 2xx, 4xx or 5xx", found=f"status {status}", call_id=call_id)
