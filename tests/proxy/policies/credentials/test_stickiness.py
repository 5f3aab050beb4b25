"""What may have been done under one credential is sent again under the same where it must."""

from typing import Any

import pytest

from tests.proxy.examples import plan
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.policies.credentials.stickiness import pins, sticks
from tidegate.vendor.vendor import PoolFacts


@pytest.mark.parametrize(
    ("idempotency", "facts", "sticky"),
    [
        ("safe", {}, False),
        ("never-resend", {}, False),
        ("vendor-key", {}, True),
        ("natural", {}, True),
        ("lookup", {}, True),
        ("vendor-key", {"account": "one"}, True),
        ("vendor-key", {"account": "one", "keys": "account"}, False),
        ("vendor-key", {"account": "each", "keys": "account"}, True),
        ("natural", {"account": "one"}, False),
        ("lookup", {"account": "one"}, False),
    ],
)
def test_keys_are_known_by_credential_and_objects_by_account(
    idempotency: Any, facts: dict[str, Any], sticky: bool
) -> None:
    assert sticks(plan(idempotency=idempotency), PoolFacts.model_validate(facts)) is sticky


@pytest.mark.parametrize(
    ("verdict", "sent", "pinned"),
    [
        (Verdict.FAILED, True, True),
        (Verdict.CANCELLED, True, True),
        (Verdict.CONTENTION, True, True),
        (Verdict.FAILED, False, False),
        (Verdict.THROTTLED, True, False),
        (Verdict.CREDENTIAL, True, False),
        (Verdict.REFUSED, False, False),
    ],
)
def test_only_what_may_have_been_done_binds(verdict: Verdict, sent: bool, pinned: bool) -> None:
    assert pins(verdict, sent=sent) is pinned
