"""JSON is read within bounds, and has one meaning or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.policies.webhooks.bounds import PARSED_BYTES_MAX, UNVERIFIED_BYTES_MAX
from tidegate.proxy.policies.webhooks.json_body import scalar_text, unverified_json, verified_json
from tidegate.proxy.policies.webhooks.verdict import WebhookFlaw


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a":1,"b":{"a":2}}', {"a": 1, "b": {"a": 2}}),
        (b'{"a":1,"a":1}', WebhookFlaw.MALFORMED_BODY),
        (b"[Infinity]", WebhookFlaw.MALFORMED_BODY),
        (b"", WebhookFlaw.MALFORMED_BODY),
        (b"\xef\xbb\xbf{}", WebhookFlaw.MALFORMED_BODY),
        (b'"\xff"', WebhookFlaw.BODY_NOT_UTF8),
        (b" " * (UNVERIFIED_BYTES_MAX + 1), WebhookFlaw.BODY_TOO_LARGE),
        (b"[" * 100_000 + b"]" * 100_000, WebhookFlaw.MALFORMED_BODY),
        (b'{"a":' * 50_000, WebhookFlaw.MALFORMED_BODY),
    ],
)
def test_a_body_has_one_meaning_or_none(body: bytes, expected: object) -> None:
    assert unverified_json(body) == expected


def test_a_verified_body_is_read_as_it_is() -> None:
    assert verified_json(b'{"a":1,"a":2}') == {"a": 2}
    assert verified_json(b"[" * 5000) is WebhookFlaw.MALFORMED_BODY
    assert verified_json(b'"\xff"') is WebhookFlaw.MALFORMED_BODY
    assert verified_json(b"5" + b" " * (PARSED_BYTES_MAX - 1)) == 5
    assert verified_json(b"5" + b" " * PARSED_BYTES_MAX) is WebhookFlaw.BODY_TOO_LARGE


@given(st.binary(max_size=300))
def test_no_body_raises(body: bytes) -> None:
    assert (unverified_json(body) == 5) <= (verified_json(body) == 5)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a:b", "a:b"),
        (1130, "1130"),
        (-1, "-1"),
        (True, "true"),
        (False, "false"),
        (None, ""),
        (1.5, None),
        ([], None),
        ({}, None),
        (10**40, None),
    ],
)
def test_only_what_has_one_spelling_is_signed(value: object, text: str | None) -> None:
    assert scalar_text(value) == text
