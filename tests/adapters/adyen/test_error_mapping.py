"""What each error of Adyen's comes to."""

import json

import pytest

from tidegate.adapters.adyen.error_mapping import failure_of
from tidegate.adapters.gateway import GatewayResponse
from tidegate.adapters.ports.failures import (
    Conflict,
    Misconfigured,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    VendorFailure,
)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (422, {"errorCode": "702", "message": "Required field 'amount' is not provided."}, Rejected),
        (422, {"errorCode": "704", "message": "request already processed or in progress"}, Conflict),
        (401, {"errorCode": "000"}, Misconfigured),
        (403, {"errorCode": "010"}, Misconfigured),
        (404, {"errorCode": 7}, NotFound),
        (429, {}, RateLimited),
        (500, {"errorCode": "704"}, OutcomeUnknown),
        (503, "no JSON", OutcomeUnknown),
    ],
)
def test_an_error_becomes_what_the_app_can_do_about_it(status: int, body: object, kind: type[VendorFailure]) -> None:
    failure = failure_of(GatewayResponse(status, json.dumps(body).encode(), "c1", None, reads=False))
    assert type(failure) is kind
    assert failure.call_id == "c1"


def test_a_rejection_has_the_vendors_code_and_words() -> None:
    body = b'{"errorCode": "702", "message": "no amount"}'
    failure = failure_of(GatewayResponse(422, body, "", None, reads=False))
    assert isinstance(failure, Rejected)
    assert (failure.code, str(failure)) == ("702", "no amount")
