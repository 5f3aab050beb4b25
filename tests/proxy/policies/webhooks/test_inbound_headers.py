"""A header that counts stands there once, is short, and is printable."""

import pytest

from tidegate.proxy.policies.webhooks.bounds import HEADER_BYTES_MAX, HEADERS_MAX, ID_BYTES_MAX
from tidegate.proxy.policies.webhooks.inbound_headers import header_value, id_value
from tidegate.proxy.policies.webhooks.verdict import WebhookFlaw


def test_a_name_is_found_in_any_letters_and_spaces_around_the_value_are_cut() -> None:
    assert header_value(((b"X-Sign", b" \tab c "),), b"x-sign") == b"ab c"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], WebhookFlaw.MISSING_HEADER),
        ([(b"x", b"1"), (b"X", b"1")], WebhookFlaw.DUPLICATE_HEADER),
        ([(b"x", b"")], WebhookFlaw.MALFORMED_HEADER),
        ([(b"x", b"a\x7f")], WebhookFlaw.MALFORMED_HEADER),
        ([(b"x", b"a\nb")], WebhookFlaw.MALFORMED_HEADER),
        ([(b"x", b"a" * (HEADER_BYTES_MAX + 1))], WebhookFlaw.HEADER_TOO_LARGE),
        ([(b"y", b"")] * HEADERS_MAX + [(b"x", b"1")], WebhookFlaw.TOO_MANY_HEADERS),
    ],
)
def test_what_is_wrong_with_it_is_told(headers: list[tuple[bytes, bytes]], expected: WebhookFlaw) -> None:
    assert header_value(headers, b"x") is expected


def test_an_id_is_shorter_than_other_headers() -> None:
    assert id_value([(b"x", b"a" * ID_BYTES_MAX)], b"x") == b"a" * ID_BYTES_MAX
    assert id_value([(b"x", b"a" * (ID_BYTES_MAX + 1))], b"x") is WebhookFlaw.MALFORMED_HEADER
    assert id_value([], b"x") is WebhookFlaw.MISSING_HEADER
