"""The failure that each error answer of Stripe's amounts to.

Facts: Stripe's API reference, "Errors" and "Error codes", and its page on low-level errors. An envelope that cannot be
read leaves the status, which is enough to say what became of the request.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tidegate.adapters.fields import FieldError, parse
from tidegate.adapters.gateway import GatewayResponse
from tidegate.adapters.ports.failures import (
    Conflict,
    KeyReused,
    Misconfigured,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unavailable,
    VendorContractBroken,
    VendorFailure,
)
from tidegate.adapters.ports.identifiers import qualified
from tidegate.adapters.ports.payments import Declined

NAME: Final = "stripe"

_BUSY: Final = frozenset(("idempotency_key_in_use", "lock_timeout"))
"""Codes of a clash with another call that is still at work: nothing was done."""


@dataclass(frozen=True, slots=True)
class _ErrorObject:
    """The vendor's error object; all fields are empty where it sent none that can be read."""

    kind: str = ""
    code: str = ""
    decline_code: str = ""
    param: str = ""
    message: str = ""
    payment_id: str = ""


def failure_of(answer: GatewayResponse, name: str = NAME) -> VendorFailure:
    """The failure that an answer without success amounts to. The status decides where it can; then type and code.

    `name` stands before the id of a payment that was declined.
    """
    error = _error_object(answer.body, name)
    text = error.message or f"The vendor answered {answer.status}"
    if answer.status >= 500:
        return _server_error(answer, text)
    return _refusal(answer, error, text) or _final(answer, error, text)


def _refusal(answer: GatewayResponse, error: _ErrorObject, text: str) -> VendorFailure | None:
    """The failure of an error about another call, the rate or the credential. None for one about this request."""
    if error.code in _BUSY or (answer.status == 409 and error.kind != "idempotency_error"):
        return Conflict(text, retry_after_s=answer.retry_after_s, call_id=answer.call_id)
    if error.kind == "idempotency_error":
        return KeyReused(text, call_id=answer.call_id)
    if answer.status == 429 or error.kind == "rate_limit_error":
        return RateLimited(text, retry_after_s=answer.retry_after_s, call_id=answer.call_id)
    if answer.status in (401, 403):
        return Misconfigured(text, call_id=answer.call_id)
    return None


def _final(answer: GatewayResponse, error: _ErrorObject, text: str) -> VendorFailure:
    """The failure of an error that is about this request."""
    if error.kind == "card_error":
        code = error.decline_code or error.code or "unnamed"
        return Declined(text, code=code, payment_id=error.payment_id, call_id=answer.call_id)
    if answer.status == 404 or error.code == "resource_missing":
        return NotFound(text, call_id=answer.call_id)
    if answer.status >= 400 and error.kind:
        return Rejected(text, field=error.param, code=error.code, call_id=answer.call_id)
    expected = "an error object" if answer.status >= 400 else "an answer with a status of 2xx, 4xx or 5xx"
    pointer = "/error" if answer.status >= 400 else ""
    return VendorContractBroken(pointer, expected, found=f"status {answer.status}", call_id=answer.call_id)


def _server_error(answer: GatewayResponse, text: str) -> VendorFailure:
    """A stored 500 may stand for a payment that was made ("treat the result as indeterminate", Stripe says)."""
    if answer.reads:
        return Unavailable(text, retry_after_s=answer.retry_after_s, call_id=answer.call_id)
    return OutcomeUnknown(text, call_id=answer.call_id)


def _error_object(body: bytes, name: str) -> _ErrorObject:
    try:
        error = parse(body).child("error")
    except FieldError:
        return _ErrorObject()
    words: dict[str, str] = {}
    for word, key in _WORDS.items():
        try:
            words[word] = error.maybe_text(key)
        except FieldError:
            words[word] = ""
    try:
        intent = error.maybe_child("payment_intent")
        words["payment_id"] = qualified(name, intent.text("id")) if intent is not None else ""
    except FieldError:
        words["payment_id"] = ""
    return _ErrorObject(**words)


_WORDS: Final[Mapping[str, str]] = {
    "kind": "type",
    "code": "code",
    "decline_code": "decline_code",
    "param": "param",
    "message": "message",
}
