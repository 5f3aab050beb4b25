"""A key in the query or the body: the vendor finds it once, and everything else as the app wrote it."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.proxy.credentials.signing.requests import JSON, written
from tidegate.proxy.credentials.signing.placed_key import BodyField, QueryKey, members
from tidegate.proxy.credentials.signing.signed_request import SignedRequest
from tidegate.redaction.secret import Secret

KEY = 'k&1 "+'
FORM = (("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def body_with(body: bytes, *lines: tuple[str, str]) -> SignedRequest:
    return SignedRequest.of(BodyField("api_key", Secret(KEY)).signed(written("POST", "/", *lines, body=body)))


@pytest.mark.parametrize("target", ["/a", "/a?", "/a?b=1", "/a?key=app&b=1", "/a?b=1&key=", "/a?k%65y=app&b=1"])
def test_the_query_has_the_vendors_key_and_not_the_apps(target: str) -> None:
    signed = SignedRequest.of(QueryKey("key", Secret(KEY)).signed(written("GET", target, body=b"")))
    found = parse_qs(signed.query, keep_blank_values=True)
    assert found["key"] == [KEY]
    assert found.get("b") == (["1"] if "b=1" in target else None)
    assert signed.path == "/a"


def test_what_else_is_in_the_query_stays_as_it_was_written() -> None:
    signed = QueryKey("key", Secret("k")).signed(written("GET", "/a?q=%e2%82%AC+x&flag&=y", body=b""))
    assert signed.startswith(b"GET /a?q=%e2%82%AC+x&flag&=y&key=k HTTP/1.1\r\n")


@given(st.dictionaries(st.text(max_size=6), VALUES, max_size=4), st.sampled_from([None, 0, 2]))
def test_a_json_object_gets_the_key_and_keeps_all_else(fields: dict[str, Any], indent: int | None) -> None:
    fields.pop("api_key", None)
    signed = body_with(json.dumps(fields, indent=indent).encode(), *JSON)
    assert json.loads(signed.body) == {**fields, "api_key": KEY}
    assert signed.header("Content-Length") == str(len(signed.body))


def test_the_apps_own_value_goes_however_often_it_is_there() -> None:
    signed = body_with(b'{"api_key": "app", "a": [1, {"api_key": 2}], "api\\u005fkey": "again"}', *JSON)
    assert json.loads(signed.body, object_pairs_hook=list) == [
        ("api_key", KEY),
        ("a", [1, [("api_key", 2)]]),
    ]


def test_numbers_keep_all_their_digits() -> None:
    assert b"12345678901234567890.10" in body_with(b'{"a": 12345678901234567890.10}', *JSON).body


def test_a_form_gets_the_key_and_keeps_all_else() -> None:
    signed = body_with(b"a=1&api_key=app&b=%20+x", *FORM)
    assert signed.body.startswith(b"a=1&b=%20+x&api_key=")
    assert parse_qs(signed.body.decode())["api_key"] == [KEY]


def test_a_write_without_a_body_gets_one() -> None:
    signed = body_with(b"")
    assert (json.loads(signed.body), signed.header("Content-Type")) == ({"api_key": KEY}, "application/json")


@pytest.mark.parametrize(
    ("method", "media", "body", "flaw"),
    [
        ("GET", "", b"", "a GET has none"),
        ("DELETE", "", b"", "a DELETE has none"),
        ("POST", "", b"", ""),
        ("POST", "text/csv", b"a,b", "neither"),
        ("POST", "multipart/form-data; boundary=x", b"--x", "neither"),
        ("POST", "application/json", b"[1]", "cannot be read"),
        ("POST", "application/json", b"{", "cannot be read"),
        ("POST", "application/json", b'{"a":1} x', "cannot be read"),
        ("POST", "application/json", b'{"a" 1}', "cannot be read"),
        ("POST", "application/json", b"{1:1}", "cannot be read"),
        ("POST", "application/json", b'{"a":1,}', "cannot be read"),
        ("POST", "application/json", b"\xff\xfe", "cannot be read"),
        ("POST", "application/json", b'{"a":' + b"[" * 100_000, "cannot be read"),
        ("POST", "application/vnd.api+json", b"{}", ""),
        ("POST", "application/x-www-form-urlencoded", b"a=1", ""),
    ],
)
def test_a_request_that_cannot_carry_the_key_is_told_why(method: str, media: str, body: bytes, flaw: str) -> None:
    found = BodyField("api_key", Secret(KEY)).flaw(method, media, body)
    assert flaw in found
    assert bool(found) == bool(flaw)
    assert KEY not in found


@given(st.text(max_size=40))
def test_no_text_makes_the_reader_of_members_do_anything_but_refuse(text: str) -> None:
    try:
        _, found = members(text)
    except ValueError:
        return
    assert len(json.loads(text)) <= len(found)
