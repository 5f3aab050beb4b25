"""Failures of calls."""

import pytest

from tidegate.adapters.ports import failures
from tidegate.adapters.ports.failures import OutcomeUnknown, RateLimited, Rejected, VendorContractBroken, VendorFailure


def test_every_failure_is_caught_as_one() -> None:
    kinds = [kind for kind in vars(failures).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert len(kinds) == 13
    assert all(issubclass(kind, VendorFailure) for kind in kinds)


@pytest.mark.parametrize(
    ("failure", "shown"),
    [
        (Rejected("too small", field="amount", code="amount_too_small", call_id="c1"), "too small (call c1)"),
        (RateLimited("busy", retry_after_s=2.0), "busy"),
        (OutcomeUnknown("lost", record_url="http://x/_tidegate/calls/c2", call_id="c2"), "lost (call c2)"),
        (VendorContractBroken("/id", "a text", found="null"), "/id: expected a text, found null"),
        (VendorContractBroken("", "a JSON object", found="no JSON"), "the body: expected a JSON object, found no JSON"),
    ],
)
def test_a_failure_says_what_and_which_call(failure: VendorFailure, shown: str) -> None:
    assert str(failure) == shown
