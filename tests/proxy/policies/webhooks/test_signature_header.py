"""A signature header is read by its grammar, strictly."""

import pytest

from tests.proxy.policies.webhooks.signed import recipe
from tidegate.proxy.policies.webhooks.signature_header import PresentedSignatures, presented_signatures
from tidegate.proxy.policies.webhooks.verdict import WebhookFlaw


@pytest.mark.parametrize(
    ("name", "value", "signatures", "timestamp"),
    [
        ("shopify", b"ab=", (b"ab=",), None),
        ("github", b"sha256=ab", (b"ab",), None),
        ("stripe", b"t=1,v1=ab,v0=cd,v1=ef", (b"ab", b"ef"), b"1"),
        ("stripe", b"v1=ab,t=1", (b"ab",), b"1"),
        ("standard", b"v1,ab v1a,cd v1,ef= v3,x", (b"ab", b"ef="), None),
        ("standard-v1a", b"v1,ab v1a,cd", (b"cd",), None),
        ("paddle", b"ts=1;h1=ab", (b"ab",), b"1"),
        ("workos", b"t=1, v1=ab", (b"ab",), b"1"),
    ],
)
def test_signatures_of_the_version_that_counts_are_taken(
    name: str, value: bytes, signatures: tuple[bytes, ...], timestamp: bytes | None
) -> None:
    assert presented_signatures(value, recipe(name)) == PresentedSignatures(signatures, timestamp)


def test_base64_may_hold_the_sign_that_assigns() -> None:
    assert presented_signatures(b"t=1,v1=ab==", recipe("stripe")) == PresentedSignatures((b"ab==",), b"1")


@pytest.mark.parametrize("value", [b"t=1, v1=ab", b" v1=ab", b"t=,v1=ab", b"v1", b"t=1;v1=ab", b",,,"])
def test_a_header_that_can_be_read_in_two_ways_is_refused(value: bytes) -> None:
    assert isinstance(presented_signatures(value, recipe("stripe")), WebhookFlaw)
