"""Stripe's error answers."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from tidegate.adapters.stripe.error_mapping import failure_of


def failure(
    status: int, error: object, *, reads: bool = False, retry_after_s: float | None = None, raw: bytes | None = None
) -> VendorFailure:
    body = json.dumps({"error": error}).encode() if raw is None else raw
    return failure_of(GatewayResponse(status, body, "c1", retry_after_s, reads))


CARD = {"type": "card_error", "code": "card_declined", "decline_code": "lost_card", "payment_intent": {"id": "pi_1"}}
BAD = {"type": "invalid_request_error", "code": "parameter_invalid_integer", "param": "amount", "message": "No."}

TABLE: list[tuple[int, Any, type[VendorFailure], dict[str, object]]] = [
    (402, CARD, Declined, {"code": "lost_card", "payment_id": "stripe:pi_1"}),
    (402, {"type": "card_error", "code": "expired_card"}, Declined, {"code": "expired_card", "payment_id": ""}),
    (402, {"type": "card_error"}, Declined, {"code": "unnamed"}),
    (402, {"type": "card_error", "code": 7, "payment_intent": "pi_1"}, Declined, {"code": "unnamed", "payment_id": ""}),
    (400, BAD, Rejected, {"field": "amount", "code": "parameter_invalid_integer"}),
    (400, {"type": "invalid_request_error"}, Rejected, {"field": "", "code": ""}),
    (400, {"type": "a_type_of_tomorrow", "code": "x"}, Rejected, {"code": "x"}),
    (404, {"type": "invalid_request_error", "code": "resource_missing"}, NotFound, {}),
    (400, {"type": "invalid_request_error", "code": "resource_missing"}, NotFound, {}),
    (404, None, NotFound, {}),
    (429, {"type": "rate_limit_error"}, RateLimited, {"retry_after_s": 3.0}),
    (429, {}, RateLimited, {"retry_after_s": 3.0}),
    (429, {"type": "invalid_request_error", "code": "lock_timeout"}, Conflict, {"retry_after_s": 3.0}),
    (409, {"type": "idempotency_error", "code": "idempotency_key_in_use"}, Conflict, {"retry_after_s": 3.0}),
    (409, {"type": "invalid_request_error"}, Conflict, {}),
    (400, {"type": "idempotency_error"}, KeyReused, {}),
    (401, {"type": "invalid_request_error"}, Misconfigured, {"problem": ""}),
    (403, {"type": "invalid_request_error"}, Misconfigured, {}),
    (500, {"type": "api_error"}, OutcomeUnknown, {"record_url": ""}),
    (503, None, OutcomeUnknown, {}),
    (400, None, VendorContractBroken, {"pointer": "/error", "applied": False}),
    (418, {"type": ["no", "text"]}, VendorContractBroken, {"pointer": "/error"}),
    (302, None, VendorContractBroken, {"pointer": ""}),
]


@pytest.mark.parametrize(("status", "error", "kind", "fields"), TABLE)
def test_an_error_becomes_what_the_app_can_do_about_it(
    status: int, error: object, kind: type[VendorFailure], fields: dict[str, object]
) -> None:
    found = failure(status, error, retry_after_s=3.0)
    assert type(found) is kind
    assert {name: getattr(found, name) for name in fields} == fields
    assert found.call_id == "c1"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_leaves_doubt_behind_a_write_only(status: int) -> None:
    assert type(failure(status, {}, reads=True)) is Unavailable
    assert type(failure(status, {}, reads=False)) is OutcomeUnknown


@pytest.mark.parametrize("raw", [b"", b"<html>", b"[]", b'{"error": "a text"}', b'{"error": []}', b"{}", b"\xff"])
@pytest.mark.parametrize(
    ("status", "kind"), [(401, Misconfigured), (404, NotFound), (409, Conflict), (429, RateLimited), (500, Unavailable)]
)
def test_without_a_readable_envelope_the_status_decides(raw: bytes, status: int, kind: type[VendorFailure]) -> None:
    found = failure(status, None, raw=raw, reads=True)
    assert type(found) is kind
    assert str(status) in str(found)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
WORDS = st.sampled_from(["card_error", "idempotency_error", "rate_limit_error", "lock_timeout", "resource_missing"])
ERRORS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("type", "code", "decline_code", "param", "message", "payment_intent"), WORDS | JSON)
)


@given(st.integers(100, 599).filter(lambda status: not 200 <= status < 300), ERRORS | JSON, st.booleans())
def test_whatever_the_vendor_says_it_is_one_of_the_failures(status: int, error: object, reads: bool) -> None:
    assert isinstance(failure(status, error, reads=reads), VendorFailure)
