"""What a vendor's answer comes to."""

import pytest

from tidegate.adapters.fields import FieldError
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
from tidegate.adapters.vendor_answer import broken, failure_by_status, read_answer


def answer(status: int, body: bytes = b"{}", *, reads: bool = False) -> GatewayResponse:
    return GatewayResponse(status, body, "c1", 2.0, reads=reads)


@pytest.mark.parametrize(
    ("status", "reads", "kind"),
    [
        (500, True, Unavailable), (503, False, OutcomeUnknown), (429, False, RateLimited), (401, True, Misconfigured),
        (403, True, Misconfigured), (404, True, NotFound), (410, True, NotFound), (409, False, Conflict),
        (400, False, Rejected), (422, False, Rejected), (302, True, VendorContractBroken),
    ],
)  # fmt: skip
def test_a_status_stands_for_a_failure(status: int, reads: bool, kind: type[VendorFailure]) -> None:
    failure = failure_by_status(answer(status, reads=reads), "no")
    assert type(failure) is kind
    assert getattr(failure, "retry_after_s", 2.0) == 2.0


def test_success_is_read_and_anything_else_is_its_failure() -> None:
    by_status = lambda refusal: failure_by_status(refusal, "no")  # noqa: E731
    assert read_answer(answer(201, b'{"a": 1}'), by_status, lambda fields: fields.count("a")) == 1
    with pytest.raises(NotFound):
        read_answer(answer(404), by_status, lambda fields: fields.count("a"))
    with pytest.raises(VendorContractBroken) as error:
        read_answer(answer(200), by_status, lambda fields: fields.count("a"))
    assert (error.value.pointer, error.value.applied, error.value.call_id) == ("/a", True, "c1")
    assert not broken(answer(200, reads=True), FieldError("/a", "b", "c")).applied
