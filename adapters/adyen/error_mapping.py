"""The failure that each error answer of Adyen's amounts to.

Facts: docs.adyen.com, "API error codes" and "API idempotency". A refused payment is no error there: it comes with 200.
"""

from typing import Final

from tidegate.adapters.fields import FieldError, parse
from tidegate.adapters.gateway import GatewayResponse
from tidegate.adapters.ports.failures import Conflict, VendorFailure
from tidegate.adapters.vendor_answer import failure_by_status

_BUSY: Final = "704"
"""The first request under this key is still at work: nothing more was done."""


def failure_of(answer: GatewayResponse) -> VendorFailure:
    """The failure that an answer without success amounts to: by its code where that says more than the status."""
    text, code = f"The vendor answered {answer.status}", ""
    try:
        error = parse(answer.body)
        code, text = error.maybe_text("errorCode"), error.maybe_text("message") or text
    except FieldError:
        pass
    if code == _BUSY and answer.status < 500:
        return Conflict(text, retry_after_s=answer.retry_after_s, call_id=answer.call_id)
    return failure_by_status(answer, text, code=code)
