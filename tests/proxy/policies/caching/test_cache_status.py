"""Tests of tidegate.proxy.policies.caching.cache_status: what is written reads back as RFC 9211 has it."""

from typing import Any

from http_sf import Token, parse

from tidegate.proxy.policies.caching.cache_status import forwarded, hit


def read(value: bytes) -> dict[str, object]:
    members: Any = parse(value, tltype="list")
    [(name, parameters)] = members
    assert name == Token("tidegate")
    return {key: str(one) if isinstance(one, Token) else one for key, one in parameters.items()}


def test_a_hit_says_how_long_it_is_good() -> None:
    assert read(hit(12.9)) == {"hit": True, "ttl": 12}
    assert read(hit(-3.0, "stale-while-revalidate")) == {"hit": True, "ttl": -3, "detail": "stale-while-revalidate"}
    assert read(hit(float(2**31)))["ttl"] == 2**31


def test_an_answer_that_was_asked_for_says_why_and_what_came() -> None:
    assert read(forwarded("uri-miss", status=200, stored=True)) == {
        "fwd": "uri-miss", "fwd-status": 200, "stored": True,
    }  # fmt: skip
    assert read(forwarded("stale", status=503, ttl_s=-10, collapsed=True, detail="stale-if-error")) == {
        "fwd": "stale", "fwd-status": 503, "ttl": -10, "collapsed": True, "detail": "stale-if-error",
    }  # fmt: skip
    assert read(forwarded("stale")) == {"fwd": "stale"}


def test_a_number_never_leaves_what_a_structured_field_may_hold() -> None:
    assert read(hit(1e30))["ttl"] == 999_999_999_999_999
