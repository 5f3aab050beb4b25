"""What is looked at of a call: names and keyed hashes, and of values those alone that tell of limits."""

import pytest
from multidict import CIMultiDict

from tidegate.proxy.discovery.sighting import (
    HEADERS_SEEN_MAX,
    QUERIED_MAX,
    SightingKey,
    auth_of,
    key_of,
    limits_of,
    media_of,
    queried_names,
)


@pytest.mark.parametrize(
    ("headers", "slot"),
    [
        ({"Authorization": "Bearer sk_live_4242"}, "bearer"),
        ({"authorization": "Basic c2VjcmV0"}, "basic"),
        ({"Authorization": "AWS4-HMAC-SHA256 Credential=x"}, "authorization"),
        ({"X-Shopify-Access-Token": "shpat_1"}, "x-shopify-access-token"),
        ({"X-Api-Key": "k", "Authorization": "Bearer x"}, "bearer"),
        ({"Accept": "*/*"}, ""),
    ],
)
def test_the_place_of_a_credential_is_seen_and_not_its_value(headers: dict[str, str], slot: str) -> None:
    assert auth_of(CIMultiDict(headers)) == slot
    assert "4242" not in slot


def test_headers_that_tell_of_limits_are_kept_with_a_value_of_bounded_length() -> None:
    headers = CIMultiDict({"X-RateLimit-Remaining": "9" * 500, "Set-Cookie": "secret", "Retry-After": "5"})
    assert limits_of(headers) == {"x-ratelimit-remaining": "9" * 128, "retry-after": "5"}
    many = CIMultiDict([(f"a{number}", "") for number in range(HEADERS_SEEN_MAX + 5)] + [("RateLimit", "x")])
    assert limits_of(many) == {}


def test_a_key_is_found_under_the_names_that_vendors_give_it() -> None:
    assert key_of(CIMultiDict({"Idempotency-Key": "k1"})) == ("idempotency-key", "k1")
    assert key_of(CIMultiDict({"PayPal-Request-Id": "k2"})) == ("paypal-request-id", "k2")
    assert key_of(CIMultiDict()) == ("", "")


def test_names_in_a_query_are_read_and_bounded() -> None:
    assert queried_names("a=1&b%5B%5D=2&a=3&c") == ("a", "b[]", "c")
    assert queried_names("") == ()
    assert len(queried_names("&".join(f"q{number}=1" for number in range(1000)))) == QUERIED_MAX
    assert media_of("Application/JSON; charset=utf-8") == "application/json"


def test_a_hash_is_keyed_and_knows_where_one_part_ends() -> None:
    key, other = SightingKey(b"a" * 32), SightingKey(b"b" * 32)
    assert key.of(b"ab", b"c") == key.of(b"ab", b"c")
    assert key.of(b"ab", b"c") != key.of(b"a", b"bc")
    assert key.of(b"ab") != other.of(b"ab")
