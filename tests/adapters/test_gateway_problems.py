"""Every refusal of Tidegate's has a meaning to the domain."""

import pytest

from tests.adapters.scripted import scripted_gateway
from tidegate.adapters.gateway_problems import _FAILURES
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
from tidegate.problems import PROBLEMS
from tidegate.proxy.onramp.refusal import refuse

MEANINGS: dict[str, tuple[type[VendorFailure], type[VendorFailure]]] = {
    "deadline-exceeded": (Unavailable, Unavailable),
    "vendor-unavailable": (Unavailable, Unavailable),
    "rate-limited": (RateLimited, RateLimited),
    "vendor-rate-limited": (RateLimited, RateLimited),
    "credential-rejected": (Misconfigured, Misconfigured),
    "credential-unavailable": (Unavailable, Unavailable),
    "app-unauthorized": (Misconfigured, Misconfigured),
    "proxy-unauthorized": (Misconfigured, Misconfigured),
    "egress-denied": (Misconfigured, Misconfigured),
    "app-forbidden": (Misconfigured, Misconfigured),
    "residency-denied": (Misconfigured, Misconfigured),
    "placeholder-refused": (Misconfigured, Misconfigured),
    "outcome-unknown": (OutcomeUnknown, OutcomeUnknown),
    "idempotency-conflict": (Conflict, Conflict),
    "idempotency-mismatch": (KeyReused, KeyReused),
    "not-delivered": (Undelivered, Undelivered),
    "contract-broken": (VendorContractBroken, VendorContractBroken),
    "answer-refused": (VendorContractBroken, OutcomeUnknown),
    "overloaded": (Unavailable, Unavailable),
    "store-unavailable": (Unavailable, Unavailable),
    "not-cached": (Unavailable, Unavailable),
    "not-found": (Misconfigured, Misconfigured),
    "misdirected": (Misconfigured, Misconfigured),
    "bad-request": (Rejected, Rejected),
    "internal-error": (Unavailable, OutcomeUnknown),
}
"""Problem → what a read and what a write comes to."""


def test_every_problem_has_a_meaning() -> None:
    assert set(MEANINGS) == set(PROBLEMS) == set(_FAILURES)


@pytest.mark.parametrize("name", sorted(PROBLEMS))
async def test_a_problem_as_the_proxy_writes_it_becomes_its_failure(name: str) -> None:
    status, headers, body = refuse(
        None, PROBLEMS[name], detail="Because.", call_id="c7", accept="application/problem+json", retry_after_s=2.2
    )
    async with scripted_gateway() as (script, gateway):
        script.says(status, body, **{key.replace("-", "_"): value for key, value in headers.items()})
        with pytest.raises(VendorFailure) as read:
            await gateway.get("/v1/things")
        with pytest.raises(VendorFailure) as write:
            await gateway.post_form("/v1/things", {}, key="k")
    assert (type(read.value), type(write.value)) == MEANINGS[name]
    for failure in (read.value, write.value):
        assert failure.call_id == "c7"
        assert "Because." in str(failure)
        if hasattr(failure, "retry_after_s"):
            assert failure.retry_after_s == 3.0
        if name == "outcome-unknown":
            assert isinstance(failure, OutcomeUnknown)
            assert failure.record_url == script.url.removesuffix("/stripe") + "/_tidegate/calls/c7"
