"""Which failure an error answer of Stripe's amounts to.

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
from tidegate.adapters.ports.payments import Declined

_BUSY: Final = frozenset(("idempotency_key_in_use", "lock_timeout"))
"""Codes of a clash with another call that is still at work: nothing was done."""


@dataclass(frozen=True, slots=True)
class _Said:
    """The vendor's error object; all fields are empty where it sent none that can be read."""

    kind: str = ""
    code: str = ""
    decline_code: str = ""
    param: str = ""
    message: str = ""
    payment_id: str = ""


def failure_of(answer: GatewayResponse) -> VendorFailure:
    """The failure that an answer without success amounts to. The status decides where it can; then type and code."""
    said = _said(answer.body)
    text = said.message or f"The vendor answered {answer.status}"
    if answer.status >= 500:
        return _server_error(answer, text)
    return _refusal(answer, said, text) or _final(answer, said, text)


def _refusal(answer: GatewayResponse, said: _Said, text: str) -> VendorFailure | None:
    """What is not about this request: another call, the rate, the credential. None where it is."""
    if said.code in _BUSY or (answer.status == 409 and said.kind != "idempotency_error"):
        return Conflict(text, retry_after_s=answer.retry_after_s, call_id=answer.call_id)
    if said.kind == "idempotency_error":
        return KeyReused(text, call_id=answer.call_id)
    if answer.status == 429 or said.kind == "rate_limit_error":
        return RateLimited(text, retry_after_s=answer.retry_after_s, call_id=answer.call_id)
    if answer.status in (401, 403):
        return Misconfigured(text, call_id=answer.call_id)
    return None


def _final(answer: GatewayResponse, said: _Said, text: str) -> VendorFailure:
    """What is about this request."""
    if said.kind == "card_error":
        code = said.decline_code or said.code or "unnamed"
        return Declined(text, code=code, payment_id=said.payment_id, call_id=answer.call_id)
    if answer.status == 404 or said.code == "resource_missing":
        return NotFound(text, call_id=answer.call_id)
    if answer.status >= 400 and said.kind:
        return Rejected(text, field=said.param, code=said.code, call_id=answer.call_id)
    expected = "an error object" if answer.status >= 400 else "an answer with a status of 2xx, 4xx or 5xx"
    pointer = "/error" if answer.status >= 400 else ""
    return VendorContractBroken(pointer, expected, found=f"status {answer.status}", call_id=answer.call_id)


def _server_error(answer: GatewayResponse, text: str) -> VendorFailure:
    """A stored 500 may stand for a payment that was made ("treat the result as indeterminate", Stripe says)."""
    if answer.reads:
        return Unavailable(text, retry_after_s=answer.retry_after_s, call_id=answer.call_id)
    return OutcomeUnknown(text, call_id=answer.call_id)


def _said(body: bytes) -> _Said:
    try:
        error = parse(body).child("error")
    except FieldError:
        return _Said()
    words: dict[str, str] = {}
    for name, key in _WORDS.items():
        try:
            words[name] = error.maybe_text(key)
        except FieldError:
            words[name] = ""
    try:
        intent = error.maybe_child("payment_intent")
        words["payment_id"] = intent.maybe_text("id") if intent is not None else ""
    except FieldError:
        words["payment_id"] = ""
    return _Said(**words)


_WORDS: Final[Mapping[str, str]] = {
    "kind": "type",
    "code": "code",
    "decline_code": "decline_code",
    "param": "param",
    "message": "message",
}
